import { z } from 'zod';
import { id, type Route } from './route.ts';
import { caseId, more, name, paging } from './shapes/common.ts';
import {
  belief,
  beliefDetail,
  beliefId,
  contextContract,
  deskDetail,
  deskHit,
  deskSummary,
  graph,
  layer,
  skill,
  skillId,
  skillKind,
  snapshotId,
  snapshotTaken,
  standing,
  team,
  teamProposal,
  teamWanted,
} from './shapes/memory.ts';

const purpose = z.string().max(500).default('');
const text = z.string().max(200).optional().describe('found in the text, letter case ignored');

/** What desks remember and know, and who worked with whom. It is changed by commands (`POST /v1/commands`). */
export const MEMORY_ROUTES = {
  beliefs: {
    method: 'GET',
    path: '/v1/beliefs',
    summary: 'Beliefs with confidence, source, validity and what says otherwise, the newest first.',
    query: z.object({
      seat: name.optional(),
      standing: standing.optional(),
      layer: layer.optional(),
      case: caseId.optional(),
      customer: z.string().max(320).optional(),
      key: z.string().max(100).optional(),
      q: text,
      ...paging,
    }),
    responses: { 200: z.object({ beliefs: z.array(belief), ...more }) },
  },
  belief: {
    method: 'GET',
    path: '/v1/beliefs/:id',
    summary: 'One belief with all that contradicts it.',
    params: id(beliefId),
    responses: { 200: beliefDetail },
  },
  skills: {
    method: 'GET',
    path: '/v1/skills',
    summary: 'Skills with how often they helped, the newest first.',
    query: z.object({ seat: name.optional(), kind: skillKind.optional(), topic: name.optional(), q: text, ...paging }),
    responses: { 200: z.object({ skills: z.array(skill), ...more }) },
  },
  skill: {
    method: 'GET',
    path: '/v1/skills/:id',
    summary: 'One skill.',
    params: id(skillId),
    responses: { 200: skill },
  },
  desks: {
    method: 'GET',
    path: '/v1/desks',
    summary: 'What the desks of all seats hold, in numbers.',
    query: z.object(paging),
    responses: { 200: z.object({ desks: z.array(deskSummary), ...more }) },
  },
  desk: {
    method: 'GET',
    path: '/v1/desks/:id',
    summary: 'One desk with its purposes, branches and snapshots.',
    params: id(name),
    responses: { 200: deskDetail },
  },
  takeSnapshot: {
    method: 'POST',
    path: '/v1/desks/:id/snapshots',
    summary:
      'Keep the files of a folder on the server as a snapshot of the desk; what is there already is not stored again.',
    params: id(name),
    body: z.strictObject({ directory: z.string().min(1).max(4096), branch: name.default('main'), purpose }),
    responses: { 200: snapshotTaken },
  },
  mergeDesk: {
    method: 'POST',
    path: '/v1/desks/:id/merge',
    summary: 'Merge a branch of a desk into another one; what both changed is named, with both sides kept.',
    params: id(name),
    body: z.strictObject({ from: name, into: name.default('main'), purpose }),
    responses: { 200: snapshotTaken },
  },
  restoreDesk: {
    method: 'POST',
    path: '/v1/desks/:id/restore',
    summary: 'Write a snapshot out to an empty folder on the server, byte for byte.',
    params: id(name),
    body: z.strictObject({ snapshot: snapshotId, directory: z.string().min(1).max(4096) }),
    responses: {
      200: z.object({
        snapshot: snapshotId,
        root: z.string(),
        files: z.number().int(),
        erased: z.array(z.string()).describe('files of customers who were forgotten since'),
      }),
    },
  },
  compareDesk: {
    method: 'GET',
    path: '/v1/desks/:id/changes',
    summary: 'Which files differ between two snapshots of a desk.',
    params: id(name),
    query: z.object({ from: snapshotId, to: snapshotId }),
    responses: {
      200: z.object({
        changes: z.array(z.object({ path: z.string(), what: z.enum(['added', 'changed', 'removed']) })),
      }),
    },
  },
  deskSearch: {
    method: 'GET',
    path: '/v1/desk-search',
    summary: 'Words in beliefs, skills, snapshots and briefings of desks, also in what has ended; the newest first.',
    query: z.object({
      text: z.string().min(1).max(500),
      seat: name.optional(),
      what: z.enum(['belief', 'skill', 'snapshot', 'recall', 'briefing']).optional(),
      ...paging,
    }),
    responses: { 200: z.object({ hits: z.array(deskHit), ...more }) },
  },
  knowledgeGraph: {
    method: 'GET',
    path: '/v1/knowledge/graph',
    summary: 'Who worked with whom on what, and how it went.',
    query: z.object({
      seat: name.optional(),
      topic: name.optional(),
      most: z.coerce.number<number>().int().min(1).max(5000).default(500).describe('edges, the latest first'),
    }),
    responses: { 200: graph },
  },
  contexts: {
    method: 'GET',
    path: '/v1/contexts',
    summary: 'Context contracts: what seats may tell each other of what they believe.',
    responses: { 200: z.object({ contexts: z.array(contextContract) }) },
  },
  teams: {
    method: 'GET',
    path: '/v1/teams',
    summary: 'Teams that were formed, the newest first.',
    query: z.object(paging),
    responses: { 200: z.object({ teams: z.array(team), ...more }) },
  },
  proposeTeam: {
    method: 'POST',
    path: '/v1/teams/proposal',
    summary: 'Who would be in a team, with the score of each and how they would hang together. Forms nothing.',
    body: teamWanted,
    responses: { 200: teamProposal },
  },
} as const satisfies Record<string, Route>;
