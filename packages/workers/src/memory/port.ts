/** What a run is shown of its desk's memory, and what it can do there. */
import type { BeliefStanding, Layer, SkillKind } from '@reeve/kernel';
import type { CommandOutcome } from '../port.ts';

export interface BriefingBelief {
  readonly id: string;
  readonly statement: string;
  readonly key: string | null;
  readonly value: string | number | boolean | null;
  readonly layer: Layer;
  readonly confidence: number;
  /** `confirmed` and `held` may be relied on; `unconfirmed` and `contested` count as content from outside. */
  readonly standing: BeliefStanding;
  readonly origin: string;
  readonly at: number;
  readonly until: number | null;
  /** Who told it, when it is another seat's. */
  readonly from: string | null;
}

export interface BriefingSkill {
  readonly id: string;
  readonly kind: SkillKind;
  readonly title: string;
  readonly text: string;
  readonly topics: readonly string[];
  readonly successes: number;
  readonly failures: number;
  /** Written with something from outside at hand, and adopted by nobody. */
  readonly untrusted: boolean;
}

export interface BriefingMemory {
  /** What the desk is at, across cases. */
  readonly purpose: string | null;
  /** The nearest to the work first. */
  readonly beliefs: readonly BriefingBelief[];
  readonly skills: readonly BriefingSkill[];
}

export interface Found {
  readonly beliefs: readonly BriefingBelief[];
  readonly skills: readonly BriefingSkill[];
}

export interface Remember {
  statement: string;
  /** What it is a value of, such as `supplier.day`: beliefs under one key contradict each other. */
  key?: string;
  value?: string | number | boolean;
  layer?: Layer;
  confidence?: number;
  impact?: 'low' | 'high';
  /** Operations of this seat it rests on, such as `OP-3`. */
  evidence?: string[];
  /** Whom it is about, when not the case's customer. */
  customer?: string;
  /** Not about the customer: it may be used on other cases. */
  general?: boolean;
  /** Milliseconds it holds. */
  holds?: number;
  /** Not to be said to other seats. */
  private?: boolean;
}

/** The desk's memory. Every call is a journaled step. */
export interface DeskMemory {
  remember(input: Remember): Promise<CommandOutcome<{ belief: string }>>;
  /** What the desk knows that has to do with these words. */
  recall(query: string, limit?: number): Promise<CommandOutcome<Found>>;
  dispute(input: { belief: string; reason: string }): Promise<CommandOutcome>;
  correct(input: {
    belief: string;
    statement: string;
    value?: string | number | boolean;
    confidence?: number;
    reason: string;
  }): Promise<CommandOutcome<{ belief: string }>>;
  forget(input: { belief: string; reason: string }): Promise<CommandOutcome>;
  /** Tell another seat, under a context contract of the organisation. */
  share(input: {
    to: string;
    beliefs: string[];
    purpose: string;
    contract?: string;
    summary?: string;
  }): Promise<CommandOutcome>;
  /** Write down how something is done, for later cases. */
  learn(input: {
    kind: SkillKind;
    title: string;
    text: string;
    topics?: string[];
  }): Promise<CommandOutcome<{ skill: string }>>;
  /** This skill is used on the case: how the case ends counts for it. */
  useSkill(skill: string): Promise<CommandOutcome>;
}
