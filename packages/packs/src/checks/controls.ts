import type { AutoSwitchDef, CelScope, CelType, RateDef, Right, SeatDef } from '@reeve/kernel';
import { at, type Draft, type Findings, refers, refersAll } from '../draft.ts';
import { rightScope } from '../scopes.ts';
import { expression, pattern } from './expressions.ts';
import { onlyOne } from './rights.ts';

/** Rates, kill switches and the terms of approvals (PCK68, PCK69, PCK96). */
export function* checkControls(draft: Draft): Findings {
  for (const rate of draft.definition.rates) yield* checkRate(draft, rate);
  for (const each of draft.definition.switches) yield* checkSwitch(draft, each);
  yield* checkQuorums(draft);
  for (const seat of draft.definition.seats)
    for (const [i, each] of seat.charter.entrusts.entries()) yield* checkEntrusted(draft, seat, each, i);
}

/** Not its own tier counts: what it has done is limited by who does it. */
function* checkEntrusted(draft: Draft, seat: SeatDef, each: Right, i: number): Findings {
  const place = (field: string) => at('seats', seat.id, 'charter', 'entrusts', i, field);
  yield* pattern(draft, place('capability'), 'PCK30', each.capability);
  const scope = rightScope(onlyOne([each.capability], draft.definition.capabilities));
  yield* expression(place('when'), 'PCK31', each.when, scope, 'bool');
}

function* checkRate(draft: Draft, rate: RateDef): Findings {
  const place = (...path: (string | number)[]) => at('rates', rate.id, ...path);
  for (const [i, each] of rate.on.entries()) yield* pattern(draft, place('on', i), 'PCK68', each);
  yield* refers(draft, place('seat'), 'PCK68', 'seats', rate.seat);
  yield* refers(draft, place('unit'), 'PCK68', 'units', rate.unit);
  if (rate.per !== 'recipient') return;
  const named = draft.definition.capabilities.filter((capability) => rate.on.includes(capability.id));
  for (const capability of named) {
    if (Object.hasOwn(capability.args, rate.argument)) continue;
    const message = `"${capability.id}" takes no argument "${rate.argument}", so its recipients would never be counted`;
    yield { at: place('argument'), rule: 'PCK68', message, hint: 'name the argument that says who is reached' };
  }
}

/** Conditions of switches see the metrics they name and no others. */
function switchScope(each: AutoSwitchDef): CelScope {
  const numbers: CelType = { fields: Object.fromEntries(each.metrics.map((id) => [id, 'number'])) };
  return { metrics: numbers, samples: numbers, now: 'number' };
}

const KINDS = { unit: 'units', seat: 'seats', tool: 'tools', lane: 'flows' } as const;

function* checkSwitch(draft: Draft, each: AutoSwitchDef): Findings {
  const place = (...path: (string | number)[]) => at('switches', each.id, ...path);
  yield* refersAll(draft, place('metrics'), 'PCK69', 'metrics', each.metrics);
  yield* refersAll(draft, place('rearm'), 'PCK69', 'seats', each.rearm);
  yield* expression(place('when'), 'PCK69', each.when, switchScope(each), 'bool');
  if (each.scope === 'capability') yield* pattern(draft, place('target'), 'PCK69', each.target);
  else if (each.scope !== 'organisation')
    yield* refers(draft, place('target'), 'PCK69', KINDS[each.scope], each.target);
  for (const seat of each.rearm) {
    if (each.scope !== 'seat' || seat !== each.target) continue;
    const message = `"${seat}" could re-arm the switch that stopped it`;
    yield { at: place('rearm'), rule: 'PCK69', message, hint: 'name somebody above it' };
  }
}

/** A quorum that cannot be reached would refuse everything in silence. */
function* checkQuorums(draft: Draft): Findings {
  for (const { id, approval } of draft.definition.contracts) {
    const { approvers, quorum } = approval;
    if (approvers.length === 0 || quorum <= approvers.length) continue;
    const message = `${quorum} people must agree, but only ${approvers.length} may decide`;
    yield { at: at('contracts', id, 'approval', 'quorum'), rule: 'PCK96', message, hint: 'name more approvers' };
  }
}
