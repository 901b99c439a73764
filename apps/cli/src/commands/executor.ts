import { hostname } from 'node:os';
import { createClient } from '@reeve/protocol';
import { runExecutor } from '@reeve/server/executor';
import { secureFetch } from '@reeve/server/secure-fetch';
import { type Context, print, usage, wholeNumber } from '../context.ts';
import { EXIT, type Exit } from '../failure.ts';
import { caOf, fileText } from '../remote.ts';
import { type LogOptions, logOf, stopOnSignal } from '../serving.ts';

export interface ExecutorCommandOptions extends LogOptions {
  readonly join: string;
  readonly tokenFile?: string;
  readonly capability?: readonly string[];
  readonly width: string;
  readonly name?: string;
}

/** `reeve executor --join URL`: makes calls of tools for an organisation until SIGINT or SIGTERM. [CLI82] */
export async function executor(context: Context, options: ExecutorCommandOptions): Promise<Exit> {
  const { io, data } = context;
  const stopping = stopOnSignal(io);
  const name = options.name ?? `${hostname()}/${process.pid}`;
  const token = await tokenOf(context, options);
  const client = createClient({ url: options.join, token, fetch: secureFetch(await caOf(io)) });
  const width = wholeNumber(options.width, '--width', 1, 1000);
  print(context, { executor: name, pid: process.pid }, `executor ${name} joins ${options.join}\n`);
  const log = logOf(options);
  await runExecutor({
    client,
    name,
    capabilities: options.capability ?? ['*'],
    width,
    data,
    log,
    signal: stopping.signal,
  });
  stopping.forget();
  return EXIT.done;
}

async function tokenOf({ io }: Context, { tokenFile }: ExecutorCommandOptions): Promise<string> {
  if (io.env.REEVE_TOKEN) return io.env.REEVE_TOKEN;
  if (tokenFile === undefined)
    throw usage(
      'there is no token',
      'executors need one of their own',
      'make one with `reeve token executor` and give it with --token-file or REEVE_TOKEN',
    );
  return (await fileText(io.cwd, tokenFile)).trim();
}
