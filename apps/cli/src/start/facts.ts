/** What the summary is made of, gathered through the API. */
import type { ApprovalView, Client, LedgerRecord, Status } from '@reeve/protocol';

/** A rule that refused operations, and how often. */
export interface RefusedRule {
  readonly rule: string;
  readonly message: string;
  readonly count: number;
}

/** A decision that waits, with the customer it concerns. */
interface Waiting {
  readonly approval: ApprovalView;
  readonly customer: string;
}

export interface Facts {
  readonly status: Status;
  /** Cases closed with what was asked for, and closed with an explanation why not. */
  readonly solved: number;
  readonly refused: number;
  readonly refusedRules: readonly RefusedRule[];
  readonly waiting: readonly Waiting[];
  /** An operation worth asking about; null when nothing was done. */
  readonly example: { readonly id: string; readonly capability: string; readonly cost: number } | null;
}

const PAGE = 1000;

async function recordsOf(client: Client, kind: string): Promise<LedgerRecord[]> {
  const all: LedgerRecord[] = [];
  for (let cursor: string | undefined, first = true; first || cursor !== undefined; first = false) {
    const page = await client.ledger({
      kind,
      order: 'oldest',
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    all.push(...page.records);
    cursor = page.next;
  }
  return all;
}

export async function gather(client: Client): Promise<Facts> {
  const [status, resolved, decided] = [
    await client.status(),
    await recordsOf(client, 'case.resolved'),
    await recordsOf(client, 'operation.decided'),
  ];
  const { approvals } = await client.approvals({ status: 'pending', limit: PAGE });
  const waiting = await Promise.all(approvals.map(({ id }) => waitingFor(client, id)));
  const { operations } = await client.operations({ status: 'verified', limit: PAGE });
  const dearest = [...operations].sort((a, b) => b.cost - a.cost)[0] ?? null;
  return {
    status,
    ...outcomes(status, resolved),
    refusedRules: refusedRules(decided),
    waiting: waiting.sort((a, b) => b.approval.cost - a.approval.cost),
    example: dearest && { id: dearest.id, capability: dearest.capability, cost: dearest.cost },
  };
}

async function waitingFor(client: Client, id: string): Promise<Waiting> {
  const approval = await client.approval({ id });
  if (approval.case === null) return { approval, customer: '-' };
  const found = await client.case({ id: approval.case });
  return { approval, customer: found.name ?? found.customer };
}

/** The bundled scripts begin the summary of a resolution that refuses with this word. */
const REFUSED = /^refused\b/i;

export function outcomes({ cases }: Status, resolved: readonly LedgerRecord[]): { solved: number; refused: number } {
  const last = new Map(resolved.map(({ stream, body }) => [stream, String(body.summary ?? '')]));
  const refused = [...last.values()].filter((summary) => REFUSED.test(summary)).length;
  const done = ['resolved', 'verified', 'closed'].reduce((sum, one) => sum + (cases.byStatus[one] ?? 0), 0);
  return { solved: Math.max(0, done - refused), refused };
}

interface GateReason {
  readonly rule: string;
  readonly verdict: string;
  readonly message: string;
}

/** The rules that refused, the most frequent first. */
export function refusedRules(decided: readonly LedgerRecord[]): RefusedRule[] {
  const counts = new Map<string, RefusedRule>();
  for (const { body } of decided) {
    if (body.verdict !== 'deny') continue;
    for (const { rule, verdict, message } of (body.reasons ?? []) as GateReason[]) {
      if (verdict === 'deny') counts.set(rule, { rule, message, count: (counts.get(rule)?.count ?? 0) + 1 });
    }
  }
  return [...counts.values()].sort((a, b) => b.count - a.count || (a.rule < b.rule ? -1 : 1));
}
