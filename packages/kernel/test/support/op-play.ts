import type { Operation } from '../../src/operations/state.ts';
import { OWNER } from '../../src/organisation/views.ts';
import { find, type Shop } from './op-definition.ts';
import { WORKER, World } from './op-world.ts';

/** One move of a random play: which, and two numbers to choose with. */
export interface Move {
  readonly act: number;
  readonly a: number;
  readonly b: number;
}

/** A shop with everything in it: budgets of several kinds and periods, first uses to be approved, limits on a case. */
function busyShop(d: Shop): void {
  d.settings.earned = ['orders.note', 'orders.refund', 'orders.unrefund', 'stock.*'];
  d.settings.tiers = { flag: 20, ask: 60 };
  d.budgets.push(
    {
      id: 'month',
      unit: 'support',
      allocation: 600,
      perCase: 250,
      perRecipient: { argument: 'order_id', amount: 200 },
    },
    { id: 'day', allocation: 300, period: 'day', perTransaction: 70, thresholds: [20, 90] },
    { id: 'file', each: 'case', allocation: 400, period: 'once', only: { capabilities: ['orders.*'] } },
    { id: 'calls', currency: 'calls', allocation: 40, period: 'day' },
    { id: 'runs', currency: 'runs', allocation: 20 },
  );
  for (const id of ['desk', 'mate']) find(d.seats, id).charter.stop = { money: 15 };
  find(d.contracts, 'refund').approval = { silence: { after: '1h', rule: 'escalate' } };
  find(d.contracts, 'ship').approval = { quorum: 2 };
  d.settings.violations = { warn: 2, restrict: 3, pause: 5, suspend: 8, decay: '10m', checks: ['right', 'policy'] };
  d.policies.push({ id: 'no-six', on: ['orders.refund'], effect: 'deny', when: 'args.amount == 60', because: 'six' });
  d.rates.push({ id: 'notes', on: ['orders.note'], per: 'seat', limit: 3, window: '5m' });
}

export function busyWorld(change: (d: Shop) => void = () => undefined): World {
  const world = new World((d) => {
    busyShop(d);
    change(d);
  });
  world.ok('case.open', { subject: 'Second', customer: 'lee@example.com' });
  world.join('mate');
  return world;
}

const at = <T>(list: readonly T[], n: number): T | undefined => (list.length === 0 ? undefined : list[n % list.length]);
const operations = (world: World): Operation[] => [...world.state.operations.operations.values()];
const inStatus = (world: World, status: Operation['status']) => operations(world).filter((op) => op.status === status);
const withJob = (world: World, job: string) =>
  operations(world).filter((op) => world.state.operations.jobs.get(op.id) === job);

const ARGS: readonly ((a: number, b: number) => [string, Record<string, unknown>])[] = [
  (a, b) => ['orders.note', { order_id: `o${a % 2}`, text: `t${b % 4}` }],
  (a, b) => ['orders.refund', { order_id: `o${a % 2}`, amount: (b % 9) * 10 }],
  (a, b) => ['stock.set', { sku: `s${a % 2}`, count: b % 3 }],
  (a) => ['orders.ship', { order_id: `o${a % 2}` }],
  (a) => ['orders.get', { order_id: `o${a % 2}` }],
];

function request(world: World, a: number, b: number): void {
  const [capability, args] = ARGS[a % ARGS.length]!(b, a);
  const body = {
    capability,
    args,
    case: b % 5 === 0 ? 'C-2' : 'C-1',
    ...(b % 3 === 0 ? {} : { key: `k${a}-${b % 7}` }),
  };
  world.send('operation.request', body, world.seat(b % 4 === 0 ? 'mate' : 'desk'));
}

function read(world: World, a: number, b: number): void {
  const op = at(withJob(world, 'read'), a);
  if (!op) return;
  if (b % 6 === 0) {
    const failed = { read: 'order', category: 'transient', message: 'x' };
    world.ok('operation.read_failed', { operation: op.id, ...failed }, WORKER);
  } else world.read(op, { paid: b % 7 === 0 ? 10 : 1000 });
}

function execute(world: World, a: number, b: number): void {
  const op = at(withJob(world, 'execute'), a);
  if (!op) return;
  if (op.effect !== 'read') world.lease(op, 1000 + (b % 3) * 60_000);
  else if (b % 3 === 0) world.fail(op);
  else world.complete(op, { paid: b });
}

const CATEGORIES = ['transient', 'deterministic', 'judgment', 'governance'];

function finish(world: World, a: number, b: number): void {
  const op = at(inStatus(world, 'leased'), a);
  if (!op) return;
  if (b % 8 < 4) world.complete(op, { refund_id: `r${b}` });
  else if (b % 8 === 4) world.fail(op, 'transient', { uncertain: true });
  else if (b % 8 === 5) world.ok('operation.lapse', { operation: op.id, reason: 'lost' }, WORKER);
  else world.fail(op, b % 8 === 6 ? 'transient' : at(CATEGORIES, a)!);
}

function reconcile(world: World, a: number, b: number): void {
  const op = at(withJob(world, 'reconcile'), a);
  if (!op) return;
  const landed = at(['yes', 'no', 'yes', 'unknown'], b);
  const reading = { value: { count: b % 3 }, at: world.now };
  const more = op.capability === 'stock.set' ? { reading } : {};
  if (op.status === 'unknown' && b % 2 === 0) world.ok('operation.look', { operation: op.id, executor: 'w' }, WORKER);
  world.ok('operation.reconcile', { operation: op.id, landed, ...more, result: { refund_id: 'r' } }, WORKER);
}

function verify(world: World, a: number, b: number): void {
  const op = at(withJob(world, 'verify'), a);
  if (op) world.verify(op, b % 3 === 0 ? { refunded: -1 } : { refunded: op.args.amount });
}

function decide(world: World, a: number, b: number): void {
  const approval = at([...world.state.governance.pending], a);
  const verdict = at(['approve', 'approve', 'approve', 'reject', 'revise'], b);
  const by = world.seat(a % 3 === 0 ? 'boss' : 'lead');
  if (approval !== undefined) world.send('approval.decide', { approval, verdict, note: 'x' }, by);
}

const SWITCHES = [
  ['organisation', 'all'],
  ['unit', 'support'],
  ['seat', 'desk'],
  ['capability', 'orders.refund'],
  ['tool', 'shop'],
] as const;

function throwSwitch(world: World, a: number, b: number): void {
  const [scope, id] = at(SWITCHES, a)!;
  const tripped = world.state.governance.switches.has(`${scope}:${id}`);
  if (tripped || b % 6 === 0) world.ok(tripped ? 'switch.rearm' : 'switch.trip', { scope, id, reason: 'x' });
}

function pause(world: World, a: number, b: number): void {
  const seat = a % 2 === 0 ? 'desk' : 'mate';
  const paused = world.state.organisation.seats.get(seat)?.status !== 'active';
  if (paused || b % 6 === 0) world.ok(paused ? 'seat.resume' : 'seat.pause', { seat, reason: 'x' });
}

function byHand(world: World, a: number, b: number): void {
  const op = at(inStatus(world, 'escalated'), a);
  if (op) world.ok('operation.settle', { operation: op.id, landed: b % 2 === 0, note: 'looked' });
}

/** A human has done what a rule refused. */
function override(world: World, a: number): void {
  const op = at(inStatus(world, 'denied'), a);
  const rules = op?.decision?.reasons.flatMap((r) => (r.verdict === 'deny' ? [r.rule] : [])) ?? [];
  if (op) world.send('operation.override', { operation: op.id, reason: 'x', acknowledge: rules }, world.seat('lead'));
}

/** "The next few of this", for an hour. */
function grant(world: World, a: number, b: number): void {
  const capability = at(['orders.refund', 'orders.note', 'orders.ship'], a)!;
  const limits = { uses: 1 + (b % 3), total: 100, for: '1h' };
  world.send('approval.grant', { seat: 'desk', capability, ...limits, reason: 'x' }, world.seat('lead'));
  const known = at([...world.state.governance.control.grants.keys()], b);
  if (b % 4 === 0 && known !== undefined) world.send('grant.revoke', { grant: known, reason: 'x' });
}

/** A result for an attempt that is over, or of an operation that never was begun: always refused. */
function stale(world: World, a: number, b: number): void {
  const op = at(operations(world), a);
  if (!op || (op.effect === 'read' && op.status === 'admitted')) return;
  const attempt = op.status === 'leased' ? op.attempt - 1 : b % 3;
  world.no('operation.complete', { operation: op.id, attempt, result: {} }, WORKER);
}

function work(world: World, a: number, b: number): void {
  const run = at([...world.state.runs.runs.values()], a);
  if (!run) world.send('run.start', { seat: a % 2 === 0 ? 'desk' : 'mate', worker: 'w' }, WORKER);
  else if (run.status !== 'active') world.send('run.resume', { run: run.id, worker: 'w' }, WORKER);
  else if (b % 4 === 0) world.ok('run.finish', { run: run.id, report: { outcome: 'x' } }, WORKER);
  else if (b % 4 === 1) world.ok('run.fail', { run: run.id, message: 'x' }, WORKER);
  else world.ok('run.spend', { run: run.id, step: 1, money: b % 12, what: 'model' }, WORKER);
}

function park(world: World, a: number, b: number): void {
  const run = [...world.state.runs.runs.values()].find((r) => r.status === 'active');
  const op = at(operations(world), a + b);
  if (run && op) world.send('run.park', { run: run.id, operation: op.id }, WORKER);
}

function redefine(world: World, a: number, b: number): void {
  find(world.definition.budgets, 'month').allocation = 400 + (a % 5) * 100;
  const refund = find(world.definition.contracts, 'refund');
  if (b % 4 === 0) delete refund.verify;
  else refund.verify = { capability: 'orders.get', args: { order_id: 'args.order_id' } };
  find(world.definition.capabilities, 'orders.note').settle = b % 3 === 0 ? 'ask' : 'native-key';
  world.send('organisation.apply', {
    base: world.state.organisation.digest,
    reason: 'x',
    definition: structuredClone(world.definition),
  });
}

const WAITS = [500, 5000, 60_000, 3_600_000, 86_400_000];
const wait = (world: World, a: number) => world.wait(at(WAITS, a)!);

/** Several times the same entry makes a move more likely. */
const MOVES: readonly ((world: World, a: number, b: number) => void)[] = [
  ...[request, request, request, read, read, execute, execute, finish, finish, reconcile, verify],
  ...[read, execute, finish, verify, verify, decide, decide, throwSwitch, pause, byHand, stale],
  ...[work, work, park, redefine, wait, wait],
  ...[override, grant, grant],
];

export const play = (world: World, { act, a, b }: Move): void => MOVES[act % MOVES.length]!(world, a, b);
export const MOVE_COUNT = MOVES.length;

/** What an operation waits for is done; only that every other effect turns out wrong when it is checked. */
function help(world: World, op: Operation): void {
  if (op.settledAt !== null && op.status !== 'escalated') return;
  const job = world.state.operations.jobs.get(op.id);
  if (op.status === 'leased') world.complete(op, { refund_id: 'r' });
  else if (op.status === 'escalated')
    world.ok('operation.settle', { operation: op.id, landed: true, note: 'x' }, { principal: OWNER });
  else if (job === 'read') world.read(op, { paid: 1000 });
  else if (job === 'execute' && op.effect === 'read') world.complete(op);
  else if (job === 'execute') world.lease(op, 600_000);
  else if (job === 'reconcile')
    world.ok('operation.reconcile', { operation: op.id, landed: 'yes', result: { refund_id: 'r' } }, WORKER);
  else if (job === 'verify') world.verify(op, { refunded: Number(op.args.amount) + (world.state.seq % 2) });
}

/** Bring everything to its end: every switch armed, every seat at work, every question answered. Bounded. */
export function drain(world: World): void {
  for (const key of world.state.governance.switches.keys()) {
    const [scope, id] = key.split(':');
    world.ok('switch.rearm', { scope, id, reason: 'x' });
  }
  for (const seat of ['desk', 'mate'])
    if (world.state.organisation.seats.get(seat)?.status !== 'active') world.ok('seat.resume', { seat, reason: 'x' });
  const open = () => operations(world).some((op) => op.settledAt === null || op.status === 'escalated');
  for (let round = 0; open() && round < 300; round++) {
    for (const approval of world.state.governance.pending) world.ok('approval.decide', { approval, verdict: 'reject' });
    for (const op of operations(world)) help(world, op);
    world.wait(60_000);
  }
  for (const run of [...world.state.runs.runs.values()]) {
    world.wait(60_000);
    if (run.status !== 'active') world.ok('run.resume', { run: run.id, worker: 'w' }, WORKER);
    world.ok('run.finish', { run: run.id, report: { outcome: 'x' } }, WORKER);
  }
}
