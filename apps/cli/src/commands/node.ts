import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { metricsToken, otlpFrom } from '@reeve/server';
import { adminToken, organisationToken, secretFrom, startNodeServer } from '@reeve/server/cluster';
import { buildConsole, CONSOLE_FOLDER } from '../console.ts';
import { type Context, print, usage } from '../context.ts';
import { EXIT, type Exit } from '../failure.ts';
import { fileText } from '../remote.ts';
import { type LogOptions, logOf, stopOnSignal } from '../serving.ts';

export interface NodeCommandOptions extends LogOptions {
  readonly host: string;
  readonly name?: string;
  readonly url?: string;
  readonly secretFile?: string;
  readonly previousSecretFile?: string;
  readonly publicUrl?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsCa?: string;
  readonly tools?: string;
  readonly remoteTools?: readonly string[];
  readonly token?: string;
}

/** `reeve node`: serves with the other nodes until SIGINT or SIGTERM, then hands everything over. [CLI81] */
export async function node(context: Context, options: NodeCommandOptions): Promise<Exit> {
  const { io, data, port, store } = context;
  const secret = await secretOf(context, options);
  const former = await formerOf(context, options);
  if (options.token !== undefined) return printToken(context, secret, options.token);
  if (store === undefined)
    throw usage('there is no store', 'nodes share a PostgreSQL database', 'give --store postgres://… or REEVE_STORE');
  const tools = options.tools ?? io.env.REEVE_TOOLS;
  const url = options.url ?? io.env.REEVE_NODE_URL;
  const publicUrl = options.publicUrl ?? io.env.REEVE_PUBLIC_URL;
  const stopping = stopOnSignal(io);
  const replaced = new AbortController();
  const starting = startNodeServer({
    ...{ store, secret, data, port, host: options.host, log: logOf(options) },
    name: options.name ?? (io.env.REEVE_NODE || hostname()),
    ...(tools ? { tools: resolve(io.cwd, tools) } : {}),
    ...(url ? { url } : {}),
    ...(former ? { formerSecret: former } : {}),
    ...(publicUrl ? { publicUrl } : {}),
    ...(await tlsOf(context, options)),
    ...(options.remoteTools ? { remote: options.remoteTools } : {}),
    otlp: otlpFrom(io.env),
    console: CONSOLE_FOLDER,
    onReplaced: () => replaced.abort(),
    stop: stopping.signal,
  });
  // Who is told to stop while he waits for the database has nothing to hand over.
  const running = await starting.catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
    return null;
  });
  if (running === null) return EXIT.done;
  print(context, { ready: running.url, node: running.node.name, pid: process.pid }, `ready ${running.url}\n`);
  void buildConsole(io);
  await aborted(AbortSignal.any([stopping.signal, replaced.signal]));
  await running.close();
  stopping.forget();
  return replaced.signal.aborted ? EXIT.unavailable : EXIT.done;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((done) => {
    if (signal.aborted) done();
    else signal.addEventListener('abort', () => done(), { once: true });
  });

function tokenOf(secret: Uint8Array, of: string): string {
  if (of === 'metrics') return metricsToken(adminToken(secret));
  return of === 'admin' ? adminToken(secret) : organisationToken(secret, of);
}

function printToken(context: Context, secret: Uint8Array, of: string): Exit {
  const token = tokenOf(secret, of);
  print(context, { token }, `${token}\n`);
  return EXIT.done;
}

async function secretOf({ io }: Context, { secretFile }: NodeCommandOptions): Promise<Uint8Array> {
  const file = secretFile ?? io.env.REEVE_SECRET_FILE;
  if (!file)
    throw usage(
      'there is no secret',
      'all nodes share one that is not in the database',
      'make one (`openssl rand -hex 32 > FILE`) and give --secret-file or REEVE_SECRET_FILE',
    );
  return secretFrom(await fileText(io.cwd, file));
}

/** The one before, while it is changed. */
async function formerOf({ io }: Context, options: NodeCommandOptions): Promise<Uint8Array | null> {
  const file = options.previousSecretFile ?? io.env.REEVE_PREVIOUS_SECRET_FILE;
  return file ? secretFrom(await fileText(io.cwd, file)) : null;
}

/** [CLI85] How it is asked, and how it asks others. @throws Failure for a certificate without its key. */
async function tlsOf({ io }: Context, { tlsCert, tlsKey, tlsCa }: NodeCommandOptions) {
  const file = async (path: string | undefined) => (path ? await fileText(io.cwd, path) : undefined);
  const [cert, key, ca] = [
    await file(tlsCert ?? io.env.REEVE_TLS_CERT),
    await file(tlsKey ?? io.env.REEVE_TLS_KEY),
    await file(tlsCa ?? io.env.REEVE_CA),
  ];
  if ((cert === undefined) !== (key === undefined))
    throw usage(
      'a certificate needs its key',
      'one of the two is missing',
      'give --tls-cert and --tls-key, or neither',
    );
  return {
    ...(cert !== undefined && key !== undefined ? { tls: { cert, key } } : {}),
    ...(ca === undefined ? {} : { ca }),
  };
}
