import { z } from 'zod';
import { id, type Route } from './route.ts';
import { name, seq } from './shapes/common.ts';
import {
  occupy,
  restructure,
  restructured,
  restructuring,
  restructuringId,
  restructuringPlan,
  reverse,
} from './shapes/restructuring.ts';
import { structure, work } from './shapes/structure.ts';

/** How the organisation changes its own shape. */
export const ORGANISATION_ROUTES = {
  structure: {
    method: 'GET',
    path: '/v1/structure',
    summary: 'All seats, but retired ones, with who is above them: what a chart is drawn from.',
    responses: { 200: structure },
  },
  work: {
    method: 'GET',
    path: '/v1/structure/work',
    summary: 'Which seats have messages open or runs at work, and how many.',
    responses: { 200: work },
  },
  restructurings: {
    method: 'GET',
    path: '/v1/restructurings',
    summary: 'The latest restructurings, the newest first.',
    responses: { 200: z.object({ restructurings: z.array(restructuring) }) },
  },
  restructuring: {
    method: 'GET',
    path: '/v1/restructurings/:id',
    summary: 'One restructuring: who did what and why, who was told, and what moved, from the ledger.',
    params: id(restructuringId),
    responses: { 200: restructuring.extend({ moved: z.array(z.string()) }) },
  },
  reverseRestructuring: {
    method: 'GET',
    path: '/v1/restructurings/:id/reverse',
    summary:
      'The steps that would take a restructuring back from what is in force now, and what they would not bring back.',
    params: id(restructuringId),
    responses: { 200: reverse },
  },
  planRestructuring: {
    method: 'POST',
    path: '/v1/restructurings/plan',
    summary: 'What a restructuring would do: exactly what moves where. Changes nothing.',
    body: restructure.omit({ base: true, reason: true }),
    responses: { 200: restructuringPlan },
  },
  restructure: {
    method: 'POST',
    path: '/v1/restructurings',
    summary: 'Restructure the organisation: whole or not at all. 409 when it changed since `base`.',
    body: restructure,
    responses: { 200: restructured },
  },
  occupySeat: {
    method: 'POST',
    path: '/v1/seats/:id/occupant',
    summary: 'Somebody else takes a seat, or nobody; its desk and its open work stay.',
    params: id(name),
    body: occupy,
    responses: { 200: z.object({ seat: z.string(), seq }) },
  },
} as const satisfies Record<string, Route>;
