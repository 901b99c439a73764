import type { Definition } from '../definition.ts';

type Rename = (seat: string) => string;

const maybe = (rename: Rename, seat: string | undefined): string | undefined =>
  seat === undefined ? undefined : rename(seat);

/** The record with these fields replaced; those that are undefined are left out. */
function withSeats<T extends object>(record: T, fields: { [K in keyof T]?: T[K] | undefined }): T {
  const next = { ...record, ...fields };
  for (const key of Object.keys(fields) as (keyof T)[]) if (next[key] === undefined) delete next[key];
  return next;
}

const unique = (seats: readonly string[]): string[] => [...new Set(seats)];

/** Escalating to itself says nothing: then it is the supervisor's. */
function seatsAfter({ seats }: Definition, rename: Rename): Definition['seats'] {
  return seats.map((seat) => {
    const escalation = maybe(rename, seat.charter.escalation);
    return {
      ...seat,
      charter: withSeats(seat.charter, { escalation: escalation === seat.id ? undefined : escalation }),
    };
  });
}

/** [RST4] The definition with every reference to a retired seat, but for reporting lines, pointing to who takes its place. */
export function referring(definition: Definition, heirs: ReadonlyMap<string, string>): Definition {
  if (heirs.size === 0) return definition;
  const rename: Rename = (seat) => heirs.get(seat) ?? seat;
  const { settings, contracts, budgets, rates, switches, targets, services } = definition;
  return {
    ...definition,
    seats: seatsAfter(definition, rename),
    settings: withSeats(settings, {
      intake: maybe(rename, settings.intake),
      verifier: maybe(rename, settings.verifier),
    }),
    contracts: contracts.map((contract) =>
      withSeats(contract, {
        escalate: maybe(rename, contract.escalate),
        approval: { ...contract.approval, approvers: unique(contract.approval.approvers.map(rename)) },
      }),
    ),
    budgets: budgets.map((budget) =>
      withSeats(budget, { seat: maybe(rename, budget.seat), owner: maybe(rename, budget.owner) }),
    ),
    rates: rates.map((rate) => withSeats(rate, { seat: maybe(rename, rate.seat) })),
    switches: switches.map((one) => ({
      ...one,
      target: one.scope === 'seat' ? rename(one.target) : one.target,
      rearm: unique(one.rearm.map(rename)),
    })),
    targets: targets.map((target) => withSeats(target, { owner: maybe(rename, target.owner) })),
    services: services.map((service) => ({ ...service, seat: rename(service.seat) })),
  };
}

/** Rules in words that name a seat: nothing rewrites these, so who restructures is told. */
export function spokenOf(definition: Definition, seat: string): string[] {
  const names = (text: string) => text.includes(`"${seat}"`) || text.includes(`'${seat}'`);
  const said: [string, unknown][] = [
    ...definition.policies.map((policy): [string, unknown] => [`policy ${policy.id}`, policy]),
    ...definition.contracts.map((contract): [string, unknown] => [`contract ${contract.id}`, contract]),
    ...definition.seats.map((one): [string, unknown] => [`seat ${one.id}`, one.charter.rights]),
    ...definition.metrics.map((metric): [string, unknown] => [`metric ${metric.id}`, metric.measure]),
  ];
  return said.filter(([, rule]) => textsIn(rule).some(names)).map(([where]) => where);
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
