import { z } from 'zod';
import { id, type Route } from './route.ts';
import { more, name, paging, seq } from './shapes/common.ts';
import {
  checklist,
  lane,
  laneMoney,
  laneMove,
  laneSummary,
  lowerLane,
  ninetyDays,
  raiseLane,
  reportAction,
  stage,
} from './shapes/lanes.ts';

const moved = z.object({ lane: z.string(), stage, seq });

/** How far agents are trusted with a kind of work, and how it is shared out among them. */
export const LANE_ROUTES = {
  lanes: {
    method: 'GET',
    path: '/v1/lanes',
    summary: 'Lanes with stage, traffic, measures and kill switches.',
    query: z.object(paging),
    responses: { 200: z.object({ lanes: z.array(laneSummary), ...more }) },
  },
  lane: {
    method: 'GET',
    path: '/v1/lanes/:id',
    summary: 'One lane: comparison with people, fitness, what the next stage needs, proof, money.',
    params: id(name),
    responses: { 200: lane },
  },
  laneMoves: {
    method: 'GET',
    path: '/v1/lanes/:id/moves',
    summary: 'Every stage, share, comparison and proof of a lane from the ledger, with its numbers, the newest first.',
    params: id(name),
    query: z.object({ all: z.stringbool().optional().describe('comparisons, too'), ...paging }),
    responses: { 200: z.object({ moves: z.array(laneMove), ...more }) },
  },
  laneMoney: {
    method: 'GET',
    path: '/v1/lanes/:id/money',
    summary: 'What each seat cost and brought in a lane, people included.',
    params: id(name),
    query: z.object({
      month: z
        .string()
        .regex(/^\d{4}-\d{2}$/, 'expected a month such as 2026-11')
        .optional(),
    }),
    responses: { 200: z.object({ lane: z.string(), currency: z.string(), seats: z.array(laneMoney) }) },
  },
  laneCheck: {
    method: 'GET',
    path: '/v1/lanes/:id/check',
    summary: 'The ten questions to a lane, answered from data.',
    params: id(name),
    responses: { 200: checklist },
  },
  raiseLane: {
    method: 'POST',
    path: '/v1/lanes/:id/raise',
    summary: 'Trust a lane, or a seat in it, one stage more. 409 names what is not met.',
    params: id(name),
    body: raiseLane,
    responses: { 200: moved },
  },
  lowerLane: {
    method: 'POST',
    path: '/v1/lanes/:id/lower',
    summary: 'Trust a lane, or a seat in it, less.',
    params: id(name),
    body: lowerLane,
    responses: { 200: moved },
  },
  reportAction: {
    method: 'POST',
    path: '/v1/lanes/:id/actions',
    summary: 'What a person did about a case outside, to be held against what was proposed.',
    params: id(name),
    body: reportAction,
    responses: { 200: z.object({ lane: z.string(), seq }) },
  },
  ninetyDays: {
    method: 'GET',
    path: '/v1/check/90-days',
    summary: 'The ten questions after ninety days, answered from data.',
    responses: { 200: ninetyDays },
  },
} as const satisfies Record<string, Route>;
