import { z } from 'zod';
import { id, text } from '../core/names.ts';

export const TOPOLOGIES = ['pipeline', 'star', 'parallel', 'review', 'mesh'] as const;
export type Topology = (typeof TOPOLOGIES)[number];

const names = z.array(id).max(50).default([]);

/** One place in a team and what it takes. */
const role = z.strictObject({ role: id, domains: names, skills: names, technologies: names });
export type Role = z.infer<typeof role>;

/** What a team is wanted for. The first of `ordered`, `central`, `independent`, `review` that is given makes the topology. */
export const wanted = z.strictObject({
  purpose: text(1000).min(1),
  roles: z.array(role).min(1).max(20),
  /** Each role needs the one before. */
  ordered: z.boolean().default(false),
  /** The role all others depend on. */
  central: id.optional(),
  independent: z.boolean().default(false),
  /** The role that reviews the others. */
  review: id.optional(),
  /** Seats that are not to be chosen. */
  without: names,
});
export type Wanted = z.infer<typeof wanted>;

export const teamCommands = {
  'team.form': wanted,
  'team.close': z.strictObject({
    team: z.string().regex(/^TM-\d{1,15}$/, 'expected the id of a team, such as TM-3'),
    success: z.boolean(),
    note: text(1000).optional(),
  }),
} as const;

/** What a score is made of; the score is their sum (R-D32). */
export interface ScoreParts {
  domains: number;
  skills: number;
  technologies: number;
  success: number;
  recency: number;
  experience: number;
}
export interface Member {
  role: string;
  /** Null where nobody is good enough: somebody has to be found. */
  seat: string | null;
  score: number;
  parts: ScoreParts;
  /** The best, the chosen one first. */
  candidates: { seat: string; score: number }[];
}
export interface Edge {
  from: string;
  to: string;
  as: 'hands-over' | 'depends' | 'reviews' | 'talks';
}
export interface TeamEvents {
  'team.formed': {
    team: string;
    case: null;
    purpose: string;
    topics: string[];
    topology: Topology;
    members: Member[];
    edges: Edge[];
    /** What no member covers, and who could. */
    missing: string[];
    complementary: { seat: string; skills: string[] }[];
    /** Pairs of members that have worked together, with how it went. */
    known: { seats: [string, string]; count: number; successes: number }[];
    by: string;
  };
  'team.closed': { team: string; case: null; success: boolean; by: string; note?: string };
}
