import type { Time } from '../core/types.ts';
import type { MetricDef, TargetDef } from './definition.ts';
import type { Change, Proposal, Status } from './schema.ts';
import type { Sketch } from './sketch.ts';

/** What was counted. */
export interface Cell {
  n: number;
  of: number;
  sum: number;
  sketch?: Sketch;
}
/** Of one stretch of a window: `at` counts stretches since 1970. */
export interface Stretch extends Cell {
  at: number;
}
/** All of it, or the latest stretches when the metric has a window. */
export interface Series extends Cell {
  ring?: Stretch[];
}
export interface MetricValue extends Series {
  /** What was measured, as canonical text: a metric defined anew starts from nothing. */
  measure: string;
  groups?: Map<string, Series>;
  /** Thing → when its first event happened, the oldest first. */
  starts?: Map<string, Time>;
  /** The operation that reported the latest value. */
  source?: { operation: string; at: Time };
}

/** One version of what a unit should achieve (R-D65). */
export interface Version {
  version: number;
  at: Time;
  seq: number;
  by: string;
  authority: 'definition' | 'human' | 'delegated';
  reason: string;
  changes: Change[];
  proposal?: string;
  reverts?: number;
}

/** How a target did in the checks so far. */
export interface Track {
  /** When the target came into force. */
  since: Time;
  /** What was measured first. */
  baseline: number | null;
  /** Latest checks, the oldest first. */
  points: { at: Time; value: number }[];
  status: Status;
  distance: number;
  /** Checks in a row in which the gap got wider, and in which it was behind. */
  widened: number;
  behind: number;
  gap: { case: string; owner: string; holder: string; openedAt: Time; level: number; checks: number } | null;
}

export interface PurposeState {
  values: Map<string, MetricValue>;
  /** In force: the definition's, with what was amended since. Replaced, never changed. */
  metrics: readonly MetricDef[];
  targets: readonly TargetDef[];
  /** What was amended; null for what was removed. */
  amended: {
    targets: Map<string, TargetDef | null>;
    metrics: Map<string, MetricDef | null>;
    purposes: Map<string, string>;
  };
  /** Target → the value a human set last, while an agent's stands. */
  anchors: Map<string, number>;
  /** Unit → its latest versions, the oldest first. */
  versions: Map<string, Version[]>;
  tracks: Map<string, Track>;
  /** Case that was opened for a gap → target. */
  gapCases: Map<string, string>;
  proposals: Map<string, Proposal>;
  /** When targets were compared last, and are next. */
  checked: Time;
  next: Time;
  /** Cadence → name of the period that was reviewed last. */
  reviewed: Record<string, string>;
}

export const emptyPurpose = (): PurposeState => ({
  values: new Map(),
  metrics: [],
  targets: [],
  amended: { targets: new Map(), metrics: new Map(), purposes: new Map() },
  anchors: new Map(),
  versions: new Map(),
  tracks: new Map(),
  gapCases: new Map(),
  proposals: new Map(),
  checked: 0,
  next: 0,
  reviewed: {},
});
