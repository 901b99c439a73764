import { type CapabilityDef, covers, type SeatDef } from '@reeve/kernel';
import { at, byId, type Draft, type Finding, type Findings, type Place } from '../draft.ts';
import { unitsAround } from '../matrix.ts';

const warn = (place: Place, rule: string, message: string, hint: string): Finding => {
  return { at: place, rule, message, hint, warning: true };
};

/** What an agent's seat takes in, when it stops, and what it can cost at most (R-E57, R-E59, R-E60: PCK77, PCK78, PCK95). */
export function* lintWork(draft: Draft, seat: SeatDef): Findings {
  yield* lintMoney(draft, seat);
  // A person stops by himself and knows what he is there for; an empty seat has nobody to stop.
  if (!seat.occupant || seat.occupant.kind === 'human') return;
  const stop = at('seats', seat.id, 'charter', 'stop');
  if (!draft.written(stop)) {
    const message = 'nobody decided when a run of this agent stops, so it may take the defaults: 50 steps, 15 minutes';
    yield warn(stop, 'PCK77', message, 'add charter.stop: steps, time, repeats and, where it spends, money');
  }
  const { skills, topics, domains } = seat.abilities;
  if (skills.length + topics.length + domains.length === 0) {
    const message = 'nobody says what work this agent takes, so work cannot be given to it for a reason';
    yield warn(at('seats', seat.id, 'abilities'), 'PCK78', message, 'add abilities: skills, topics or domains');
  }
}

function* lintMoney(draft: Draft, seat: SeatDef): Findings {
  const { definition } = draft;
  if (definition.budgets.some((budget) => budget.currency === 'money' && spendsFrom(draft, seat, budget))) return;
  const capabilities = byId(definition.capabilities);
  for (const [i, { capability: pattern, limit }] of seat.charter.rights.entries()) {
    const priced = [...capabilities.values()].filter((each) => covers(pattern, each.id) && movesMoney(each));
    if (limit !== undefined || priced.length === 0) continue;
    const names = priced.map(({ id }) => id).join(', ');
    const message = `nothing bounds what this seat may spend with ${names}: the right has no limit and no budget applies`;
    const hint = 'add a limit to the right, or a budget of the seat, its unit or the organisation';
    yield warn(at('seats', seat.id, 'charter', 'rights', i), 'PCK95', message, hint);
  }
}

const movesMoney = ({ cost }: CapabilityDef): boolean => cost !== undefined && cost !== 0;

function spendsFrom(
  { definition }: Draft,
  seat: SeatDef,
  budget: { seat?: string | undefined; unit?: string | undefined },
) {
  if (budget.seat !== undefined) return budget.seat === seat.id;
  return budget.unit === undefined || unitsAround(definition, seat).has(budget.unit);
}
