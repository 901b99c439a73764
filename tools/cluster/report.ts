import type { Audit, Finding } from '../crash/audit.ts';
import type { Load } from './load.ts';

export interface Round {
  readonly n: number;
  readonly fault: string;
  readonly node: string;
  /** Organisations the node owned. */
  readonly owned: number;
  /** Milliseconds until each of them answered a write again. */
  readonly times: readonly number[];
  /** Acknowledged writes so far, of all organisations. */
  readonly acknowledged: number;
}

/** Milliseconds within which every organisation must have an owner again. */
const LIMIT = 10_000;

const middle = (times: readonly number[]): number =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
const longest = (times: readonly number[]): number => times.reduce((most, time) => Math.max(most, time), 0);
const seconds = (ms: number): string => (Number.isFinite(ms) ? `${(ms / 1000).toFixed(1)} s` : 'never');

export function report(rounds: readonly Round[]): string {
  return rounds
    .map(({ n, fault, node, owned, times, acknowledged }) =>
      [
        `round ${n + 1}`.padEnd(9),
        `${fault} at ${node}`.padEnd(20),
        `${owned} organisations`.padEnd(17),
        times.length === 0
          ? 'no takeover needed'
          : `answered again after ${seconds(middle(times))}, last ${seconds(longest(times))}`,
        `· ${acknowledged} acknowledged`,
      ].join(' '),
    )
    .join('\n');
}

export interface Summary {
  readonly rounds: readonly Round[];
  readonly kills: number;
  readonly takeover: { readonly median: number; readonly longest: number };
  readonly acknowledged: number;
  readonly retries: number;
  readonly records: number;
  readonly operations: number;
  readonly effects: number;
  readonly findings: readonly Finding[];
  readonly failures: number;
  readonly words: string;
}

export function summary(rounds: readonly Round[], audit: Audit, load: Load): Summary {
  const { records, operations, effects, findings } = audit;
  const times = rounds.flatMap((round) => [...round.times]);
  const late = times.filter((time) => time > LIMIT).length;
  const failures = findings.length + load.surprises.length + late;
  const kills = rounds.filter(({ fault }) => fault === 'kill -9').length;
  const takeover = { median: middle(times), longest: longest(times) };
  const verdict = failures === 0 ? 'nothing lost, nothing twice, every chain valid' : `${failures} FAILURES`;
  const words =
    `${kills} kills, ${rounds.length - kills} network faults: ${load.total} acknowledged cases (${load.retries} requests sent again), ` +
    `${records} records, ${operations} operations, ${effects} effects outside; takeover ${seconds(takeover.median)} in the middle, ` +
    `${seconds(takeover.longest)} at most; ${[verdict, ...load.surprises.slice(0, 5)].join('\n')}`;
  return {
    rounds,
    kills,
    takeover,
    acknowledged: load.total,
    retries: load.retries,
    records,
    operations,
    effects,
    findings,
    failures,
    words,
  };
}
