/** Words about a simulation: for a person at a terminal, and for a machine. */
import { createHash } from 'node:crypto';
import type { CellsOutcome, Waits } from './cells/play.ts';
import type { Outcome } from './simulate.ts';
import type { UnderWay } from './under-way.ts';

const SECOND = 1000;
const clock = (ms: number): string => {
  const s = Math.floor(ms / SECOND);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(Math.floor(s / 3600))}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
};

/** How to see the same failure again. */
const rerun = (pack: string, seed: number, without: readonly string[] = [], days?: number): string =>
  [
    `npm run sim -- --pack ${pack} --start ${seed} --seeds 1`,
    ...(days === undefined ? [] : [`--days ${days}`]),
    ...(without.length > 0 ? [`--without ${without.join(',')}`] : []),
  ].join(' ');

/** What people did and what went wrong, in order of virtual time. */
function trace({ actions, struck }: Outcome): string[] {
  const lines = [
    ...actions.map(({ id, kind, at }) => ({ at, text: `${id} ${kind}` })),
    ...struck.map(({ fault, time }) => ({
      at: time,
      text: `${fault.id} ${fault.kind}${fault.ms > 0 ? ` ${fault.ms} ms` : ''}`,
    })),
  ];
  return lines.sort((a, b) => a.at - b.at).map(({ at, text }) => `  ${clock(at)} ${text}`);
}

/** Everything about a failing seed. */
export function failureText(pack: string, outcome: Outcome, without: readonly string[], days?: number): string {
  const shown = outcome.findings.slice(0, 20).map(({ rule, detail }) => `  ${rule}: ${detail}`);
  const more = outcome.findings.length > 20 ? [`  and ${outcome.findings.length - 20} more`] : [];
  return [
    `SEED ${outcome.seed} (${pack}) FAILED`,
    ...['what is wrong:', ...shown, ...more],
    ...['what happened (virtual time, people W, faults F):', ...trace(outcome)],
    `again: ${rerun(pack, outcome.seed, without, days)}`,
  ].join('\n');
}

/** What to say when nothing can go on and these simulations have not ended. */
export function stuckText(stuck: readonly UnderWay[]): string {
  if (stuck.length === 0) return 'NEVER ENDED: something waits for what never comes, and no seed is being played';
  return stuck.map(stuckSeed).join('\n');
}

function stuckSeed({ options, scheduler, doing }: UnderWay): string {
  const { seed, play, without, days } = options;
  const next = scheduler
    .waiting(10)
    .map(({ at, what, owner }) => `  ${clock(at)} ${what}${owner ? ` of ${owner.name}` : ''}`);
  return [
    `SEED ${seed} (${play.pack}) NEVER ENDED`,
    `it stands still at virtual time ${clock(scheduler.time)}, after ${scheduler.fired} events; what waits: ${doing}`,
    ...(next.length === 0 ? ['no event was to come'] : ['what was to come (virtual time, event):', ...next]),
    `again: ${rerun(play.pack, seed, [...(without ?? [])], days)}`,
  ].join('\n');
}

export interface Summary {
  readonly pack: string;
  readonly seeds: number;
  readonly start: number;
  readonly failed: readonly number[];
  readonly records: number;
  readonly operations: number;
  readonly effects: number;
  readonly commands: number;
  /** Virtual days that were played. */
  readonly days: number;
  /** Fault → how often it struck. */
  readonly faults: Readonly<Record<string, number>>;
  readonly seconds: number;
  /** SHA-256 over the hashes of all ledgers, in order: the same seeds give the same, in any process. */
  readonly hash: string;
}

export function emptySummary(pack: string, start: number): Summary {
  return {
    pack,
    start,
    seeds: 0,
    failed: [],
    records: 0,
    operations: 0,
    effects: 0,
    commands: 0,
    days: 0,
    faults: {},
    seconds: 0,
    hash: '',
  };
}

export function added(sum: Summary, one: Outcome, seconds: number): Summary {
  const faults = { ...sum.faults };
  for (const { fault } of one.struck) faults[fault.kind] = (faults[fault.kind] ?? 0) + 1;
  return {
    ...sum,
    ...{ seeds: sum.seeds + 1, records: sum.records + one.records, faults, seconds },
    operations: sum.operations + one.counts.operations,
    effects: sum.effects + one.counts.effects,
    commands: sum.commands + one.counts.commands,
    days: sum.days + one.time / 86_400_000,
    hash: createHash('sha256')
      .update(sum.hash + one.hash)
      .digest('hex'),
    failed: one.findings.length > 0 ? [...sum.failed, one.seed] : sum.failed,
  };
}

export function summaryText({
  pack,
  seeds,
  start,
  failed,
  records,
  effects,
  commands,
  days,
  faults,
  seconds,
  hash,
}: Summary): string {
  const struck = Object.values(faults).reduce((sum, n) => sum + n, 0);
  const verdict = failed.length === 0 ? 'no invariant was broken' : `FAILED: ${failed.join(', ')}`;
  return (
    `${pack}: ${seeds} seeds from ${start}: ${commands} commands, ${records} records, ${effects} effects, ` +
    `${struck} faults, ${Math.round(days)} virtual days in ${seconds.toFixed(1)} s, ` +
    `ledgers ${hash.slice(0, 16)}; ${verdict}`
  );
}

/** Virtual milliseconds, to a tenth of a second below a minute. */
const spent = (ms: number): string => (ms < 60 * SECOND ? `${(ms / SECOND).toFixed(1)} s` : clock(ms));
const waitsText = ({ count, median, slowest }: Waits): string =>
  `${count}, half within ${spent(median)}, all within ${spent(slowest)}`;

/** What several cells did, one of which failed. Times are virtual. */
export function cellsText(cells: number, outcome: CellsOutcome): string {
  const { organisations, cases, records, asked, opened, twice, answered, findings, cpu } = outcome;
  return [
    `${organisations} organisations in ${cells} cells: ${cases} cases, ${records} records in ${cpu.toFixed(1)} s of processor time`,
    `  asked of each other: ${asked}; opened ${opened}, twice ${twice}, answered ${answered}`,
    `  of cells that never failed, usually: ${waitsText(outcome.usual)}`,
    `  of those while another cell was down: ${waitsText(outcome.meanwhile)}`,
    `  of the cell while it was down: ${waitsText(outcome.held)}; all answered ${spent(outcome.drained)} after it was back`,
    ...findings.slice(0, 20).map(({ rule, detail }) => `  ${rule}: ${detail}`),
  ].join('\n');
}
