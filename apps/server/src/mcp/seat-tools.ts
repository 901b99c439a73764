/** The tools a seat's agent is shown: its work, and what it may do in it. Schemas come from where they are checked. */
import type { Tool } from '@modelcontextprotocol/server';
import type { ShownTool } from '@reeve/workers/agent';
import { z } from 'zod';

/** Longest wait for work, in seconds: clients give up on a call after a minute. */
const MOST_WAIT = 50;

const handle = z.string().max(100).describe('the `work` that work_take answered');
const own = z.object({ work: handle });

/** What is asked of the work itself, checked before it is done. */
export const WORK = {
  work_list: {
    description: 'What waits for this seat, and what is being worked on. Takes nothing.',
    schema: z.object({}),
  },
  work_take: {
    description:
      'Take the most urgent work. Answers with `work`, which goes with every later call about it, what it is about, and what was done already by whoever had it before.',
    schema: z.object({
      wait: z.number().int().min(0).max(MOST_WAIT).default(0).describe('seconds to wait when there is none'),
    }),
  },
  work_read: {
    description: 'What this work is about, as it was when it began, and what was done so far.',
    schema: own,
  },
  work_renew: {
    description: 'Say that you are still at it, when you call nothing else for longer than the lease.',
    schema: own,
  },
  work_return: {
    description: 'Give work back unfinished, for somebody else to go on with.',
    schema: own.extend({ reason: z.string().min(1).max(900) }),
  },
  operation_status: {
    description: 'How something that was asked for came out, or what it waits for.',
    schema: z.object({ operation: z.string().regex(/^OP-\d{1,15}$/) }),
  },
  artifact_read: {
    description: 'An artifact that was noted on the case before this work began, or kept in it.',
    schema: own.extend({ artifact: z.string().regex(/^R-\d{1,15}#.{1,200}$/) }),
  },
} as const;

export type WorkTool = keyof typeof WORK;
export const isWorkTool = (name: string): name is WorkTool => Object.hasOwn(WORK, name);

/** What a program that was started for one run has no use for: it has its work. */
const NOT_FOR_PROGRAMS: ReadonlySet<WorkTool> = new Set(['work_list', 'work_take', 'work_return', 'work_renew']);
const READS: ReadonlySet<WorkTool> = new Set(['work_list', 'work_read', 'operation_status', 'artifact_read']);

const HANDLE = { type: 'string', maxLength: 100, description: 'the `work` that work_take answered' };
const KEY = {
  type: 'string',
  maxLength: 200,
  description: 'a name for this very call: the same name again gets the same answer and does nothing twice',
};

type Schema = Tool['inputSchema'];

/** @param program for a program that was started for one run, which needs no handle */
export function toolList(shown: readonly ShownTool[], program: boolean): Tool[] {
  const names = (Object.keys(WORK) as WorkTool[]).filter((name) => !program || !NOT_FOR_PROGRAMS.has(name));
  return [...names.map((name) => workTool(name, program)), ...shown.map((tool) => actingTool(tool, program))];
}

function workTool(name: WorkTool, program: boolean): Tool {
  const { description, schema } = WORK[name];
  const made = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' }) as Schema;
  return {
    ...{ name, description, inputSchema: program ? withoutHandle(made) : made },
    annotations: { readOnlyHint: READS.has(name), openWorldHint: false },
  };
}

function withoutHandle(schema: Schema): Schema {
  const { work: _, ...properties } = schema.properties ?? {};
  return { ...schema, properties, required: (schema.required ?? []).filter((name) => name !== 'work') };
}

/** `_work` and `_key` stand beside the arguments, like `_why`: no argument of a pack begins with "_". */
function actingTool({ name, description, parameters, capability }: ShownTool, program: boolean): Tool {
  const { properties = {}, required = [], ...rest } = parameters as Schema;
  const more = { ...(program ? {} : { _work: HANDLE }), _key: KEY };
  const reads = capability?.effect === 'read';
  return {
    ...{ name, description },
    inputSchema: {
      ...rest,
      type: 'object',
      properties: { ...properties, ...more },
      required: [...required, ...(program ? [] : ['_work'])],
    },
    annotations: {
      readOnlyHint: reads,
      destructiveHint: capability?.effect === 'irreversible',
      idempotentHint: false,
      openWorldHint: capability !== undefined,
    },
  };
}
