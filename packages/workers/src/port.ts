import type { FailureCategory, Occupant as OccupantDef, OccupantKind, PriceUnit, TransferReason } from '@reeve/kernel';
import type { LeftOut } from './memory/budget.ts';
import type { BriefingMemory, DeskMemory } from './memory/port.ts';

/** What work asks of who does it. */
export interface Needs {
  readonly topic?: string;
  readonly domain?: string;
  readonly skills?: readonly string[];
  readonly complexity?: 'low' | 'medium' | 'high';
  readonly unit?: string;
}

/** A proposal about a unit: what is cited must exist, what is expected must be measured. Money in micro-units. */
export interface Suggestion {
  readonly unit: string;
  readonly title: string;
  readonly analysis: string;
  readonly options: readonly {
    readonly id: string;
    readonly title: string;
    readonly text?: string;
    readonly cost?: number;
    readonly risk?: string;
    readonly effects: readonly {
      readonly metric: string;
      readonly of?: string;
      readonly value: number;
      readonly by: string;
    }[];
    /** Changes of targets, metrics or purpose, as `purpose.amend` takes them. */
    readonly changes?: readonly Readonly<Record<string, unknown>>[];
  }[];
  readonly recommend: string;
  readonly evidence: readonly string[];
}

/** What a team is wanted for. The first given of `ordered`, `central`, `independent`, `review` makes its topology. */
export interface TeamWanted {
  readonly purpose: string;
  readonly roles: readonly {
    readonly role: string;
    readonly domains?: readonly string[];
    readonly skills?: readonly string[];
    readonly technologies?: readonly string[];
  }[];
  readonly ordered?: boolean;
  readonly central?: string;
  readonly independent?: boolean;
  readonly review?: string;
  readonly without?: readonly string[];
}

/** What a run starts from: assembled from state, labelled by source, never a transcript (R-E23). */
export interface Briefing {
  readonly run: string;
  readonly now: number;
  readonly seat: {
    readonly id: string;
    readonly title: string;
    readonly purpose: string;
    readonly supervisor: string | null;
  };
  /** The message this run answers. */
  readonly message: BriefingMessage;
  readonly case: BriefingCase | null;
  /** The seat's own task: the one the message gives, else its latest open one on the case. */
  readonly task: BriefingTask | null;
  /** What its desk knows that has to do with this, chosen when the run began. */
  readonly memory: BriefingMemory;
  /** In tokens, estimated; what did not fit, by name. */
  readonly budget: { readonly tokens: number; readonly used: number; readonly leftOut: readonly LeftOut[] };
}

export interface BriefingMessage {
  readonly id: string;
  readonly type: string;
  readonly from: string;
  readonly text: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface BriefingCase {
  readonly id: string;
  readonly status: string;
  readonly subject: string;
  /** Untrusted: what the customer wrote. */
  readonly text: string;
  readonly customer: string;
  readonly name: string | null;
  readonly channel: string;
  readonly topic: string | null;
  readonly priority: string;
  readonly owner: string;
  readonly areas: readonly string[];
  readonly openedAt: number;
  readonly due: number;
  readonly reopened: number;
  /** Summary of the resolution, when the case was resolved at the start of the run. */
  readonly resolution: string | null;
  readonly notes: readonly { readonly by: string; readonly text: string; readonly at: number }[];
  readonly tasks: readonly BriefingTask[];
  readonly evidence: readonly { readonly kind: string; readonly ref: string }[];
  /** Latest other cases of the same customer, oldest first. */
  readonly previous: readonly {
    readonly id: string;
    readonly subject: string;
    readonly status: string;
    readonly topic: string | null;
    readonly openedAt: number;
  }[];
}

export interface BriefingTask {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly status: string;
  readonly packet: Packet;
  readonly report: Readonly<Record<string, unknown>> | null;
}

/** The five-part packet of a delegated task (R-E61). */
export interface Packet {
  readonly subproblem: string;
  readonly context: Readonly<Record<string, unknown>>;
  readonly tried: readonly string[];
  readonly output: string;
  readonly success: string;
}

/** How an operation came out. A refusal is data: it names the rule and what may be done instead. */
export type OperationOutcome =
  | {
      readonly status: 'done';
      readonly operation: string;
      readonly verified: boolean;
      readonly result: Readonly<Record<string, unknown>>;
    }
  | {
      readonly status: 'refused';
      readonly operation: string;
      readonly reasons: readonly { check: string; rule: string; message: string; instead?: string }[];
      /** What the person who decided said; absent when a rule refused. */
      readonly note?: string;
    }
  | { readonly status: 'failed'; readonly operation: string; readonly category: string; readonly message: string };

export type CommandOutcome<T = Readonly<Record<string, unknown>>> =
  | { readonly ok: true; readonly result: T }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly hint?: string };

/**
 * Metered use. Either what was used and how much of it, priced and counted by the price table of the organisation [BUD13], or
 * money (micro-units) and tokens as the worker counted them; never both.
 */
export interface Spent {
  readonly what: string;
  readonly money?: number;
  readonly tokens?: number;
  /** A model, tool, capability or seat, as the price table calls it. */
  readonly of?: string;
  readonly used?: Readonly<Partial<Record<PriceUnit, number>>>;
}

/** Something from outside that is no effect on the world, such as a model's reply, with what it cost. */
export interface Obtained<T> {
  /** Plain JSON. */
  readonly value: T;
  /** As the price table calls it; absent when nothing was paid. */
  readonly of?: string;
  readonly used?: Readonly<Partial<Record<PriceUnit, number>>>;
}

/**
 * Why a run cannot go on. `transient` and `judgment` are tried again, not before `retryAfter` milliseconds; the other
 * categories are not, and the human above is told.
 */
export class WorkFailure extends Error {
  readonly category: FailureCategory;
  readonly retryAfter: number;
  constructor(category: FailureCategory, message: string, retryAfter = 0) {
    super(message);
    this.name = 'WorkFailure';
    this.category = category;
    this.retryAfter = retryAfter;
  }
}

/** Whoever played the run has gone away: it keeps its journal and waits until somebody goes on with it [WRK33]. */
export class WorkInterrupted extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'WorkInterrupted';
  }
}

/**
 * What an occupant can do. Every call is a journaled step: when a run is interrupted or waits for days, it is run again
 * from the start and finished steps answer from the ledger without acting twice. So a script must be deterministic:
 * no clock, no randomness, no I/O of its own.
 */
export interface Desk extends DeskMemory {
  readonly briefing: Briefing;
  /** One governed attempt to use a capability. Waits through approvals and retries; may outlive the process. */
  request(input: {
    capability: string;
    args: Record<string, unknown>;
    why?: string;
    confidence?: number;
    contract?: string;
    /** Argument → where its value comes from: `instruction`, `OP-3`, `OP-3#text`. For workers that track it; it only narrows. */
    from?: Record<string, string[]>;
  }): Promise<OperationOutcome>;
  /** Set what the case is about. */
  classify(input: {
    topic?: string;
    areas?: string[];
    priority?: 'high' | 'normal' | 'low';
    duplicateOf?: string;
  }): Promise<CommandOutcome>;
  note(text: string): Promise<CommandOutcome>;
  /** Give the case to another seat as its owner (routing, before work starts, or a supervisor's decision). */
  assign(input: { to: string; reason: string }): Promise<CommandOutcome>;
  /** Give the case to the seat that suits best; it waits in line when all who can do it are taken. By its topic unless told. */
  route(input: { needs?: Needs }): Promise<CommandOutcome>;
  /** Hand the case on because it should be somebody else's, with what the next one must know; it does not come back here. */
  transfer(input: {
    reason: TransferReason;
    note?: string;
    needs?: Needs;
    suggest?: string;
    context?: { tried?: string[]; findings?: string[]; blockers?: string[]; spent?: number; notes?: string };
  }): Promise<CommandOutcome>;
  /**
   * Give a part of the case to another seat, or to whoever suits what it needs; the case stays with its owner (R-A81). `after`:
   * tasks of the case that must be done first.
   */
  delegate(input: {
    to?: string;
    needs?: Needs;
    after?: string[];
    packet: Packet;
  }): Promise<CommandOutcome<{ task: string }>>;
  /** Finish (or decline) `task`, by default the briefing's; the delegating seat gets the report. */
  completeTask(input: { report: Record<string, unknown>; declined?: boolean; task?: string }): Promise<CommandOutcome>;
  /** Wait for the customer's answer. Says what was asked; the mail itself is an operation. */
  waitForCustomer(input: { question: string }): Promise<CommandOutcome>;
  escalate(input: { reason: string; to?: string }): Promise<CommandOutcome>;
  /** `confidence`: how sure of the cause, where the organisation asks for it. */
  resolve(input: { summary: string; evidence: string[]; confidence?: number }): Promise<CommandOutcome>;
  /** Confirm another seat's resolution, by a check of one's own. */
  verify(input: { passed: boolean; checks: string[]; note?: string }): Promise<CommandOutcome>;
  close(input: { learned?: string }): Promise<CommandOutcome>;
  cancel(input: { reason: string }): Promise<CommandOutcome>;
  send(input: {
    to: string;
    type: string;
    text: string;
    kind?: string;
    data?: Record<string, unknown>;
  }): Promise<CommandOutcome>;
  /** Propose options about what should be true, with evidence and expected effects; a person decides (R-A11). */
  propose(input: Suggestion): Promise<CommandOutcome<{ proposal: string }>>;
  /** Form a team of the seats below this one: role by role who fits best (R-D7). */
  formTeam(input: TeamWanted): Promise<CommandOutcome<{ team: string }>>;
  /** Book metered use. The run ends in the middle when its reserve is used up, or when what it used has no price. */
  spend(input: Spent): Promise<CommandOutcome>;
  /**
   * Get something that is paid for, once: what it gave is durable, with its cost, before it is returned, and a run that is
   * run again gets it from the journal. `make` is called when there is nothing there, after the ledger says that it is. A
   * crash while it is at work is the one case in which it is called twice.
   */
  obtain<T>(input: { what: string; make: () => Promise<Obtained<T>> }): Promise<T>;
}

/** How a run ends (R-E24: unsaved work is invisible, so only ids and short texts). */
export interface Report {
  readonly outcome: string;
  /** Operations, tasks and cases it rests on. */
  readonly evidence?: readonly string[];
  readonly uncertainty?: string;
  readonly next?: string;
  readonly learned?: string;
}

/** Whoever occupies a seat. One port for scripts, models, people and external agents. */
export interface Occupant {
  readonly kind: OccupantKind;
  work(desk: Desk, signal: AbortSignal): Promise<Report>;
}

export type Script = (desk: Desk) => Promise<Report>;

/** Declare a script occupant; the identity function, for its types. */
export function defineScript(script: Script): Script {
  return script;
}

/**
 * Gives the occupant of a seat to the runtime, or null when nobody can play it here and now (a person, an agent that is not
 * there). `run` is the run that is to go on; null for a new one.
 */
export type OccupantOf = (
  seat: string,
  occupant: OccupantDef,
  run: string | null,
) => Promise<Occupant | null> | Occupant | null;
