import fc from 'fast-check';
import { type CaseMove, next } from '../../src/cases/machine.ts';
import { type Actor, type Case, type CommandKind, isOpen, type Operation } from '../../src/index.ts';
import { type Draft, HOUR, OWNER, PACKET, SYSTEM, shop, type World, without } from './org-shop.ts';

/** One random move: which command, three numbers that choose what it is about, and how long before it. */
export interface Move {
  readonly what: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly wait: number;
}

/** Most moves follow at once; some after a wait that lets retries, leases, deadlines or periods pass. */
const WAITS = [1, 1000, 7000, 20 * 60_000, 5 * HOUR, 80 * HOUR];

const small = fc.nat({ max: 11 });
export const moves = (length: number): fc.Arbitrary<Move[]> =>
  fc.array(
    fc.record({
      what: fc.nat({ max: 999 }),
      a: small,
      b: small,
      c: small,
      wait: fc.nat({ max: 29 }).map((n) => WAITS[n] ?? 0),
    }),
    { minLength: length, maxLength: length },
  );

/** The shop with everything that has timers, retries, approvals, budgets and metrics. */
export const busyShop = (): Draft =>
  shop({
    capabilities: [
      { id: 'orders.get', tool: 'shop', effect: 'read', args: { order: 'string' } },
      { id: 'mail.send', tool: 'shop', effect: 'reversible', edges: ['customer-facing'], args: { text: 'string' } },
      { id: 'money.pay', tool: 'shop', effect: 'compensable', args: { order: 'string' }, cost: 20_000_000 },
      { id: 'money.back', tool: 'shop', effect: 'compensable', args: { order: 'string' } },
    ],
    contracts: [
      { id: 'mail', capability: 'mail.send' },
      {
        id: 'pay',
        capability: 'money.pay',
        resource: 'args.order',
        reads: { order: { capability: 'orders.get', args: { order: 'args.order' } } },
        verify: { capability: 'orders.get', args: { order: 'args.order' } },
        post: [{ rule: 'paid', that: 'after.paid == true', else: 'not paid' }],
        compensate: { capability: 'money.back', args: { order: 'args.order' } },
        approval: { when: 'args.order == "AC-1"', silence: { after: '4h', rule: 'escalate' } },
      },
      { id: 'back', capability: 'money.back' },
    ],
    budgets: [
      { id: 'all', allocation: '$100.00', period: 'day' },
      { id: 'runs', currency: 'runs', allocation: 4000 },
    ],
    metrics: [
      {
        id: 'solved',
        title: 's',
        measure: { ratio: { of: { event: 'case.resolved' }, to: { event: 'case.opened' } } },
      },
      { id: 'time', title: 't', measure: { mean: { event: 'case.closed', field: 'duration', where: 'body.met' } } },
    ],
  });

const SEATS = ['desk', 'orders', 'billing', 'quality', 'lead', 'other', 'boss', 'ghost'];
const LANES = ['urgent', 'high', 'normal', 'low'];
const pick = <T>(list: readonly T[], n: number): T => list[n % list.length]!;

/** One of the latest things that fit, mostly, '' when nothing does; else the latest ids, or one that does not exist yet. */
function id<T extends { id: string }>(
  w: World,
  prefix: string,
  n: number,
  all: Map<string, T>,
  fits: (x: T) => boolean,
): string {
  const fitting = [...all.values()].filter(fits).slice(-4);
  if (n < 11) return fitting.length > 0 ? pick(fitting, n).id : '';
  return `${prefix}-${Math.max(1, (w.state.counters[prefix] ?? 0) + 1 - (n % 3))}`;
}
const caseId = (w: World, n: number, fits: (c: Case) => boolean = () => true) =>
  id(w, 'C', n, w.state.cases.cases, fits);
const opId = (w: World, n: number, fits: (op: Operation) => boolean) =>
  id(w, 'OP', n, w.state.operations.operations, fits);
const runId = (w: World, n: number, ...statuses: string[]) =>
  id(w, 'R', n, w.state.runs.runs, (run) => statuses.includes(run.status));

/** Whoever sits in a seat now. */
const sitting = (w: World, seat: string): Actor => ({
  principal: w.state.organisation.seats.get(seat)?.occupant?.principal ?? 'nobody',
  seat,
});

/** Mostly the seat it should be; else the owner, an impostor, or anybody. */
function actorOf(w: World, n: number, seat: string | null | undefined): Actor {
  if (n === 0) return OWNER;
  if (n === 1) return { principal: 'mallory', seat: 'desk' };
  return sitting(w, n < 9 && seat ? seat : pick(SEATS, n + w.state.seq));
}

type Make = (w: World, m: Move) => [CommandKind, unknown, Actor?];

/** A command on a case for which `how` is possible, by its owner. */
const onCase =
  (kind: CommandKind, how: CaseMove | null, more: (m: Move, c: Case | undefined) => object = () => ({})): Make =>
  (w, m) => {
    const chosen = caseId(w, m.a, (c) => how === null || next(c.status, how) !== null);
    const c = w.state.cases.cases.get(chosen);
    const by = how === 'verify' ? c?.verifier : c?.owner;
    return [kind, { case: chosen, ...more(m, c) }, actorOf(w, m.b, by)];
  };

const ARGS = [
  ['orders.get', (n: number) => ({ order: `AC-${n}` })],
  ['mail.send', (n: number) => ({ text: `t${n}` })],
  ['money.pay', (n: number) => ({ order: `AC-${n % 3}` })],
  ['money.pay', (n: number) => ({ order: n > 9 ? 7 : `AC-${n}` })],
] as const;

function request(w: World, m: Move) {
  const [capability, args] = pick(ARGS, m.a);
  return { capability, args: args(m.c), case: caseId(w, m.b % 11, isOpen) };
}

const operation =
  (kind: CommandKind, fits: (op: Operation) => boolean, more: (w: World, m: Move, attempt: number) => object): Make =>
  (w, m) => {
    const chosen = opId(w, m.a, fits);
    const attempt = w.state.operations.operations.get(chosen)?.attempt ?? 0;
    return [kind, { operation: chosen, ...more(w, m, attempt) }, SYSTEM];
  };
const at =
  (...statuses: string[]) =>
  (op: Operation) =>
    statuses.includes(op.status);
const done = (op: Operation) => op.status === 'leased' || (op.status === 'admitted' && op.effect === 'read');

const evidence = (c: Case | undefined) => ({
  summary: 's',
  evidence: c?.evidence.slice(-2).map((e) => e.ref) ?? ['OP-1'],
});

function resolve(w: World, m: Move): [CommandKind, unknown, Actor] {
  const chosen = caseId(w, m.a, (c) => next(c.status, 'resolve') !== null && c.evidence.length > 0);
  const c = w.state.cases.cases.get(chosen);
  return ['case.resolve', { case: chosen, ...evidence(c) }, actorOf(w, m.b, c?.owner)];
}

/** What a run may do, with the case it is about. */
const STEPS: ((w: World, m: Move, c: Case | undefined) => [string, object])[] = [
  (w, m, c) => ['operation.request', { ...request(w, m), ...(c ? { case: c.id } : {}) }],
  (_w, m, c) => ['case.note', { case: c?.id ?? 'C-1', text: `n${m.a}` }],
  (_w, _m, c) => ['case.resolve', { case: c?.id ?? 'C-1', ...evidence(c) }],
  (_w, m, c) => ['task.delegate', { case: c?.id ?? 'C-1', to: pick(SEATS, m.a), packet: PACKET }],
  (_w, m, c) => ['task.complete', { task: c?.tasks.at(-1) ?? 'T-1', report: { n: m.a } }],
  (_w, m) => ['message.send', { to: pick(SEATS, m.a), type: 'question', text: '?', priority: pick(LANES, m.c) }],
  (_w, _m, c) => ['case.verify', { case: c?.id ?? 'C-1', passed: true, checks: ['c'] }],
  (_w, m) => ['run.start', { seat: pick(SEATS, m.a), worker: 'w' }],
];

function act(w: World, m: Move): [CommandKind, unknown, Actor] {
  const chosen = runId(w, m.a, 'active');
  const run = w.state.runs.runs.get(chosen);
  const c = run?.case ? w.state.cases.cases.get(run.case) : undefined;
  const [kind, body] = pick(STEPS, m.b)(w, m, c);
  const step = (run?.steps ?? 0) + Object.keys(run?.refused ?? {}).length + (m.c === 0 ? 0 : 1);
  return ['run.act', { run: chosen, step: Math.max(1, step), command: { kind, body } }, SYSTEM];
}

function park(w: World, m: Move): [CommandKind, unknown, Actor] {
  return ['run.park', { run: runId(w, m.a, 'active'), operation: opId(w, m.c, (op) => op.settledAt === null) }, SYSTEM];
}

function complete(w: World, m: Move): [CommandKind, unknown, Actor] {
  const task = id(w, 'T', m.a, w.state.cases.tasks, (t) => t.status === 'open');
  const by = w.state.cases.tasks.get(task);
  return ['task.complete', { task, report: {}, declined: m.c > 6 }, actorOf(w, m.b, m.c > 9 ? by?.from : by?.to)];
}

function send(w: World, m: Move): [CommandKind, unknown, Actor] {
  const about = m.a > 3 ? { case: caseId(w, m.c) } : {};
  const body = { to: pick(SEATS, m.a), type: 'inform', text: 'x', priority: pick(LANES, m.c), ...about };
  return ['message.send', body, actorOf(w, m.b, 'lead')];
}

function finishMessage(w: World, m: Move): [CommandKind, unknown, Actor] {
  const message = id(w, 'M', m.a, w.state.inbox.messages, () => true);
  return ['message.done', { message }, actorOf(w, m.b, w.state.inbox.messages.get(message)?.to)];
}

function decide(w: World, m: Move): [CommandKind, unknown, Actor] {
  const approval = id(w, 'A', m.a, w.state.governance.approvals, (a) => a.status === 'pending');
  const by = w.state.governance.approvals.get(approval)?.approvers[0];
  return ['approval.decide', { approval, verdict: pick(['approve', 'approve', 'reject'], m.c) }, actorOf(w, m.b, by)];
}

function reapply(w: World, m: Move): [CommandKind, unknown, Actor] {
  const next = m.c > 5 ? busyShop() : without(pick(SEATS.slice(0, 4), m.a), busyShop());
  const body = { base: m.b > 9 ? 'old' : w.state.organisation.digest, reason: 'r', definition: next };
  return ['organisation.apply', body, actorOf(w, m.b % 3, 'boss')];
}

function occupy(w: World, m: Move): [CommandKind, unknown, Actor] {
  const occupant = m.c > 9 ? null : { principal: `q${m.c}`, kind: m.c > 5 ? 'human' : 'script' };
  return ['seat.occupy', { seat: pick(SEATS.slice(0, 4), m.a), occupant, reason: 'r' }, actorOf(w, m.b, 'boss')];
}

function rearm(w: World, m: Move): [CommandKind, unknown, Actor] {
  const key = [...w.state.governance.switches.keys()][0] ?? 'seat:';
  return ['switch.rearm', { scope: 'seat', id: key.slice(5), reason: 'r' }, actorOf(w, m.b, 'boss')];
}

function resumeSeat(w: World, m: Move): [CommandKind, unknown, Actor] {
  const off = [...w.state.organisation.seats.values()].find((s) => s.status === 'paused' || s.status === 'suspended');
  return ['seat.resume', { seat: off?.id ?? '', reason: 'r' }, actorOf(w, m.b, 'boss')];
}

const startRun: Make = (w, m) => {
  const ready = [...w.state.inbox.ready];
  return [
    'run.start',
    { seat: ready.length > 0 && m.b > 0 ? pick(ready, m.a) : pick(SEATS, m.a), worker: 'w' },
    SYSTEM,
  ];
};

/** Every command of the kernel with its weight; more of what moves things on. */
const MAKERS: [number, Make][] = [
  [3, (_, m) => ['case.open', { subject: `s${m.b}`, customer: `k${m.c % 4}`, priority: pick(LANES.slice(1), m.b) }]],
  [1, (_, m) => ['case.open', { subject: 's', customer: 'k', externalId: `x${m.c % 3}`, owner: pick(SEATS, m.a) }]],
  [2, onCase('case.message', null, () => ({ text: 'hello?' }))],
  [
    2,
    (w, m) => [
      'case.message',
      { case: caseId(w, m.a, (c) => c.status === 'waiting_customer'), text: 'hi' },
      { principal: 'web' },
    ],
  ],
  [2, onCase('case.classify', 'assign', (m) => ({ topic: 'x', priority: pick(LANES.slice(1), m.c) }))],
  [1, onCase('case.note', null, () => ({ text: 'n' }))],
  [2, onCase('case.assign', 'assign', (m) => ({ to: pick(SEATS, m.c), reason: 'r' }))],
  [5, onCase('case.start', 'start')],
  [3, onCase('case.wait', 'wait_customer', () => ({ question: '?' }))],
  [1, onCase('case.block', 'block', () => ({ reason: 'r' }))],
  [2, onCase('case.resume', 'resume')],
  [1, onCase('case.escalate', 'escalate', () => ({ reason: 'r' }))],
  [1, onCase('case.cancel', 'cancel', () => ({ reason: 'r' }))],
  [2, onCase('case.reopen', 'reopen', () => ({ reason: 'r' }))],
  [3, onCase('case.close', 'close')],
  [1, onCase('case.feedback', null, (m) => ({ satisfied: m.c > 3 }))],
  [5, onCase('case.verify', 'verify', (m) => ({ passed: m.c > 4, checks: ['c'] }))],
  [8, resolve],
  [4, onCase('task.delegate', 'assign', (m) => ({ to: pick(SEATS, m.c), packet: PACKET }))],
  [4, complete],
  [3, send],
  [2, finishMessage],
  [
    10,
    (w, m) => {
      const body = request(w, m);
      return ['operation.request', body, actorOf(w, m.b, w.state.cases.cases.get(body.case)?.owner)];
    },
  ],
  [
    4,
    operation('operation.read', at('requested'), (w) => ({ reads: { order: { value: { paid: true }, at: w.now } } })),
  ],
  [
    9,
    operation(
      'operation.lease',
      (op) => op.status === 'admitted' && op.effect !== 'read',
      () => ({ executor: 'x', ttl: HOUR }),
    ),
  ],
  [14, operation('operation.complete', done, (_w, m, attempt) => ({ attempt, result: { n: m.c } }))],
  [
    3,
    operation('operation.fail', done, (_w, m, attempt) => ({
      attempt,
      category: 'transient',
      message: 'm',
      uncertain: m.c > 6,
    })),
  ],
  [
    2,
    operation('operation.reconcile', at('unknown', 'reconciling'), (_w, m) => ({
      landed: pick(['yes', 'no', 'unknown'], m.c),
    })),
  ],
  [
    8,
    operation(
      'operation.verify',
      (op) => op.status === 'succeeded' && op.settledAt === null,
      (w, m) => ({ after: { value: { paid: m.c > 3 }, at: w.now } }),
    ),
  ],
  [
    1,
    (w, m) => [
      'operation.settle',
      { operation: opId(w, m.a, at('escalated')), landed: m.c > 5, note: 'n' },
      actorOf(w, m.b, 'boss'),
    ],
  ],
  [6, decide],
  [1, (_, m) => ['switch.trip', { scope: 'seat', id: pick(SEATS, m.a), reason: 'r' }, OWNER]],
  [3, rearm],
  [9, startRun],
  [14, act],
  [5, (w, m) => ['run.finish', { run: runId(w, m.a, 'active'), report: { outcome: 'o' } }, SYSTEM]],
  [2, (w, m) => ['run.fail', { run: runId(w, m.a, 'active'), message: 'm' }, SYSTEM]],
  [1, (w, m) => ['run.interrupt', { run: runId(w, m.a, 'active'), reason: 'r' }, SYSTEM]],
  [3, (w, m) => ['run.resume', { run: runId(w, m.a, 'ready', 'interrupted'), worker: 'w2' }, SYSTEM]],
  [3, park],
  [1, (w, m) => ['run.spend', { run: runId(w, m.a, 'active'), step: 1, money: m.c, what: 'tokens' }, SYSTEM]],
  [1, (_, m) => [pick(['seat.pause', 'seat.suspend'] as const, m.c), { seat: pick(SEATS, m.a), reason: 'r' }, OWNER]],
  [4, resumeSeat],
  [1, occupy],
  [1, reapply],
];

const WEIGHTED: Make[] = MAKERS.flatMap(([weight, make]) => Array.from({ length: weight }, () => make));

/** What a move sends: the first command from there on that has something to be about. Some have ids, which repeat. */
export function command(w: World, m: Move): { kind: CommandKind; body: unknown; actor: Actor; id: string } {
  let made = pick(WEIGHTED, m.what)(w, m);
  for (let i = 1; i < 40 && Object.values(made[1] as object).includes(''); i++)
    made = pick(WEIGHTED, m.what + 7 * i)(w, m);
  const [kind, body, actor = OWNER] = made;
  return { kind, body, actor, id: m.what % 9 === 0 ? `k${m.what % 200}` : '' };
}
