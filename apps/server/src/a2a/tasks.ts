/**
 * Cases as tasks of A2A. A task is the case itself and has its id; what was said in it is read from the ledger, so a restart, an
 * archived case and a forgotten customer are no special cases.
 */
import type { Approval, Case, KernelRecord, State } from '@reeve/kernel';
import type { Message, Part, Task, TaskState } from '@reeve/workers/a2a';
import type { Archive } from '../archive.ts';
import { allRecords } from '../views/ledger.ts';
import { customerOf, type Peer } from './peers.ts';

/** [SRV232] Where a case stands, for its customer. A failure is never the end of a case here: somebody above it goes on. */
const STATES: Readonly<Record<Case['status'], TaskState>> = {
  new: 'TASK_STATE_SUBMITTED',
  assigned: 'TASK_STATE_SUBMITTED',
  in_progress: 'TASK_STATE_WORKING',
  waiting_internal: 'TASK_STATE_WORKING',
  waiting_customer: 'TASK_STATE_INPUT_REQUIRED',
  blocked: 'TASK_STATE_WORKING',
  escalated: 'TASK_STATE_WORKING',
  resolved: 'TASK_STATE_WORKING',
  verified: 'TASK_STATE_COMPLETED',
  closed: 'TASK_STATE_COMPLETED',
  cancelled: 'TASK_STATE_REJECTED',
};

/** What a peer is shown of a case before its words are read. */
export interface Standing {
  readonly id: string;
  readonly contextId: string;
  readonly state: TaskState;
  /** When it came to stand there. */
  readonly at: number;
  /** What it waits for, where its words do not say it. */
  readonly waits: string | null;
  readonly summary: string | null;
  /** As the case was when this was read. */
  readonly open: boolean;
}

/** What a peer gave with its first message, in the data of its case. */
interface Asked {
  readonly context?: unknown;
  readonly digest?: unknown;
}
export const askedOf = ({ data }: Pick<Case, 'data'>): Asked => (data?.a2a ?? {}) as Asked;

/** A case of that peer; null for all others, whether they exist or not [SRV231]. */
export function standingOf(state: State, peer: Peer, id: string): Standing | null {
  const c = state.cases.cases.get(id);
  if (c?.customer !== customerOf(peer)) return null;
  const pending = pendingOn(state, c);
  const plain = c.status === 'cancelled' && c.withdrawn ? 'TASK_STATE_CANCELED' : STATES[c.status];
  const authorises = plain === 'TASK_STATE_WORKING' && pending !== null;
  const { context } = askedOf(c);
  return {
    id,
    contextId: typeof context === 'string' ? context : id,
    state: authorises ? 'TASK_STATE_AUTH_REQUIRED' : plain,
    at: authorises ? pending.requestedAt : c.since,
    waits: authorises
      ? 'A person of the organisation has to approve what is to be done; nothing has to be sent.'
      : null,
    summary: plain === 'TASK_STATE_COMPLETED' ? (c.resolution?.summary ?? '') : null,
    open: c.status !== 'closed' && c.status !== 'cancelled',
  };
}

/** Proportional to the decisions that are open. */
function pendingOn({ governance }: State, { id }: Case): Approval | null {
  for (const each of governance.pending) {
    const approval = governance.approvals.get(each);
    if (approval?.case === id) return approval;
  }
  return null;
}

/** What was said between the peer and the organisation, oldest first; notes and tasks inside are nobody's business. */
async function saidIn(archive: Archive, { id, contextId }: Standing): Promise<Message[]> {
  const records = await allRecords(archive, { stream: `case/${id}` });
  return records.flatMap((record) => {
    const said = saidBy(record);
    if (!said) return [];
    const { role, parts } = said;
    return [{ messageId: `${id}/${record.seq}`, taskId: id, contextId, role, parts }];
  });
}

function saidBy({ kind, body }: KernelRecord): { role: Message['role']; parts: Part[] } | null {
  const said = (role: Message['role'], text: string) => ({ role, parts: [{ text }] });
  if (kind === 'case.opened') return said('ROLE_USER', body.text === '' ? body.subject : body.text);
  if (kind === 'case.received') return said('ROLE_USER', body.text);
  if (kind === 'case.waiting' && body.on === 'customer') return said('ROLE_AGENT', body.question);
  return kind === 'case.cancelled' ? said('ROLE_AGENT', body.reason) : null;
}

export interface Shown {
  /** Messages shown at most; null for all. */
  readonly history: number | null;
  readonly artifacts: boolean;
}

/** Proportional to the records of the case when its words are needed. */
export async function taskOf(archive: Archive, standing: Standing, { history, artifacts }: Shown): Promise<Task> {
  const { id, contextId, state, at, waits, summary } = standing;
  const asks = state === 'TASK_STATE_INPUT_REQUIRED' || state === 'TASK_STATE_REJECTED';
  const said = asks || history !== 0 ? await saidIn(archive, standing) : [];
  const latest = said.filter(({ role }) => role === 'ROLE_AGENT').at(-1);
  const status = waits === null ? (asks ? latest : undefined) : agentSays(standing, waits);
  const shown = history === 0 ? [] : said.slice(history === null ? 0 : -history);
  return {
    id,
    contextId,
    status: { state, timestamp: new Date(at).toISOString(), ...(status ? { message: status } : {}) },
    ...(summary !== null && artifacts ? { artifacts: [resultOf(summary)] } : {}),
    ...(shown.length > 0 ? { history: shown } : {}),
  };
}

export const resultOf = (summary: string) => ({ artifactId: 'result', name: 'result', parts: [{ text: summary }] });

const agentSays = ({ id, contextId, at }: Standing, text: string): Message => ({
  ...{ messageId: `${id}/${at}`, taskId: id, contextId, role: 'ROLE_AGENT' },
  parts: [{ text }],
});
