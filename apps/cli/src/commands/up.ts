import { startServer, stderrLog } from '@reeve/server';
import type { Context } from '../context.ts';
import { print } from '../context.ts';
import type { Exit } from '../failure.ts';
import { serve, stopOnSignal } from '../serving.ts';

/** `reeve up`: serves until SIGINT or SIGTERM. */
export async function up(context: Context, options: { host: string }): Promise<Exit> {
  const { io, data, port } = context;
  const stopping = stopOnSignal(io);
  const server = await startServer({ data, store: context.store, port, host: options.host, log: stderrLog('warn') });
  const { url, house } = server;
  const { digest } = await house.runtime.read((state) => state.organisation);
  if (!digest) io.err('nothing is in force yet; apply a pack in another terminal: reeve apply DIR\n');
  print(context, { ready: url, data, pid: process.pid }, `ready ${url}\n`);
  return serve(io, server, stopping);
}
