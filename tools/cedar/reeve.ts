/** The generated world in Reeve: applied to the kernel, each request decided by the gate itself. */
import {
  createState,
  definition as definitionSchema,
  gate,
  TIERS as KERNEL_TIERS,
  type Operation,
  type State,
  step,
} from '@reeve/kernel';
import type { Answer } from './compare.ts';
import { toCel } from './condition.ts';
import type { Case, Request, World } from './world.ts';

const OWNER = { principal: 'owner' };

/** Above every cost that is generated: amounts are not what is compared. */
const MUCH = 1_000_000;

function definitionOf(world: World) {
  return {
    name: 'generated',
    settings: { earned: ['*'], tiers: { flag: MUCH, ask: MUCH } },
    units: world.units.map(({ id, parent }) => ({ id, title: id, ...(parent === undefined ? {} : { parent }) })),
    seats: world.seats.map((seat) => ({
      id: seat.id,
      title: seat.id,
      unit: seat.unit,
      ...(seat.supervisor === undefined ? {} : { supervisor: seat.supervisor }),
      occupant: { principal: seat.occupant, kind: 'human' },
      charter: {
        purpose: 'generated',
        tier: KERNEL_TIERS.find((tier) => tier === seat.tier),
        rights: seat.rights.map(({ pattern, when, limit }) => ({
          capability: pattern,
          ...(when === undefined ? {} : { when: toCel(when) }),
          ...(limit === undefined ? {} : { limit }),
        })),
      },
    })),
    tools: ['t0', 't1', 't2'].map((id) => ({ id, connector: 'none' })),
    capabilities: world.capabilities.map(({ id, tool, effect }) => ({ id, tool, effect })),
    contracts: world.capabilities
      .filter(({ effect }) => effect !== 'read')
      .map(({ id }) => ({ id: `contract-of-${id}`, capability: id })),
    policies: world.policies.map(({ id, on, effect, when, unit }) => ({
      ...{ id, on, effect, when: toCel(when), because: 'generated' },
      ...(unit === undefined ? {} : { unit }),
    })),
  };
}

/** Gives what the gate decides about requests in this world. */
export function reeveOf(world: World): (request: Request) => Answer {
  const state = createState('generated');
  const definition = definitionSchema.parse(definitionOf(world));
  send(state, 'organisation.apply', { base: '', reason: 'generated', definition });
  for (const each of world.cases) open(state, each);
  for (const { id, status } of world.seats) state.organisation.seats.get(id)!.status = status;
  for (const { scope, id } of world.switches)
    state.governance.switches.set(`${scope}:${id}`, { reason: 'generated', by: 'owner', at: 0 });
  return (request) => {
    const { verdict, reasons } = gate(state, operationOf(state, request), request.now, 'full');
    const spoke = reasons.filter(({ check }) => check === 'policy').map(({ rule }) => rule);
    return { verdict, policies: verdict === 'deny' ? [] : spoke.sort() };
  };
}

function send(state: State, kind: string, body: object): void {
  const { reply } = step(state, { id: '', kind, actor: OWNER, body }, { now: 1, entropy: 'generated' });
  if (!reply.ok) throw new Error(`${kind}: ${reply.rejection.message}`);
}

/** Facts are put into the state as they are: which commands lead to them is not what is compared. */
function open(state: State, { customer, priority, owner, id, ...facts }: Case): void {
  send(state, 'case.open', { subject: id, customer, priority, owner });
  const { topic, status, reopened, parties } = facts;
  Object.assign(state.cases.cases.get(id)!, { topic, status, reopened, parties: [...parties] });
}

/** An operation as the kernel has it when it asks the gate. */
function operationOf({ organisation }: State, request: Request): Operation {
  const capability = organisation.capabilities.get(request.capability);
  return {
    ...{ id: 'OP-1', key: 'key', status: 'requested', argsDigest: '', run: null, why: null, confidence: null },
    ...{ resource: null, metric: null, compensates: null, compensation: null, reads: null, decision: null },
    ...{ approval: null, reservation: null, attempt: 0, lease: null, retryAt: null, result: null, evidence: [] },
    ...{ failure: null, note: null, requestedAt: 0, settledAt: null },
    capability: request.capability,
    tool: capability?.tool ?? '',
    effect: capability?.effect ?? 'irreversible',
    args: request.args,
    contract: organisation.contracts.get(request.capability)?.id ?? null,
    seat: request.seat,
    principal: request.principal,
    case: request.case,
    cost: request.cost,
  };
}
