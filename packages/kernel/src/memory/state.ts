import type { Time } from '../core/types.ts';
import type { Layer, SkillKind } from './definition.ts';
import type { BeliefValue } from './schema.ts';
import type { Member, Topology } from './team-schema.ts';

export interface Belief {
  id: string;
  seat: string;
  layer: Layer;
  statement: string;
  key: string | null;
  value: BeliefValue | null;
  confidence: number;
  impact: 'low' | 'high';
  origin: string;
  evidence: string[];
  taint: string[];
  case: string | null;
  customer: string | null;
  private: boolean;
  by: string;
  at: Time;
  /** When it was last said or repeated. */
  seenAt: Time;
  until: Time | null;
  confirmed: { by: string; how: 'person' | 'second-source'; at: Time } | null;
  /** Other origins that said the same. */
  repeatedBy: string[];
  contradicts: string[];
  disputed: { by: string; reason: string; at: Time } | null;
  shared: { from: string; belief: string; contract: string; purpose: string } | null;
}

export interface Skill {
  id: string;
  seat: string;
  kind: SkillKind;
  title: string;
  text: string;
  topics: string[];
  taint: string[];
  case: string | null;
  by: string;
  at: Time;
  /** A person said that it is of general use. */
  adopted: boolean;
  uses: number;
  successes: number;
  failures: number;
  usedAt: Time | null;
}

export interface Snapshot {
  id: string;
  branch: string;
  parent: string | null;
  merged: string | null;
  root: string;
  files: number;
  bytes: number;
  added: number;
  purpose: string;
  conflicts: string[];
  by: string;
  at: Time;
}

export interface Branch {
  name: string;
  head: string | null;
  /** The snapshot it began from. */
  from: string | null;
  purpose: string;
  status: 'active' | 'closed';
  at: Time;
}

/** What belongs to a seat across runs. */
export interface Desk {
  purpose: string | null;
  since: Time | null;
  served: number;
  beliefs: Set<string>;
  /** What beliefs of the same scope and key stand under. */
  byKey: Map<string, string[]>;
  counts: Record<Layer, number>;
  skills: Set<string>;
  branches: Map<string, Branch>;
  snapshots: Map<string, Snapshot>;
  /** Purposes before, the latest last. */
  past: { purpose: string; until: Time; snapshot: string | null }[];
}

/** Who worked with whom on what, and how often it went well; `a` sorts before `b`. */
export interface Collaboration {
  a: string;
  b: string;
  topic: string;
  count: number;
  successes: number;
  at: Time;
}

export interface Experience {
  total: number;
  successful: number;
  failed: number;
  /** Milliseconds that the cases took altogether. */
  time: number;
  at: Time;
  topics: Record<string, { total: number; successful: number }>;
}

export interface Team {
  id: string;
  purpose: string;
  topics: string[];
  topology: Topology;
  members: Member[];
  at: Time;
  outcome: { success: boolean; by: string; at: Time } | null;
}

/** What hangs on a case until it leaves memory. */
export interface CaseMemory {
  /** Beliefs that are gone with it. */
  working: Set<string>;
  /** Skills it judges, and how it did. */
  skills: Set<string>;
  success: boolean | null;
  /** Whose experience it counted as, once. */
  counted: { seats: string[]; topic: string; success: boolean } | null;
}

export interface MemoryState {
  beliefs: Map<string, Belief>;
  skills: Map<string, Skill>;
  desks: Map<string, Desk>;
  cases: Map<string, CaseMemory>;
  /** `a|b|topic` → collaboration; the longest unused first. */
  edges: Map<string, Collaboration>;
  experience: Map<string, Experience>;
  teams: Map<string, Team>;
}

export const emptyMemory = (): MemoryState => ({
  beliefs: new Map(),
  skills: new Map(),
  desks: new Map(),
  cases: new Map(),
  edges: new Map(),
  experience: new Map(),
  teams: new Map(),
});

export const emptyDesk = (): Desk => ({
  purpose: null,
  since: null,
  served: 0,
  beliefs: new Set(),
  byKey: new Map(),
  counts: { stable: 0, state: 0, working: 0 },
  skills: new Set(),
  branches: new Map([['main', { name: 'main', head: null, from: null, purpose: '', status: 'active', at: 0 }]]),
  snapshots: new Map(),
  past: [],
});
