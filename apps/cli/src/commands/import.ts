import { relative, resolve } from 'node:path';
import { CHANNELS } from '@reeve/kernel';
import { ApiProblem, type Client } from '@reeve/protocol';
import { type Connection, withClient } from '../connect.ts';
import type { Context } from '../context.ts';
import { print, usage } from '../context.ts';
import { EXIT, type Exit } from '../failure.ts';
import { type Import, idempotencyKey, importer } from '../import-key.ts';
import { type Intake, type Place, type Problem, readTickets } from '../intake/index.ts';
import { createProgress, silent } from '../progress.ts';
import { importText } from '../text/import.ts';
import { countText, plural } from '../text/quantities.ts';

export interface ImportOptions {
  readonly channel?: string;
  readonly dryRun?: boolean;
}

/** What became of the tickets of a file. */
export interface Imported {
  imported: number;
  known: number;
  /** Tickets from which hidden characters were removed. */
  cleaned: number;
  readonly bad: Problem[];
}

/** Requests on the way at once. */
const AT_ONCE = 16;

/** `reeve import`: a bad row is reported with its place, the rest is imported; what is there already stays one case. */
export async function importFile(context: Context, file: string, options: ImportOptions): Promise<Exit> {
  const tickets = readTickets(resolve(context.io.cwd, file), readOptions(options));
  const progress = context.json ? silent : createProgress(context.io);
  const result = nothingYet();
  const tell = () => progress.update(progressText(result));
  const dryRun = options.dryRun ?? false;
  if (dryRun) await readAll(tickets, result, counting(result), tell);
  else await withClient(context, (connection) => postInto(connection, tickets, result, tell));
  progress.done();
  print(context, { ...result, dryRun }, () => importText(result, dryRun, (path) => shownFrom(context.io.cwd, path)));
  return result.bad.length > 0 ? EXIT.invalid : EXIT.done;
}

/** As the reader would type it: below the working directory without that. */
function shownFrom(cwd: string, path: string): string {
  const below = relative(cwd, path);
  return below === '' || below.startsWith('..') ? path : below;
}

const nothingYet = (): Imported => ({ imported: 0, known: 0, cleaned: 0, bad: [] });

const counting =
  (result: Imported): Take =>
  async () => {
    result.imported += 1;
  };

type Poster = Pick<Connection, 'client' | 'replayed'>;

const postInto = (
  to: Poster,
  tickets: AsyncIterable<Intake>,
  result: Imported,
  tell: () => void,
  signal?: AbortSignal,
): Promise<void> => readAll(tickets, result, (one, at) => post(to, one, at, result), tell, signal);

/** Opens a case for every ticket of a file; what a signal leaves out can be imported again. */
export async function postAll(client: Client, file: string, signal: AbortSignal): Promise<Imported> {
  const result = nothingYet();
  await postInto({ client, replayed: () => false }, readTickets(file), result, () => {}, signal);
  return result;
}

function readOptions({ channel }: ImportOptions): { channel?: (typeof CHANNELS)[number] } {
  if (channel === undefined) return {};
  const found = CHANNELS.find((one) => one === channel);
  if (found) return { channel: found };
  throw usage(`"${channel}" is no channel`, `the channels are ${CHANNELS.join(', ')}`, 'leave it out for `api`');
}

type Take = (one: Import, at: Place) => Promise<void>;

/** Reads in order, with at most so many tickets on the way; the first that cannot be taken at all ends it. */
async function readAll(
  tickets: AsyncIterable<Intake>,
  result: Imported,
  take: Take,
  tell: () => void,
  signal?: AbortSignal,
): Promise<void> {
  const toImport = importer();
  const under = new Set<Promise<void>>();
  let failure: { readonly error: unknown } | null = null;
  const begin = (one: Import, at: Place) => {
    const taken = take(one, at)
      .catch((error: unknown) => {
        failure ??= { error };
      })
      .then(() => {
        under.delete(taken);
        tell();
      });
    under.add(taken);
  };
  for await (const step of tickets) {
    if (failure !== null || signal?.aborted) break;
    if (!step.ok) {
      result.bad.push(step.problem);
      continue;
    }
    if (step.cleaned) result.cleaned += 1;
    if (under.size >= AT_ONCE) await Promise.race(under);
    begin(toImport(step.ticket), step.at);
  }
  await Promise.all(under);
  if (failure !== null) throw (failure as { readonly error: unknown }).error;
}

const progressText = ({ imported, known, bad }: Imported): string =>
  `${plural(imported, 'ticket')} imported, ${countText(known)} already there, ${countText(bad.length)} bad`;

async function post({ client, replayed }: Poster, one: Import, at: Place, result: Imported): Promise<void> {
  const key = idempotencyKey(one);
  try {
    await client.openCase(one, { idempotencyKey: key });
    if (replayed(key)) result.known += 1;
    else result.imported += 1;
  } catch (error) {
    const problem = refusedRow(error, at);
    if (problem === null) throw error;
    if (problem === 'known') result.known += 1;
    else result.bad.push(problem);
  }
}

/** Codes that concern one row; anything else would meet all of them. */
const OF_THE_ROW = new Set(['invalid', 'malformed', 'too-large', 'duplicate-key']);

/** The kernel's rule that a request with a known id is the case that is there already. */
const KNOWN_ID = 'CAS6';

function refusedRow(error: unknown, at: Place): Problem | 'known' | null {
  if (!(error instanceof ApiProblem)) return null;
  if (error.code === 'conflict' && error.rule === KNOWN_ID) return 'known';
  if (!OF_THE_ROW.has(error.code)) return null;
  const mistake = error.problems[0];
  return {
    ...at,
    message: mistake?.message ?? error.detail,
    hint: error.hint,
    ...(mistake?.field ? { field: mistake.field } : {}),
  };
}
