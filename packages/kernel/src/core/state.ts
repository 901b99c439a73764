import type { ArchiveState } from '../archive/state.ts';
import { emptyArchive } from '../archive/state.ts';
import type { BudgetState } from '../budget/state.ts';
import { emptyBudget } from '../budget/state.ts';
import type { CaseState } from '../cases/state.ts';
import { emptyCases } from '../cases/state.ts';
import { type ComplaintState, emptyComplaints } from '../complaints/state.ts';
import type { EconomyState } from '../economy/state.ts';
import { emptyEconomy } from '../economy/state.ts';
import type { GovernanceState } from '../governance/state.ts';
import { emptyGovernance } from '../governance/state.ts';
import type { InboxState } from '../inbox/state.ts';
import { emptyInbox } from '../inbox/state.ts';
import type { MemoryState } from '../memory/state.ts';
import { emptyMemory } from '../memory/state.ts';
import type { NoticeState } from '../notices/state.ts';
import { emptyNotices } from '../notices/state.ts';
import type { OperationState } from '../operations/state.ts';
import { emptyOperations } from '../operations/state.ts';
import type { OrganisationState } from '../organisation/state.ts';
import { emptyOrganisation } from '../organisation/state.ts';
import type { OversightState } from '../oversight/state.ts';
import { emptyOversight } from '../oversight/state.ts';
import type { PurposeState } from '../purpose/state.ts';
import { emptyPurpose } from '../purpose/state.ts';
import type { RolloutState } from '../rollout/state.ts';
import { emptyRollout } from '../rollout/state.ts';
import type { RoutingState } from '../routing/state.ts';
import { emptyRouting } from '../routing/state.ts';
import type { RunState } from '../runs/state.ts';
import { emptyRuns } from '../runs/state.ts';
import { emptyServices, type ServiceState } from '../services/state.ts';
import { push, type TimerHeap } from './heap.ts';
import { type Queue, queue } from './queue.ts';
import type { Time } from './types.ts';

/** What a command did the first time, so that a repeat gets the same answer. */
interface Remembered {
  digest: string;
  result: Record<string, unknown>;
  at: Time;
}

/**
 * The whole organisation in memory, as plain data (Maps, arrays, records): it can be cloned, serialised and thrown away.
 * Only `evolve` changes it; the ledger is the truth.
 */
export interface State {
  readonly org: string;
  seq: number;
  now: Time;
  counters: Record<string, number>;
  commands: Map<string, Remembered>;
  commandOrder: Queue<string>;
  timers: TimerHeap;
  organisation: OrganisationState;
  cases: CaseState;
  inbox: InboxState;
  operations: OperationState;
  governance: GovernanceState;
  budget: BudgetState;
  economy: EconomyState;
  purpose: PurposeState;
  runs: RunState;
  memory: MemoryState;
  routing: RoutingState;
  archive: ArchiveState;
  rollout: RolloutState;
  oversight: OversightState;
  complaints: ComplaintState;
  services: ServiceState;
  notices: NoticeState;
}

/** Shape of the state; a snapshot with another version is thrown away and rebuilt from the ledger. */
export const STATE_VERSION = 'kernel-10';

export function createState(org: string): State {
  return {
    org,
    seq: 0,
    now: 0,
    counters: {},
    commands: new Map(),
    commandOrder: queue(),
    timers: [],
    organisation: emptyOrganisation(),
    cases: emptyCases(),
    inbox: emptyInbox(),
    operations: emptyOperations(),
    governance: emptyGovernance(),
    budget: emptyBudget(),
    economy: emptyEconomy(),
    purpose: emptyPurpose(),
    runs: emptyRuns(),
    memory: emptyMemory(),
    routing: emptyRouting(),
    archive: emptyArchive(),
    rollout: emptyRollout(),
    oversight: emptyOversight(),
    complaints: emptyComplaints(),
    services: emptyServices(),
    notices: emptyNotices(),
  };
}

/** [KER10] The id the next thing of this kind will get. Ids are counters: readable, and a function of the history alone. */
export const nextId = (state: State, prefix: string, ahead = 0): string =>
  `${prefix}-${(state.counters[prefix] ?? 0) + 1 + ahead}`;

/** Called by `evolve` when an event introduces an id. */
export function countId(state: State, id: string): void {
  const dash = id.lastIndexOf('-');
  const prefix = id.slice(0, dash);
  const n = Number(id.slice(dash + 1));
  if (n > (state.counters[prefix] ?? 0)) state.counters[prefix] = n;
}

export const setTimer = (state: State, at: Time, key: string): void => push(state.timers, at, key);
