/** Parallel proof against a baseline: judged once, when every side has the sample that was fixed beforehand [ROL16]. */
import type { Context } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import type { State } from '../core/state.ts';
import { newcombe, quantile, wilson } from './intervals.ts';
import { type LaneDef, laneDefs } from './lanes.ts';
import type { ProofLine } from './schema.ts';
import type { Arm, Lane } from './state.ts';

type Proof = NonNullable<LaneDef['rollout']['proof']>;

const round = (value: number): number => Math.round(value * 100) / 100;

/** Better or worse when the whole interval says so; as good when it is never worse by the margin; else open. */
export function verdictOf(low: number, high: number, margin: number): 'better' | 'as-good' | 'worse' | 'open' {
  if (low > 0) return 'better';
  if (high < 0) return 'worse';
  return low > -margin ? 'as-good' : 'open';
}

function lineOf(seat: string, arm: Arm, base: Arm | null, proof: Proof, z: number): ProofLine {
  const { n, solved } = arm;
  const { low, high } = wilson(solved, n, z);
  const apart = base && newcombe({ s: solved, n }, { s: base.solved, n: base.n }, z);
  const difference = apart && {
    value: round((100 * solved) / n - (100 * base.solved) / base.n),
    ...{ low: round(100 * apart.low), high: round(100 * apart.high) },
    verdict: verdictOf(100 * apart.low, 100 * apart.high, proof.margin),
  };
  return {
    ...{ seat, n, solved, rate: round((100 * solved) / n), low: round(100 * low), high: round(100 * high) },
    ...{
      cycle: Math.round(arm.duration / n),
      minutes: round(arm.minutes / n),
      cost: Math.round(arm.cost / n),
      value: Math.round(arm.value / n),
    },
    difference,
  };
}

/** Has every side its sample, and has nobody judged yet? */
export function isComplete(def: LaneDef | undefined, lane: Lane | undefined): boolean {
  const proof = def?.rollout.proof;
  if (!proof || !lane || lane.proved !== null || lane.arms.size < 2) return false;
  return [...lane.arms.values()].every(({ n }) => n >= proof.sample);
}

function prove(state: State, body: { lane: string }, ctx: Context): Draft[] {
  const def = laneDefs(state).get(body.lane);
  const lane = state.rollout.lanes.get(body.lane);
  if (!isComplete(def, lane)) return [];
  const { proof, baseline } = def!.rollout as { proof: Proof; baseline: string };
  const base = lane!.arms.get(baseline)!;
  const z = quantile(proof.confidence);
  const arms = [...lane!.arms].map(([seat, arm]) => lineOf(seat, arm, seat === baseline ? null : base, proof, z));
  const { sample, confidence, margin } = proof;
  return [
    event('lane.proved', `lane/${lane!.id}`, {
      lane: lane!.id,
      baseline,
      sample,
      confidence,
      margin,
      arms,
      at: ctx.now,
    }),
  ];
}

export const proofFollowUps = { 'lane.prove': prove };
