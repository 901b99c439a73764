/** `npm start`: the bundled organisation at work on its tickets, from an empty directory or where it was left. */
import { join, resolve } from 'node:path';
import { type Client, createClient } from '@reeve/protocol';
import { type RunningServer, startServer, stderrLog } from '@reeve/server';
import { BUNDLED } from '../bundled.ts';
import { postAll } from '../commands/import.ts';
import { buildConsole, CONSOLE_FOLDER, consoleLink } from '../console.ts';
import type { Context } from '../context.ts';
import type { Exit } from '../failure.ts';
import { EXIT, Failure } from '../failure.ts';
import { loadPackFolder } from '../house.ts';
import { createProgress } from '../progress.ts';
import { type Stopping, serve, stopOnSignal } from '../serving.ts';
import { problemsText } from '../text/plan.ts';
import { countText, spanText } from '../text/quantities.ts';
import { gather } from './facts.ts';
import { progressLine, summaryText } from './summary.ts';

const PACK = join(BUNDLED, 'support');
const TICKETS = join(PACK, 'tickets/tickets.jsonl');
/** Tickets in that file. */
const EXPECTED = 200;

/** Serves until SIGINT or SIGTERM; what was done is on the ledger and goes on with the next start. */
export async function start(context: Context): Promise<Exit> {
  const { io, data, port } = context;
  const stopping = stopOnSignal(io);
  const server = await startServer({ data, port, log: stderrLog('error'), console: CONSOLE_FOLDER });
  const { token } = server.house;
  // Over the network like anybody else: what is shown is what the API says.
  const client = createClient({ url: server.url, token });
  const served = serve(io, server, stopping);
  await Promise.race([served, show(context, server, client, stopping)]).catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return served;
}

async function show(context: Context, server: RunningServer, client: Client, stopping: Stopping): Promise<void> {
  const { io, data } = context;
  io.out(`ready ${server.url}\n`);
  io.out(`${context.paint('bold', 'watch it')}  ${await consoleLink(server)}\n`);
  void buildConsole(io);
  const known = await client.organisation();
  const fresh = known.definition === null;
  if (fresh) await applyBundled(client);
  else io.out(`going on where it was left: ${known.definition?.name} in ${data}\n`);
  const before = await client.status();
  const ours = fresh || resolve(known.pack?.directory ?? '') === resolve(PACK);
  const began = performance.now();
  if (ours && totalOf(before.cases.byStatus) < EXPECTED) await feed(context, client, stopping);
  else await settle(context, client, stopping);
  if (stopping.signal.aborted) return;
  await report(context, client, server.url, performance.now() - began);
}

const totalOf = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((sum, one) => sum + one, 0);

async function applyBundled(client: Client): Promise<void> {
  const loaded = await loadPackFolder(PACK);
  if (!loaded.ok)
    throw new Failure(
      EXIT.invalid,
      'the bundled pack does not load',
      problemsText(PACK, loaded.problems, []),
      'put packs/support back as it was',
    );
  const { dir, digest } = loaded.pack;
  await client.apply({ directory: dir, base: '', digest, reason: 'npm start' });
}

/** Gives the organisation the bundled tickets and watches until all are through. */
async function feed(context: Context, client: Client, stopping: Stopping): Promise<void> {
  context.io.out(`${EXPECTED} tickets come in\n`);
  const posted = postAll(client, TICKETS, stopping.signal);
  await watch(context, client, stopping, posted);
  const { bad } = await posted;
  if (bad.length > 0)
    context.io.err(`${bad.length} tickets could not be read; see \`npm run reeve -- import ${TICKETS}\`\n`);
}

const settle = (context: Context, client: Client, stopping: Stopping): Promise<void> =>
  watch(context, client, stopping, Promise.resolve());

/** How often the numbers are asked for, and how many times in a row all must be quiet, in milliseconds and times. */
const WATCH = { every: 100, quiet: 3 } as const;

/** Shows the numbers as they change, until the tickets are in and nobody has anything to do. */
async function watch({ io }: Context, client: Client, { signal }: Stopping, posted: Promise<unknown>): Promise<void> {
  const progress = createProgress(io);
  let allIn = false;
  let failure: { error: unknown } | null = null;
  posted.then(
    () => {
      allIn = true;
    },
    (error: unknown) => {
      failure = { error };
    },
  );
  for (let quiet = 0; quiet < WATCH.quiet && failure === null && !signal.aborted; ) {
    const status = await client.status();
    progress.update(progressLine(status, EXPECTED));
    const { queued, executing, waitingJobs, activeRuns } = status.runtime;
    const busy = !allIn || queued + executing + waitingJobs + activeRuns > 0;
    quiet = busy ? 0 : quiet + 1;
    await new Promise((done) => setTimeout(done, WATCH.every));
  }
  progress.done();
  if (failure !== null) throw (failure as { error: unknown }).error;
}

async function report(context: Context, client: Client, url: string, ms: number): Promise<void> {
  const { io, paint } = context;
  const facts = await gather(client);
  const { status } = facts;
  const view = { paint, width: Math.min(context.width, 130), now: context.now(), currency: status.currency };
  io.out(
    `\n${paint('bold', status.name)}: ${countText(totalOf(status.cases.byStatus))} tickets, ${countText(status.seq)} records on the ledger, ${spanText(ms)}\n`,
  );
  io.out(summaryText(facts, view));
  io.out(
    `\nIt keeps running at ${url}; ctrl-C stops it and nothing is lost. Another link to watch it: npm run reeve -- console\n${elsewhere(context)}`,
  );
}

/** The commands above look in ./.reeve; data elsewhere must be named. */
function elsewhere({ data }: Context): string {
  const usual = join(BUNDLED, '../.reeve');
  return data === usual ? '' : `For the commands above, in another terminal first: export REEVE_DATA=${data}\n`;
}
