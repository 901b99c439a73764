/** What a run says at its end: numbers for a machine, a table for a person. */
import type { TaskResult, WriteOutcome, WriteResult } from './replay.ts';
import { reasonText } from './replay.ts';
import type { ViolationResult } from './run.ts';

export interface ReplaySummary {
  readonly tasks: number;
  /** Writes the benchmark expects and its own tools could do. */
  readonly expected: number;
  readonly admitted: number;
  readonly asked: number;
  readonly refused: number;
  readonly hashesEqual: number;
  /** Writes the benchmark expects and its own tools refused; they must be refused here. */
  readonly notExecutable: number;
  readonly notExecutableRefused: number;
  /** Tasks in which an operation had more than one effect, or whose ledger is not sound. */
  readonly repeatedEffects: number;
  readonly unsoundLedgers: number;
  readonly records: number;
  readonly ok: boolean;
  readonly kills?: number;
  readonly results: readonly TaskResult[];
}

const count = (writes: readonly WriteResult[], outcome: WriteOutcome) =>
  writes.filter((write) => write.outcome === outcome).length;

/** [TAU7] The numbers of a replay. `ok` when nothing is other than it should be. */
export function replaySummary(results: readonly TaskResult[], kills?: number): ReplaySummary {
  const writes = results.flatMap((result) => result.writes);
  const expected = writes.filter(({ executable }) => executable);
  const others = writes.filter(({ executable }) => !executable);
  const numbers = {
    tasks: results.length,
    expected: expected.length,
    admitted: count(expected, 'admitted'),
    asked: count(expected, 'asked'),
    refused: count(expected, 'refused'),
    hashesEqual: results.filter(({ hashEqual }) => hashEqual).length,
    notExecutable: others.length,
    notExecutableRefused: count(others, 'refused'),
    repeatedEffects: results.filter(({ repeated }) => repeated).length,
    unsoundLedgers: results.filter(({ ledger }) => !ledger).length,
    records: results.reduce((sum, { records }) => sum + records, 0),
  };
  const allowed = numbers.admitted === numbers.expected && numbers.notExecutableRefused === numbers.notExecutable;
  const sound = numbers.repeatedEffects + numbers.unsoundLedgers === 0 && numbers.hashesEqual === numbers.tasks;
  return { ...numbers, ok: allowed && sound, ...(kills === undefined ? {} : { kills }), results };
}

/** The table of a replay, with a line for each task that is not as it should be. */
export function replayText(summary: ReplaySummary): string {
  const rows: [string, string][] = [
    ['tasks', String(summary.tasks)],
    ['writes expected', String(summary.expected)],
    ['  admitted', String(summary.admitted)],
    ['  asked', String(summary.asked)],
    ['  refused', String(summary.refused)],
    ['hashes equal', `${summary.hashesEqual} of ${summary.tasks}`],
    ["refused by the shop's own tool", String(summary.notExecutable)],
    ['  refused here too', String(summary.notExecutableRefused)],
    ['effects made twice', String(summary.repeatedEffects)],
    ['ledgers verified', `${summary.tasks - summary.unsoundLedgers} of ${summary.tasks} (${summary.records} records)`],
    ...(summary.kills === undefined ? [] : [['kills survived', String(summary.kills)] as [string, string]]),
  ];
  return [...summary.results.flatMap(complaints), table(rows)].join('\n');
}

function complaints({ task, writes, hashEqual, repeated, ledger }: TaskResult): string[] {
  const wrong = writes.filter(({ outcome, executable }) => (outcome === 'admitted') !== executable);
  return [
    ...wrong.map(
      ({ name, outcome, reasons }) => `task ${task}: ${name} ${outcome}: ${reasons.join('; ') || 'no reason'}`,
    ),
    ...(hashEqual ? [] : [`task ${task}: the final hash differs: ${unfinished(writes)}`]),
    ...(repeated ? [`task ${task}: an operation had more than one effect`] : []),
    ...(ledger ? [] : [`task ${task}: the ledger is not sound`]),
  ];
}

const unfinished = (writes: readonly WriteResult[]): string =>
  writes
    .filter(({ executable, status }) => executable && status !== 'verified')
    .map(({ name, status, reasons }) => `${name} ${status} (${reasons.join('; ')})`)
    .join(', ') || 'every write was made and verified, so the task expects another effect';

export interface ViolationSummary {
  readonly requests: number;
  readonly refused: number;
  readonly asked: number;
  readonly admitted: number;
  /** Requests after which the shop has the hash it had before. */
  readonly hashUnchanged: number;
  readonly ok: boolean;
  /** The requests that were admitted, which none should be. */
  readonly admittedRequests: readonly { readonly index: number; readonly task: string; readonly name: string }[];
  readonly results: readonly { readonly index: number; readonly outcome: WriteOutcome; readonly reasons: string[] }[];
}

/** [TAU6] The numbers of requests that must be refused. */
export function violationSummary(results: readonly ViolationResult[]): ViolationSummary {
  const number = (outcome: WriteOutcome) => results.filter((result) => result.outcome === outcome).length;
  const unchanged = results.filter((result) => result.unchanged).length;
  return {
    requests: results.length,
    refused: number('refused'),
    asked: number('asked'),
    admitted: number('admitted'),
    hashUnchanged: unchanged,
    ok: number('refused') === results.length && unchanged === results.length,
    admittedRequests: results.flatMap(({ outcome, violation }, index) =>
      outcome === 'admitted' ? [{ index, ...violation }] : [],
    ),
    results: results.map(({ outcome, reasons }, index) => ({ index, outcome, reasons: reasons.map(reasonText) })),
  };
}

export interface GeneratedSummary {
  readonly requests: number;
  readonly out: string;
  /** Operator → how many violations it made. */
  readonly operators: Readonly<Record<string, number>>;
}

/** [TAU8] What was generated. */
export function generatedSummary(broken: readonly { readonly operator: string }[], out: string): GeneratedSummary {
  const operators: Record<string, number> = {};
  for (const { operator } of broken) operators[operator] = (operators[operator] ?? 0) + 1;
  return { requests: broken.length, out, operators };
}

export function generatedText({ requests, out, operators }: GeneratedSummary): string {
  const rows = Object.entries(operators).map(([name, count]) => [name, String(count)] as const);
  return `${table(rows)}\n${requests} violations by ${rows.length} operators in ${out}`;
}

export function violationText(summary: ViolationSummary): string {
  const rows: [string, string][] = [
    ['requests', String(summary.requests)],
    ['refused', String(summary.refused)],
    ['asked', String(summary.asked)],
    ['admitted', String(summary.admitted)],
    ['hash unchanged', String(summary.hashUnchanged)],
  ];
  const admitted = summary.admittedRequests.map((each) => `admitted: [${each.index}] ${JSON.stringify(each)}`);
  return [...admitted, table(rows)].join('\n');
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n');
}
