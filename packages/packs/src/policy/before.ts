/** What was so before the request: who gave the work on, what was stopped, granted, asked for and measured. */
import { bookUse, DAY, evolve, metricValue, SKETCH_ERROR, SYSTEM, standsAt, switchesThatTrip } from '@reeve/kernel';
import type { Scenario } from './schema.ts';
import { actorIn, attempt, send, Unplayable, type World } from './world.ts';

type Given = Scenario['given'];

/** The case's work goes from hand to hand, and at last to the seat that asks. */
export function delegate(world: World, caseId: string | null, { seat, given }: Scenario): void {
  const hands = given.delegatedBy ?? [];
  for (const [i, from] of hands.entries()) {
    const last = i === hands.length - 1;
    const to = last ? seat : hands[i + 1]!;
    const packet = { subproblem: 'policy test', output: 'policy test', success: 'policy test' };
    const grants = last && given.grants ? { grants: given.grants } : {};
    send(world, 'task.delegate', { case: caseId, to, packet: { ...packet, ...grants } }, actorIn(world, from));
  }
}

/** Seats are paused, switches tripped: by hand, or because their condition over the metrics holds. */
export function stop(world: World, { stopped = [], paused = [], metrics }: Given): void {
  for (const seat of paused) send(world, 'seat.pause', { seat, reason: 'policy test' });
  if (metrics) measured(world, metrics);
  const tripped = metrics ? switchesThatTrip(world.state, world.now).map((each) => `${each.scope}/${each.target}`) : [];
  for (const each of new Set([...stopped, ...tripped])) {
    const slash = each.indexOf('/');
    send(world, 'switch.trip', { scope: each.slice(0, slash), id: each.slice(slash + 1), reason: 'policy test' });
  }
}

/** The metrics stand where the scenario says; all others have seen nothing. */
function measured({ state }: World, given: NonNullable<Given['metrics']>): void {
  for (const [id, { value, samples }] of Object.entries(given)) {
    const metric = state.organisation.definition!.metrics.find((each) => each.id === id)!;
    standsAt(state, metric, value, samples);
    const back = metricValue(state, metric);
    if (back === null || Math.abs(back - value) > SKETCH_ERROR * Math.max(1, Math.abs(value)))
      throw new Unplayable(`the metric "${id}" cannot be ${value} after ${samples} events`);
  }
}

/** Standing grants and deputies; what the kernel does not let anybody give is among the refusals. */
export function entrust(world: World, scenario: Scenario): void {
  const { granted = [], deputies = [], asked = 0 } = scenario.given;
  for (const { by, seat = scenario.seat, capability = scenario.capability, ...limits } of granted) {
    const body = { seat, capability, reason: 'policy test', ...limits };
    attempt(world, 'approval.grant', body, actorIn(world, by));
  }
  for (const { seat, deputy } of deputies) {
    const body = { seat, deputy, until: world.now + DAY, reason: 'policy test' };
    attempt(world, 'deputy.name', body, actorIn(world, seat));
  }
  if (asked > 0) world.state.governance.control.asked.set(scenario.seat, new Array(asked).fill(world.now));
}

/** What was used of the budgets before, without a run of the scenario's own. */
export function used(world: World, caseId: string | null, { seat, given }: Scenario): void {
  const { state, now } = world;
  for (const currency of ['runs', 'tokens'] as const) {
    const amount = given.used?.[currency] ?? 0;
    const { drafts } = bookUse(state, { seat, case: caseId, currency, amount, what: 'before' }, now);
    for (const draft of drafts)
      evolve(state, {
        ...{ seq: state.seq + 1, org: state.org, at: now, actor: SYSTEM, v: 1, causation: { timer: 'given' } },
        ...{ correlation: '', visibility: 'organisation' as const },
        ...draft,
      });
  }
}
