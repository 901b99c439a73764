/** Why an operation happened: pure, over its records, the definition in force then, and what its case and metric are now. */
import {
  covers,
  type Definition,
  definitionDigest,
  type EventKind,
  formatMoney,
  gaps,
  type KernelRecord,
  metricValue,
  type RecordOf,
  type Right,
  type SeatDef,
  type State,
} from '@reeve/kernel';
import type { Explanation } from '@reeve/protocol';
import { attemptsOf } from './attempts.ts';
import { statusOf } from './status.ts';

/** Everything on record about one operation, each list oldest first. */
export interface Dossier {
  readonly requested: RecordOf<'operation.requested'>;
  /** Its stream. */
  readonly operation: readonly KernelRecord[];
  readonly approvals: readonly KernelRecord[];
  readonly budget: readonly KernelRecord[];
  /** Of the run that asked for it. */
  readonly run: readonly KernelRecord[];
  /** What was done about its seat, on its case or run. */
  readonly interventions: readonly KernelRecord[];
  /** In force when it was decided. */
  readonly definition: Definition | null;
}

export const ofKind = <K extends EventKind>(records: readonly KernelRecord[], kind: K): RecordOf<K>[] =>
  records.filter((record) => record.kind === kind) as unknown as RecordOf<K>[];

const lastOf = <K extends EventKind>(records: readonly KernelRecord[], kind: K): RecordOf<K> | undefined =>
  ofKind(records, kind).at(-1);

export function explain(state: State, dossier: Dossier): Explanation {
  const { requested, operation, approvals, budget } = dossier;
  const { body } = requested;
  return {
    operation: summary(dossier),
    who: who(dossier),
    authority: authority(dossier),
    reads: reads(dossier),
    contract: contract(dossier),
    ...decisions(dossier),
    approval: approval(dossier),
    attempts: attemptsOf(operation),
    cost: { money: body.cost, accounts: accounts(dossier) },
    evidence: lastOf(operation, 'operation.succeeded')?.body.evidence ?? [],
    verification: verification(dossier),
    uncertainty: { confidence: body.confidence, why: body.why },
    metric: metric(state, dossier),
    case: caseNow(state, body.case),
    run: run(dossier),
    interventions: ofKind(dossier.interventions, 'seat.intervened').map(({ seq, at, body }) => {
      const { seat, trouble, action, reason, done } = body;
      return { seq, at, seat, trouble, action, reason, done };
    }),
    compensation: {
      compensates: body.compensates,
      by: lastOf(operation, 'operation.compensating')?.body.by ?? null,
    },
    requestedBy: requested.actor,
    records: [...operation, ...approvals, ...budget].map((record) => record.seq).sort((a, b) => a - b),
  };
}

function summary({ requested, operation, approvals }: Dossier): Explanation['operation'] {
  const { body } = requested;
  const { status, settledAt } = statusOf(operation, approvals);
  const failure = lastOf(operation, 'operation.failed')?.body;
  return {
    id: body.operation,
    status,
    capability: body.capability,
    tool: body.tool,
    effect: body.effect,
    args: body.args,
    requestedAt: requested.at,
    settledAt,
    result: lastOf(operation, 'operation.succeeded')?.body.result ?? null,
    failure: failure ? { category: failure.category, message: failure.message } : null,
  };
}

const seatOf = (definition: Definition | null, id: string): SeatDef | undefined =>
  definition?.seats.find((seat) => seat.id === id);

function who({ requested, definition }: Dossier): Explanation['who'] {
  const { seat, principal } = requested.body;
  const line: Explanation['who']['line'] = [];
  const seats = definition?.seats.length ?? 0;
  for (let up = seatOf(definition, seat)?.supervisor; up !== undefined && line.length <= seats; ) {
    const above = seatOf(definition, up);
    line.push({ seat: up, title: above?.title ?? up, principal: above?.occupant?.principal ?? null });
    up = above?.supervisor;
  }
  return { seat, principal, title: seatOf(definition, seat)?.title ?? seat, line };
}

/** The narrowest right that fits: one without a condition before one with. */
function authority({ requested, definition }: Dossier): Explanation['authority'] {
  const { seat: id, capability, cost, compensates } = requested.body;
  const seat = seatOf(definition, id);
  const rights = (seat?.charter.rights ?? []).filter((right) => covers(right.capability, capability));
  const fits = rights.filter((right) => right.limit === undefined || cost <= right.limit);
  const right = fits.find((one) => one.when === undefined) ?? fits[0] ?? null;
  return {
    tier: seat?.charter.tier ?? null,
    right: right && rightView(right),
    definition: definition ? definitionDigest(definition) : '',
    note: authorityNote(id, capability, right, compensates),
  };
}

const rightView = (right: Right): NonNullable<Explanation['authority']['right']> => ({
  capability: right.capability,
  ...(right.when === undefined ? {} : { when: right.when }),
  ...(right.limit === undefined ? {} : { limit: right.limit }),
});

function authorityNote(seat: string, capability: string, right: Right | null, compensates: string | null): string {
  if (compensates !== null) return `it undoes ${compensates}; undoing needs no right of its own`;
  if (right === null) return `the charter of "${seat}" held no right to ${capability}`;
  const limit = right.limit === undefined ? '' : ` up to ${formatMoney(right.limit)}`;
  const condition = right.when === undefined ? '' : ` when ${right.when}`;
  return `the charter of "${seat}" grants ${right.capability}${limit}${condition}`;
}

function reads({ operation }: Dossier): Explanation['reads'] {
  const last = lastOf(operation, 'operation.read')?.body.reads ?? {};
  return Object.entries(last).map(([name, reading]) => ({ name, ...reading }));
}

function contract({ requested, definition }: Dossier): Explanation['contract'] {
  const found = definition?.contracts.find((one) => one.id === requested.body.contract);
  if (!found) return null;
  const rules = [
    ...found.pre.map(({ rule, that }) => ({ rule, that, when: 'before' as const })),
    ...found.post.map(({ rule, that }) => ({ rule, that, when: 'after' as const })),
  ];
  return { id: found.id, title: found.title, rules };
}

function decisions({ operation }: Dossier): Pick<Explanation, 'decision' | 'decisions'> {
  const all = ofKind(operation, 'operation.decided');
  const last = all.at(-1);
  const decision = last && {
    verdict: last.body.verdict,
    reasons: last.body.reasons,
    flagged: last.body.flagged,
    cost: last.body.cost,
    approval: last.body.approval,
    at: last.at,
    seq: last.seq,
  };
  return {
    decision: decision ?? null,
    decisions: all.map(({ seq, at, body }) => ({ seq, at, verdict: body.verdict, message: gist(body) })),
  };
}

const gist = ({ verdict, reasons }: RecordOf<'operation.decided'>['body']): string =>
  reasons
    .filter((reason) => reason.verdict === verdict)
    .map((reason) => reason.message)
    .join('; ') || 'every check passed';

const STATUS = { approve: 'approved', reject: 'rejected', revise: 'revised' } as const;

function approval({ approvals }: Dossier): Explanation['approval'] {
  const asked = lastOf(approvals, 'approval.requested');
  if (!asked) return null;
  const mine = approvals.filter((record) => record.stream === asked.stream);
  const decided = lastOf(mine, 'approval.decided');
  return {
    id: asked.body.approval,
    status: decided ? STATUS[decided.body.verdict] : 'pending',
    approvers: lastOf(mine, 'approval.escalated')?.body.approvers ?? asked.body.approvers,
    by: decided?.body.by ?? null,
    bySilence: decided?.body.bySilence ?? false,
    way: decided?.body.way ?? null,
    note: decided?.body.note ?? null,
    requestedAt: asked.at,
    decidedAt: decided?.at ?? null,
    waited: decided?.body.waited ?? null,
  };
}

const MOVES = { 'budget.reserved': 'reserved', 'budget.settled': 'settled', 'budget.released': 'released' } as const;

function accounts({ budget }: Dossier): Explanation['cost']['accounts'] {
  return budget.flatMap((record) => {
    if (!Object.hasOwn(MOVES, record.kind)) return [];
    const { transfers } = (record as RecordOf<keyof typeof MOVES>).body;
    const what = MOVES[record.kind as keyof typeof MOVES];
    return transfers.map(({ from, to, amount }) => ({ seq: record.seq, at: record.at, what, from, to, amount }));
  });
}

function verification({ operation }: Dossier): Explanation['verification'] {
  const none = { checks: [], failed: [], after: null, at: null };
  const verified = lastOf(operation, 'operation.verified');
  if (verified) {
    const { checks, after } = verified.body;
    return { ...none, status: 'verified', checks, after, at: verified.at };
  }
  const failed = lastOf(operation, 'operation.verification_failed');
  if (failed) return { ...none, status: 'failed', failed: failed.body.failed, after: failed.body.after, at: failed.at };
  const succeeded = lastOf(operation, 'operation.succeeded');
  return { ...none, status: succeeded && !succeeded.body.final ? 'pending' : 'none' };
}

function metric(state: State, { requested }: Dossier): Explanation['metric'] {
  const id = requested.body.metric;
  const found = state.organisation.definition?.metrics.find((one) => one.id === id);
  if (!found) return null;
  const target = gaps(state).find((gap) => gap.metric === id);
  return {
    id: found.id,
    title: found.title,
    unit: found.unit,
    current: metricValue(state, found),
    target: target?.target_value ?? null,
    direction: target?.direction ?? null,
    met: target?.met ?? null,
  };
}

function caseNow(state: State, id: string | null): Explanation['case'] {
  const c = id === null ? undefined : state.cases.cases.get(id);
  return c ? { id: c.id, subject: c.subject, customer: c.customer, status: c.status } : null;
}

function run({ run }: Dossier): Explanation['run'] {
  const started = ofKind(run, 'run.started')[0];
  if (!started) return null;
  const { run: id, worker, message } = started.body;
  const outcome = lastOf(run, 'run.finished')?.body.report.outcome ?? lastOf(run, 'run.stopped')?.body.message ?? null;
  return { id, worker, message, startedAt: started.at, outcome };
}
