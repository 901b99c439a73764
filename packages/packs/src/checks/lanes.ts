import { covers, type FlowDef, type RolloutDef, switchesOf } from '@reeve/kernel';
import { at, byId, type Draft, type Findings, refers, refersAll } from '../draft.ts';
import { suggestion } from '../suggest.ts';

type Staged = FlowDef & { readonly rollout: RolloutDef };
const isStaged = (flow: FlowDef): flow is Staged => flow.rollout !== undefined;
const AUTONOMOUS: readonly string[] = ['bounded', 'end-to-end'];

/** Lanes: what their rollout names exists, and a kill switch stands by before anything is autonomous (PCK140–PCK143). */
export function* checkLanes(draft: Draft): Findings {
  const lanes = draft.definition.flows.filter(isStaged);
  for (const lane of lanes) {
    yield* checkNames(draft, lane);
    yield* checkTolerances(draft, lane);
    yield* checkMissing(draft, lane);
    yield* checkGuards(draft, lane);
    yield* lintPurpose(lane);
  }
  yield* checkTopics(lanes);
}

function* checkNames(draft: Draft, { id, steps, rollout }: Staged): Findings {
  const place = (...path: (string | number)[]) => at('flows', id, 'rollout', ...path);
  yield* refers(draft, place('metric'), 'PCK140', 'metrics', rollout.metric);
  yield* refers(draft, place('baseline'), 'PCK140', 'seats', rollout.baseline);
  yield* refersAll(draft, place('raisers'), 'PCK140', 'seats', rollout.raisers);
  for (const [i, { seat }] of rollout.seats.entries())
    yield* refers(draft, place('seats', i, 'seat'), 'PCK140', 'seats', seat);
  for (const [i, step] of rollout.steps.entries()) {
    if (steps.includes(step)) continue;
    const message = `"${step}" is no step of this flow, so its stage would hold for nothing`;
    yield { at: place('steps', i), rule: 'PCK140', message, hint: suggestion(step, steps, 'steps') };
  }
}

/** A read that nobody makes would never be missing. */
function* checkMissing(draft: Draft, { id, rollout }: Staged): Findings {
  if (draft.incomplete) return;
  const reads = draft.definition.capabilities.filter(({ effect }) => effect === 'read').map((each) => each.id);
  for (const [i, pattern] of (rollout.missing?.reads ?? []).entries()) {
    if (reads.some((read) => covers(pattern, read))) continue;
    const place = at('flows', id, 'rollout', 'missing', 'reads', i);
    yield {
      at: place,
      rule: 'PCK140',
      message: `"${pattern}" is no capability that reads`,
      hint: suggestion(pattern, reads, 'reads'),
    };
  }
}

/** A tolerance for an argument nobody takes would look like one and never be used. */
function* checkTolerances(draft: Draft, { id, steps, rollout }: Staged): Findings {
  if (draft.incomplete) return;
  const capabilities = byId(draft.definition.capabilities);
  const held = rollout.steps.length > 0 ? rollout.steps : steps;
  const under = draft.definition.contracts.filter((contract) => held.includes(contract.id));
  const taken = new Set(under.flatMap(({ capability }) => Object.keys(capabilities.get(capability)?.args ?? {})));
  for (const name of Object.keys(rollout.compare.tolerances)) {
    if (taken.has(name)) continue;
    const message = `no capability of this lane takes an argument "${name}"`;
    yield {
      at: at('flows', id, 'rollout', 'compare', 'tolerances', name),
      rule: 'PCK140',
      message,
      hint: suggestion(name, taken, 'arguments'),
    };
  }
}

function* checkGuards(draft: Draft, { id, rollout }: Staged): Findings {
  if (draft.incomplete || switchesOf(draft.definition, id).length > 0) return;
  const place = at('flows', id, 'rollout', 'start');
  const hint = `define a switch with "scope: lane" and "target: ${id}" that says when the lane must stop`;
  if (AUTONOMOUS.includes(rollout.start)) {
    const message = `the lane would begin in the stage ${rollout.start} without a kill switch that trips by itself`;
    yield { at: place, rule: 'PCK141', message, hint };
    return;
  }
  const message = 'the lane has no kill switch that trips by itself, so it can never leave the stage assist';
  yield { at: at('flows', id, 'rollout'), rule: 'PCK142', message, hint, warning: true };
}

/** A case goes one way: two lanes that share out the same topic would each think it is theirs. */
function* checkTopics(lanes: readonly Staged[]): Findings {
  const taken = new Map<string, string>();
  for (const { id, rollout } of lanes) {
    for (const [i, topic] of rollout.topics.entries()) {
      const other = taken.get(topic);
      taken.set(topic, other ?? id);
      if (other === undefined || other === id) continue;
      const message = `the traffic of the topic "${topic}" is shared out by the lane "${other}" already`;
      yield { at: at('flows', id, 'rollout', 'topics', i), rule: 'PCK140', message, hint: 'name it in one of them' };
    }
  }
}

function* lintPurpose({ id, rollout }: Staged): Findings {
  if (rollout.outcome !== '' && rollout.metric !== undefined) return;
  const message = 'nobody says what the lane is for (outcome) or which number it moves (metric)';
  yield {
    at: at('flows', id, 'rollout'),
    rule: 'PCK143',
    message,
    hint: 'add both: without them no result is good',
    warning: true,
  };
}
