/** One scenario through the real kernel: its facts become a state, its request goes through every check of the gate. */
import {
  type Actor,
  type CommandKind,
  createState,
  type Definition,
  gate,
  jobOf,
  type Operation,
  OWNER,
  type Reason,
  type State,
  SYSTEM,
  step,
  type Verdict,
} from '@reeve/kernel';
import type { Reads, Scenario } from './schema.ts';

/** What the kernel made of a scenario. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
  /** Ids of the rules that spoke, each once, sorted. */
  readonly rules: readonly string[];
  /** Post-conditions that did not hold after the effect; empty when nothing was done. */
  readonly failed: readonly string[];
}

/** The scenario cannot be played: what it says does not lead to a decision. */
export class Unplayable extends Error {
  override readonly name = 'Unplayable';
}

/** When requests are made unless the scenario says otherwise: any moment will do, but always the same. */
const NOW = Date.UTC(2026, 0, 15, 12);

interface World {
  readonly state: State;
  readonly now: number;
}

interface Call {
  readonly seat: string;
  readonly capability: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly confidence?: number | undefined;
}

type Effect = NonNullable<Scenario['effect']>;

/** The organisation with the definition in force and nothing else in it. @throws Unplayable when the kernel refuses it. */
export function establish(definition: Definition): State {
  const state = createState('policy-test');
  send({ state, now: NOW }, 'organisation.apply', { base: '', reason: 'policy test', definition });
  return state;
}

/** Play a scenario in a copy of an established organisation. @throws Unplayable */
export function play(established: State, scenario: Scenario): Outcome {
  const { given, effect } = scenario;
  const world = { state: structuredClone(established), now: given.now === undefined ? NOW : Date.parse(given.now) };
  const caseId = openCase(world, scenario);
  for (const before of given.earlier ?? []) {
    takePart(world, caseId, before.seat);
    used(world, before);
    const op = request(world, caseId, before, before.reads ?? given.reads ?? {});
    const failed = perform(world, op, before.reads ?? given.reads ?? {}, before);
    if (failed.length > 0)
      throw new Unplayable(`${before.capability} under "earlier" breaks ${failed.join(', ')}; correct its "after"`);
  }
  delegate(world, caseId, scenario);
  stop(world, given);
  if (given.firstUse) world.state.operations.used.delete(use(scenario));
  else used(world, scenario);
  const op = request(world, caseId, scenario, given.reads ?? {});
  const decision = decisionOf(world, op);
  const acts = effect && (decision.verdict === 'allow' || decision.verdict === 'ask');
  return {
    verdict: decision.verdict,
    reasons: decision.reasons,
    rules: [...new Set(decision.reasons.map(({ rule }) => rule))].sort(),
    failed: acts ? perform(world, op, given.reads ?? {}, effect) : [],
  };
}

function send(world: World, kind: CommandKind, body: object, actor: Actor = { principal: OWNER }) {
  const { reply } = step(world.state, { id: '', kind, actor, body }, { now: world.now, entropy: 'policy-test' });
  if (reply.ok) return reply.result;
  const { message, hint } = reply.rejection;
  throw new Unplayable(`the kernel does not accept ${kind}: ${message}${hint ? ` (${hint})` : ''}`);
}

/** Facts about the case are put into the state as they are: how they came about does not matter to the gate. */
function openCase(world: World, { seat, given }: Scenario): string | null {
  if (given.case === 'none') return null;
  const {
    owner = given.delegatedBy?.[0] ?? seat,
    customer = 'customer@example.com',
    subject = 'Policy test',
    text = '',
  } = given.case ?? {};
  const { priority = 'normal', data, evidence = [], parties = [], ...facts } = given.case ?? {};
  const body = { subject, text, customer, priority, owner, ...(data === undefined ? {} : { data }) };
  const id = String(send(world, 'case.open', body).case);
  const opened = world.state.cases.cases.get(id)!;
  const { topic, areas, status, reopened } = facts;
  const said = Object.entries({ topic, areas, status, reopened }).filter(([, value]) => value !== undefined);
  Object.assign(opened, Object.fromEntries(said));
  opened.evidence.push(...evidence.map((kind) => ({ kind, ref: 'given' })));
  for (const party of parties) takePart(world, id, party);
  return id;
}

function takePart(world: World, caseId: string | null, seat: string): void {
  const parties = caseId === null ? undefined : world.state.cases.cases.get(caseId)?.parties;
  if (parties && !parties.includes(seat)) parties.push(seat);
}

/** The case's work goes from hand to hand, and at last to the seat that asks. */
function delegate(world: World, caseId: string | null, { seat, given }: Scenario): void {
  const hands = given.delegatedBy ?? [];
  for (const [i, from] of hands.entries()) {
    const last = i === hands.length - 1;
    const to = last ? seat : hands[i + 1]!;
    const packet = { subproblem: 'policy test', output: 'policy test', success: 'policy test' };
    const grants = last && given.grants ? { grants: given.grants } : {};
    const by = { principal: occupantOf(world, from), seat: from };
    send(world, 'task.delegate', { case: caseId, to, packet: { ...packet, ...grants } }, by);
  }
}

const use = ({ seat, capability }: Call): string => `${seat}|${capability}`;
const used = (world: World, call: Call): void => void world.state.operations.used.set(use(call), 1);

function stop(world: World, { stopped = [], paused = [] }: Scenario['given']): void {
  for (const seat of paused) send(world, 'seat.pause', { seat, reason: 'policy test' });
  for (const each of stopped) {
    const slash = each.indexOf('/');
    send(world, 'switch.trip', { scope: each.slice(0, slash), id: each.slice(slash + 1), reason: 'policy test' });
  }
}

/** The seat asks, and the kernel decides once it has read what the contract reads. */
function request(world: World, caseId: string | null, call: Call, reads: Reads): Operation {
  const { seat, capability, args, confidence } = call;
  const { state } = world;
  const body = {
    capability,
    args,
    // A key of its own: what is asked for a second time is a second request.
    key: `request-${state.operations.operations.size + 1}`,
    ...(caseId === null ? {} : { case: caseId }),
    ...(confidence === undefined ? {} : { confidence }),
  };
  const principal = occupantOf(world, seat);
  const id = String(send(world, 'operation.request', body, { principal, seat }).operation);
  const op = state.operations.operations.get(id)!;
  read(world, op, reads);
  return op;
}

/** Somebody sits in every seat, so that an empty one can be tested too. */
function occupantOf(world: World, seat: string): string {
  const occupant = world.state.organisation.seats.get(seat)?.occupant;
  if (occupant) return occupant.principal;
  const principal = `somebody-in-${seat}`.slice(0, 64);
  send(world, 'seat.occupy', { seat, occupant: { principal, kind: 'human' }, reason: 'policy test' });
  return principal;
}

function read(world: World, op: Operation, facts: Reads): void {
  if (jobOf(world.state, op) !== 'read') return;
  const names = Object.keys(world.state.organisation.contracts.get(op.capability)?.reads ?? {});
  const missing = names.filter((name) => facts[name] === undefined);
  if (missing.length > 0)
    throw new Unplayable(
      `the contract of ${op.capability} reads ${missing.join(', ')}: say what is found under "reads"`,
    );
  const reads = Object.fromEntries(names.map((name) => [name, { value: facts[name], at: world.now }]));
  send(world, 'operation.read', { operation: op.id, reads }, SYSTEM);
}

function decisionOf({ state, now }: World, op: Operation): { verdict: Verdict; reasons: Reason[] } {
  if (op.status === 'deferred') return gate(state, op, now, 'full');
  if (op.decision) return op.decision;
  throw new Unplayable(`${op.capability} was not decided: it is ${op.status}`);
}

/** The effect happens as the scenario says; gives the post-conditions that do not hold. An owner approves what waits. */
function perform(world: World, op: Operation, reads: Reads, { result, after }: Effect): string[] {
  approve(world, op, reads);
  if (op.status !== 'admitted')
    throw new Unplayable(`${op.capability} is not done, because it is ${op.status}: ${whyNot(op)}`);
  const attempt = op.effect === 'read' ? 0 : 1;
  if (attempt > 0) send(world, 'operation.lease', { operation: op.id, executor: 'policy-test', ttl: 60_000 }, SYSTEM);
  send(world, 'operation.complete', { operation: op.id, attempt, result }, SYSTEM);
  if (jobOf(world.state, op) !== 'verify') return [];
  const { state, now } = world;
  const body = { operation: op.id, after: { value: after, at: now } };
  const done = step(state, { id: '', kind: 'operation.verify', actor: SYSTEM, body }, { now, entropy: '' });
  return done.records.flatMap((record) =>
    record.kind === 'operation.verification_failed' ? record.body.failed.map(({ rule }) => rule) : [],
  );
}

const whyNot = ({ decision }: Operation): string =>
  (decision?.reasons ?? [])
    .filter(({ verdict }) => verdict !== 'allow')
    .map(({ rule, message }) => `${rule}: ${message}`)
    .join('; ') || 'nobody said why';

function approve(world: World, op: Operation, reads: Reads): void {
  if (op.status !== 'awaiting_approval') return;
  const approval = [...world.state.governance.approvals.values()].find(
    (each) => each.operation === op.id && each.status === 'pending',
  );
  if (!approval) throw new Unplayable(`${op.capability} waits for an approval that nobody was asked for`);
  send(world, 'approval.decide', { approval: approval.id, verdict: 'approve', note: 'policy test' });
  read(world, op, reads);
}
