/** An organisation in which a scenario is played: commands go through the kernel's own `step`, facts are put into its state. */
import { type Actor, type CommandKind, createState, type Definition, OWNER, type State, step } from '@reeve/kernel';
import type { Scenario } from './schema.ts';

/** The scenario cannot be played: what it says does not lead to a decision. */
export class Unplayable extends Error {
  override readonly name = 'Unplayable';
}

/** When requests are made unless the scenario says otherwise: any moment will do, but always the same. */
export const NOW = Date.UTC(2026, 0, 15, 12);

export interface World {
  readonly state: State;
  readonly now: number;
  /** Rules by which the kernel refused what the scenario says was tried. */
  readonly refused: string[];
}

/** The organisation with the definition in force and nothing else in it. @throws Unplayable when the kernel refuses it. */
export function establish(definition: Definition): State {
  const state = createState('policy-test');
  send({ state, now: NOW, refused: [] }, 'organisation.apply', { base: '', reason: 'policy test', definition });
  return state;
}

/**
 * A copy to play in. What is written in the definition is the same in all of them: no command of a scenario changes it, and what
 * the kernel has compiled of it is found again.
 */
export function copyOf(established: State): State {
  const { definition, units, tools, capabilities, contracts, policies, services } = established.organisation;
  const written = { definition, units, tools, capabilities, contracts, policies, services };
  const organisation = { ...established.organisation, ...NOTHING_WRITTEN };
  const copy = structuredClone({ ...established, organisation });
  Object.assign(copy.organisation, written);
  return copy;
}

type Written = 'definition' | 'units' | 'tools' | 'capabilities' | 'contracts' | 'policies' | 'services';
const NOTHING_WRITTEN: Pick<State['organisation'], Written> = {
  ...{ definition: null, policies: [], units: new Map(), tools: new Map() },
  ...{ capabilities: new Map(), contracts: new Map(), services: new Map() },
};

/** A command that must be accepted. @throws Unplayable when it is not. */
export function send(world: World, kind: CommandKind, body: object, actor: Actor = { principal: OWNER }) {
  const reply = tried(world, kind, body, actor);
  if (reply.ok) return reply.result;
  const { message, hint } = reply.rejection;
  throw new Unplayable(`the kernel does not accept ${kind}: ${message}${hint ? ` (${hint})` : ''}`);
}

/** A command that may be refused: by which rule is what the scenario is about. */
export function attempt(world: World, kind: CommandKind, body: object, actor: Actor): boolean {
  const reply = tried(world, kind, body, actor);
  if (!reply.ok) world.refused.push(reply.rejection.rule ?? reply.rejection.code);
  return reply.ok;
}

const tried = (world: World, kind: CommandKind, body: object, actor: Actor) =>
  step(world.state, { id: '', kind, actor, body }, { now: world.now, entropy: 'policy-test' }).reply;

/** Who a seat's commands come from. Somebody sits in every seat, so that an empty one can be tested too. */
export function actorIn(world: World, seat: string): Actor {
  if (seat === OWNER && !world.state.organisation.seats.has(OWNER)) return { principal: OWNER };
  const occupant = world.state.organisation.seats.get(seat)?.occupant;
  if (occupant) return { principal: occupant.principal, seat };
  const principal = `somebody-in-${seat}`.slice(0, 64);
  send(world, 'seat.occupy', { seat, occupant: { principal, kind: 'human' }, reason: 'policy test' });
  return { principal, seat };
}

/** Facts about the case are put into the state as they are: how they came about does not matter to the gate. */
export function openCase(world: World, { seat, given }: Pick<Scenario, 'seat' | 'given'>): string | null {
  if (given.case === 'none') return null;
  const {
    owner = given.delegatedBy?.[0] ?? seat,
    customer = 'customer@example.com',
    subject = 'Policy test',
    text = '',
  } = given.case ?? {};
  const { by, priority = 'normal', data, evidence = [], parties = [], ...facts } = given.case ?? {};
  const body = { subject, text, customer, priority, owner, ...(data === undefined ? {} : { data }) };
  const opener = by === undefined ? { principal: OWNER } : actorIn(world, by);
  const id = String(send(world, 'case.open', body, opener).case);
  const opened = world.state.cases.cases.get(id)!;
  const { topic, areas, status, reopened } = facts;
  const said = Object.entries({ topic, areas, status, reopened }).filter(([, value]) => value !== undefined);
  Object.assign(opened, Object.fromEntries(said));
  opened.evidence.push(...evidence.map((kind) => ({ kind, ref: 'given' })));
  for (const party of parties) takePart(world, id, party);
  return id;
}

export function takePart(world: World, caseId: string | null, seat: string): void {
  const parties = caseId === null ? undefined : world.state.cases.cases.get(caseId)?.parties;
  if (parties && !parties.includes(seat)) parties.push(seat);
}
