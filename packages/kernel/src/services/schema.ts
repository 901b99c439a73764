import { z } from 'zod';
import { id, text } from '../core/names.ts';

export const serviceCommands = {
  /** Ask for a service on a case: a task at its provider, with checked input. */
  'service.request': z.strictObject({
    service: id,
    case: z.string().regex(/^C-\d+$/),
    input: z.record(z.string(), z.unknown()).default({}),
    why: text(2000).default(''),
  }),
} as const;

export interface ServiceEvents {
  'service.requested': {
    request: string;
    service: string;
    by: string;
    to: string;
    case: string;
    task: string;
    price: number;
    due: number;
  };
  'service.overdue': { request: string; service: string; to: string; case: string };
  'service.ended': {
    request: string;
    service: string;
    task: string;
    case: string;
    declined: boolean;
    took: number;
    met: boolean;
  };
}
