import type { ArchiveEvents } from '../archive/schema.ts';
import type { BudgetEvents } from '../budget/schema.ts';
import type { CaseEvents } from '../cases/schema.ts';
import type { ComplaintEvents } from '../complaints/schema.ts';
import type { EconomyEvents } from '../economy/schema.ts';
import type { GovernanceEvents } from '../governance/schema.ts';
import type { ShiftEvents } from '../hours/shifts.ts';
import type { InboxEvents } from '../inbox/schema.ts';
import type { MemoryEvents } from '../memory/schema.ts';
import type { NoticeEvents } from '../notices/schema.ts';
import type { OperationEvents } from '../operations/schema.ts';
import type { OrganisationEvents } from '../organisation/schema.ts';
import type { OversightEvents } from '../oversight/schema.ts';
import type { PurposeEvents } from '../purpose/schema.ts';
import type { RestructuringEvents } from '../restructuring/schema.ts';
import type { RolloutEvents } from '../rollout/schema.ts';
import type { RoutingEvents } from '../routing/schema.ts';
import type { RunEvents } from '../runs/schema.ts';
import type { ServiceEvents } from '../services/schema.ts';
import type { EventDraft, RecordEntry } from './types.ts';

/** Every event kind with its body. The union of what the modules declare. */
export interface Events
  extends OrganisationEvents,
    CaseEvents,
    InboxEvents,
    OperationEvents,
    GovernanceEvents,
    BudgetEvents,
    EconomyEvents,
    ArchiveEvents,
    PurposeEvents,
    RolloutEvents,
    OversightEvents,
    MemoryEvents,
    RoutingEvents,
    NoticeEvents,
    RestructuringEvents,
    ShiftEvents,
    ComplaintEvents,
    ServiceEvents,
    RunEvents {}
export type EventKind = keyof Events & string;

export type Draft = { [K in EventKind]: EventDraft<K, Events[K]> }[EventKind];
export type KernelRecord = { [K in EventKind]: RecordEntry<K, Events[K]> }[EventKind];
export type RecordOf<K extends EventKind> = RecordEntry<K, Events[K]>;

/** Current version of each event body; absent means 1. Raise it together with an upcaster in the ledger's registry. */
export const EVENT_VERSIONS: Partial<Record<EventKind, number>> = {};

/** Build one event. */
export function event<K extends EventKind>(
  kind: K,
  stream: string,
  body: Events[K],
  correlation?: string | null,
): Draft {
  return { kind, stream, body, ...(correlation ? { correlation } : {}) } as unknown as Draft;
}
