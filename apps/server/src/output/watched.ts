/** What an occupant does at its desk, told to who is watching: which calls it makes, and what comes of them. */
import type { CommandOutcome, Desk, Occupant, OperationOutcome } from '@reeve/workers';
import type { Output, Outputs } from './output.ts';

/** Characters of a call's arguments, or of what came of it, that are shown. */
const SHOWN = 400;
/** What costs something and does nothing, and what has a way of its own to be shown. */
const QUIET = new Set(['spend', 'obtain']);

const clipped = (text: string): string => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
/** On one line: a line break would make one entry look like two. */
const oneLine = (text: string): string => `${clipped(text).replaceAll(/\s+/g, ' ')}\n`;

/** [SRV196] The same occupant; what it does is written to the output of its run. */
export const watched = (occupant: Occupant, outputs: Outputs): Occupant => ({
  ...occupant,
  work: async (desk, signal) => {
    const output = outputs.of(desk.briefing.run);
    const over = output.begin();
    signal.addEventListener('abort', over, { once: true });
    try {
      return await occupant.work(told(desk, output), signal);
    } finally {
      signal.removeEventListener('abort', over);
      over();
    }
  },
});

type Call = (...given: unknown[]) => Promise<unknown>;

function told(desk: Desk, output: Output): Desk {
  let made = 0;
  const wrapped = Object.entries(desk).map(([name, value]) => {
    if (typeof value !== 'function' || QUIET.has(name)) return [name, value];
    const call: Call = (...given) => {
      made += 1;
      return show(output, made, name, given, value as Call);
    };
    return [name, call];
  });
  const obtain: Desk['obtain'] = ({ what, make }) => desk.obtain({ what, make: () => asks(output, what, make) });
  return { ...(Object.fromEntries(wrapped) as Desk), obtain };
}

/** A call that was shown when the run was played before is not shown again. */
function show(output: Output, number: number, name: string, given: unknown[], call: Call): Promise<unknown> {
  const { calls } = output;
  if (number > calls.shown) {
    calls.shown = number;
    calls.open.add(number);
    output.write('call', oneLine(callText(name, given[0])));
  }
  const result = call(...given);
  if (calls.open.has(number))
    void result.then(
      (value) => end(output, number, outcomeText(value)),
      () => undefined,
    );
  return result;
}

function end(output: Output, number: number, text: string): void {
  if (output.calls.open.delete(number)) output.write('result', oneLine(text));
}

/** Only what is really asked for is told: a reply that is in the journal is not asked for again. */
function asks<T>(output: Output, what: string, make: () => Promise<T>): Promise<T> {
  if (what.startsWith('model ')) output.write('note', oneLine(`asks the ${what}`));
  return make();
}

function callText(name: string, given: unknown): string {
  if (typeof given !== 'object' || given === null) return `${name} ${JSON.stringify(given) ?? ''}`;
  const { capability, args, ...rest } = given as Record<string, unknown>;
  return typeof capability === 'string'
    ? `${capability} ${JSON.stringify(args)}`
    : `${name} ${JSON.stringify(args === undefined ? rest : { ...rest, args })}`;
}

function outcomeText(value: unknown): string {
  const found = value as Partial<OperationOutcome & CommandOutcome> | null;
  if (typeof found !== 'object' || found === null) return 'done';
  if ('ok' in found) return found.ok ? 'done' : `refused: ${(found as { message: string }).message}`;
  return 'status' in found ? operationText(found as OperationOutcome) : 'done';
}

function operationText(outcome: OperationOutcome): string {
  if (outcome.status === 'done') return `${outcome.operation} done${outcome.verified ? ' and verified' : ''}`;
  if (outcome.status === 'failed') return `${outcome.operation} failed: ${outcome.message}`;
  return `${outcome.operation} refused: ${outcome.note ?? outcome.reasons.map(({ message }) => message).join('; ')}`;
}
