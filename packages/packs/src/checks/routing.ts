import { INBOX_TYPES, type InboxRules, type Needs, ROUTING_TYPES, type RoutingDef } from '@reeve/kernel';
import { at, byId, type Draft, type Findings, type Place, refers, refersAll } from '../draft.ts';
import type { Path } from '../problem.ts';
import { expression } from './expressions.ts';

const set = (...path: Path): Place => at('settings', '', ...path);

/** How work finds its seat, and what inboxes let in: seats and units that exist, conditions that are well formed (PCK130–PCK132). */
export function* checkRouting(draft: Draft): Findings {
  const { routing, inbox } = draft.definition.settings;
  if (routing) yield* checkRoutes(draft, routing);
  if (inbox) yield* checkInbox(draft, inbox);
}

function* checkRoutes(draft: Draft, routing: RoutingDef): Findings {
  for (const [i, rule] of routing.rules.entries()) {
    yield* expression(set('routing', 'rules', i, 'when'), 'PCK131', rule.when, ROUTING_TYPES, 'bool');
    yield* refers(draft, set('routing', 'rules', i, 'needs', 'unit'), 'PCK130', 'units', rule.needs.unit);
    yield* checkAble(draft, set('routing', 'rules', i, 'needs'), rule.needs);
  }
  for (const [i, line] of routing.direct.entries()) {
    yield* expression(set('routing', 'direct', i, 'when'), 'PCK131', line.when, ROUTING_TYPES, 'bool');
    yield* refers(draft, set('routing', 'direct', i, 'to'), 'PCK130', 'seats', line.to);
  }
  yield* refers(draft, set('routing', 'unable'), 'PCK130', 'seats', routing.unable);
  yield* refers(draft, set('routing', 'surge', 'tell'), 'PCK130', 'seats', routing.surge.tell);
}

/** A rule that sends work where nobody can do it is a mistake one wants to hear of before the first case. */
function* checkAble(draft: Draft, place: Place, needs: Needs): Findings {
  const seats = [...byId(draft.definition.seats).values()];
  const able = seats.some(
    ({ abilities }) =>
      needs.skills.every((skill) => abilities.skills.includes(skill)) &&
      (needs.topic === undefined || abilities.topics.includes(needs.topic)) &&
      (needs.domain === undefined || abilities.domains.includes(needs.domain)) &&
      (needs.complexity === undefined || abilities.complexity.includes(needs.complexity)),
  );
  if (able || draft.incomplete) return;
  const message = 'no seat declares all that this rule asks for, so every case of it goes to a person';
  yield { at: place, rule: 'PCK132', message, hint: 'give a seat these `abilities`, or ask for less', warning: true };
}

function* checkInbox(draft: Draft, inbox: InboxRules): Findings {
  for (const [i, filter] of inbox.filters.entries()) {
    const place = (...path: Path) => set('inbox', 'filters', i, ...path);
    yield* expression(place('when'), 'PCK131', filter.when, INBOX_TYPES, 'bool');
    yield* refers(draft, place('unit'), 'PCK130', 'units', filter.unit);
    for (const field of ['to', 'from', 'except'] as const)
      yield* refersAll(draft, place(field), 'PCK130', 'seats', filter[field] ?? []);
  }
  for (const [i, policy] of (inbox.between?.policies ?? []).entries())
    yield* expression(set('inbox', 'between', 'policies', i, 'when'), 'PCK131', policy.when, INBOX_TYPES, 'bool');
  for (const [i, { unit }] of inbox.units.entries())
    yield* refers(draft, set('inbox', 'units', i, 'unit'), 'PCK130', 'units', unit);
}
