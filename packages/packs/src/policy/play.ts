/** One scenario through the real kernel: its facts become a state, its request goes through every check of the gate. */
import { gate, jobOf, type Operation, OWNER, type Reason, type State, SYSTEM, step, type Verdict } from '@reeve/kernel';
import { delegate, entrust, stop, used as usedBefore } from './before.ts';
import { playRun } from './run.ts';
import type { Reads, Scenario } from './schema.ts';
import { actorIn, attempt, copyOf, NOW, openCase, send, takePart, Unplayable, type World } from './world.ts';

export { establish, Unplayable } from './world.ts';

/** What became of the review that was opened. */
type Review = 'pending' | 'approved' | 'rejected' | 'revised';

/** What the kernel made of a scenario. */
export interface Outcome {
  readonly verdict: Verdict;
  readonly reasons: readonly Reason[];
  /** Ids of the rules that spoke, each once, sorted. */
  readonly rules: readonly string[];
  /** Post-conditions that did not hold after the effect; empty when nothing was done. */
  readonly failed: readonly string[];
  /** Rules by which grants, deputies and answers of the scenario were refused, in their order. */
  readonly refused: readonly string[];
  /** Undefined when nobody was asked. */
  readonly review: Review | undefined;
}

interface Call {
  readonly seat: string;
  readonly capability: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly confidence?: number | undefined;
}

type Effect = NonNullable<Scenario['effect']>;
type Answer = NonNullable<Scenario['answers']>[number];
type Earlier = NonNullable<Scenario['given']['earlier']>[number];

/** Play a scenario in a copy of an established organisation. @throws Unplayable */
export function play(established: State, scenario: Scenario): Outcome {
  const { given } = scenario;
  const now = given.now === undefined ? NOW : Date.parse(given.now);
  const world: World = { state: copyOf(established), now, refused: [] };
  const caseId = openCase(world, scenario);
  for (const before of given.earlier ?? []) happened(world, caseId, scenario, before);
  delegate(world, caseId, scenario);
  stop(world, given);
  usedBefore(world, caseId, scenario);
  if (scenario.run) return playRun(world, { seat: scenario.seat, run: scenario.run });
  entrust(world, scenario);
  if (given.firstUse) world.state.operations.used.delete(use(scenario));
  else used(world, scenario);
  return asked(world, caseId, scenario);
}

/** What was done before, from request to verification, as often as it says; on cases of others when it says so. */
function happened(world: World, own: string | null, { seat, given }: Scenario, before: Earlier): void {
  const reads = before.reads ?? given.reads ?? {};
  for (let n = 0; n < before.times; n++) {
    const caseId = before.elsewhere ? openCase(world, { seat, given: elsewhere(given, n) }) : own;
    takePart(world, caseId, before.seat);
    used(world, before);
    const failed = perform(world, request(world, caseId, before, reads), reads, before);
    if (failed.length > 0)
      throw new Unplayable(`${before.capability} under "earlier" breaks ${failed.join(', ')}; correct its "after"`);
  }
}

/** Another case like this one, of the same customer, but opened by nobody of the organisation. */
const elsewhere = (given: Scenario['given'], n: number): Scenario['given'] => {
  const { by: _opener, ...like } = given.case === undefined || given.case === 'none' ? {} : given.case;
  return { case: { ...like, subject: `Another case ${n}` } };
};

/** The request, what the gate says, who answers, and the effect. */
function asked(world: World, caseId: string | null, scenario: Scenario): Outcome {
  const { given, effect, answers } = scenario;
  const reads = given.reads ?? {};
  const op = request(world, caseId, scenario, reads);
  // The answers change the operation; what the gate said before them is the verdict.
  const { verdict, reasons } = decisionOf(world, op);
  for (const answer of answers ?? []) decide(world, op, reads, answer);
  const review = reviewOf(world, op)?.status;
  const acts = effect && (verdict === 'allow' || verdict === 'ask') && (answers === undefined || review === 'approved');
  return {
    verdict,
    reasons,
    rules: [...new Set(reasons.map(({ rule }) => rule))].sort(),
    failed: acts ? perform(world, op, reads, effect) : [],
    refused: [...world.refused],
    review,
  };
}

const use = ({ seat, capability }: Call): string => `${seat}|${capability}`;
const used = (world: World, call: Call): void => void world.state.operations.used.set(use(call), 1);

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
  const id = String(send(world, 'operation.request', body, actorIn(world, seat)).operation);
  const op = state.operations.operations.get(id)!;
  read(world, op, reads);
  return op;
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

/** The latest review about an operation. */
const reviewOf = ({ state }: World, op: Operation) =>
  [...state.governance.approvals.values()].findLast((each) => each.operation === op.id);

/** Somebody answers what the gate asks; whoever may not is among the refusals. */
function decide(world: World, op: Operation, reads: Reads, { by, verdict, note }: Answer): void {
  const review = reviewOf(world, op);
  if (!review) throw new Unplayable(`"${by}" answers, but the gate asks nobody`);
  const body = { approval: review.id, verdict, note };
  if (attempt(world, 'approval.decide', body, actorIn(world, by))) read(world, op, reads);
}

/** The owner agrees and, where several must, those who are asked. */
function approve(world: World, op: Operation, reads: Reads): void {
  if (op.status !== 'awaiting_approval') return;
  const review = reviewOf(world, op);
  if (review?.status !== 'pending')
    throw new Unplayable(`${op.capability} waits for an approval that nobody was asked for`);
  const body = { approval: review.id, verdict: 'approve', note: 'policy test' };
  const actors = [{ principal: OWNER }, ...review.approvers.map((seat) => actorIn(world, seat))];
  for (const actor of actors) if (op.status === 'awaiting_approval') send(world, 'approval.decide', body, actor);
  read(world, op, reads);
}
