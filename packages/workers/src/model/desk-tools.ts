/** What a model can do at its desk besides using capabilities, as tools. */
import { z } from 'zod';
import { memoryTools } from '../memory/tools.ts';
import type { Desk } from '../port.ts';
import type { SeatTool } from './capability-tools.ts';
import { deskTool, line } from './desk-tool.ts';

const packet = z.strictObject({
  subproblem: line(4000).describe('exactly what is to be solved'),
  context: z.record(z.string(), z.unknown()).default({}).describe('what you found out that matters for it'),
  tried: z.array(line(1000)).max(50).default([]),
  output: line(2000).describe('what you need back'),
  success: line(2000).describe('how to tell that it is done'),
});

const TOOLS: readonly SeatTool[] = [
  deskTool(
    'case_classify',
    'Say what the case is about.',
    z.strictObject({
      topic: line(64).optional(),
      areas: z.array(line(64)).max(20).optional(),
      priority: z.enum(['high', 'normal', 'low']).optional(),
    }),
    (desk, { topic, areas, priority }) =>
      desk.classify({
        ...(topic === undefined ? {} : { topic }),
        ...(areas === undefined ? {} : { areas }),
        ...(priority === undefined ? {} : { priority }),
      }),
  ),
  deskTool(
    'case_note',
    'Write down what whoever works on the case later must know.',
    z.strictObject({ text: line(8000) }),
    (desk, { text }) => desk.note(text),
  ),
  deskTool(
    'case_assign',
    'Give the case to another seat, as its owner.',
    z.strictObject({ to: line(64), reason: line(2000) }),
    (desk, args) => desk.assign(args),
  ),
  deskTool(
    'case_delegate',
    'Give a part of the case to another seat; the case stays here. Its report comes back as a message of its own.',
    z.strictObject({ to: line(64), packet }),
    (desk, args) => desk.delegate(args),
  ),
  deskTool(
    'case_wait_for_customer',
    'Wait for an answer of the customer. The question itself has to be sent with another tool.',
    z.strictObject({ question: line(8000) }),
    (desk, args) => desk.waitForCustomer(args),
  ),
  deskTool(
    'case_escalate',
    'Hand over what cannot be settled here.',
    z.strictObject({ reason: line(2000), to: line(64).optional() }),
    (desk, { reason, to }) => desk.escalate({ reason, ...(to === undefined ? {} : { to }) }),
  ),
  deskTool(
    'case_resolve',
    'Say that the case is solved, with what proves it, such as ["OP-3"].',
    z.strictObject({
      summary: line(4000),
      evidence: z.array(line(300)).max(100),
      confidence: z.number().min(0).max(1).optional().describe('how sure you are of the cause'),
    }),
    (desk, { confidence, ...args }) => desk.resolve({ ...args, ...(confidence === undefined ? {} : { confidence }) }),
  ),
  deskTool(
    'case_verify',
    "Confirm or reject another seat's resolution, after checks of your own.",
    z.strictObject({ passed: z.boolean(), checks: z.array(line(1000)).max(50), note: line(2000).optional() }),
    (desk, { note, ...args }) => desk.verify({ ...args, ...(note === undefined ? {} : { note }) }),
  ),
  deskTool(
    'case_close',
    'Close a case that is solved and verified.',
    z.strictObject({ learned: line(2000).optional() }),
    (desk, { learned }) => desk.close(learned === undefined ? {} : { learned }),
  ),
];

const TASK = deskTool(
  'task_complete',
  'Finish the task this run is about, or decline it with the reason.',
  z.strictObject({ report: z.record(z.string(), z.unknown()), declined: z.boolean().default(false) }),
  (desk, args) => desk.completeTask(args),
);

const SEND = deskTool(
  'message_send',
  'Send a message to another seat of the organisation.',
  z.strictObject({ to: line(64), type: z.enum(['inform', 'question', 'answer', 'report']), text: line(8000) }),
  (desk, args) => desk.send(args),
);

const PROPOSE = deskTool(
  'proposal_make',
  'Propose ways to close a gap or to do better: options with evidence, cost and the effect expected of each. A person decides.',
  z.strictObject({
    unit: line(64).describe('the unit whose number it is about'),
    title: line(200),
    analysis: line(8000).describe('why things are as they are'),
    options: z
      .array(
        z.strictObject({
          ...{ id: line(64), title: line(200), text: z.string().max(4000).default('') },
          cost: z.number().int().nonnegative().default(0).describe('micro-units of money: 1000000 is one'),
          risk: z.string().max(2000).default('').describe('what may go wrong, and what is done then'),
          effects: z
            .array(z.strictObject({ metric: line(64), value: z.number(), by: line(10).describe('a day: 2027-03-31') }))
            .min(1)
            .max(10),
        }),
      )
      .min(1)
      .max(5),
    recommend: line(64).describe('id of an option'),
    evidence: z.array(line(100)).min(1).max(50).describe('cases (C-1), operations (OP-2), metrics, targets'),
  }),
  (desk, args) => desk.propose(args),
);

/** All of them, whatever the run is about. */
export const DESK_TOOLS: readonly SeatTool[] = [...TOOLS, TASK, SEND, PROPOSE];

/** The customer of a case that was opened for a gap is its target. */
const isGap = ({ briefing }: Desk): boolean => briefing.case?.customer.startsWith('target/') ?? false;

/** The tools that make sense in this run. */
export const deskTools = (desk: Desk): SeatTool[] => [
  ...(desk.briefing.case === null ? [] : TOOLS),
  ...(desk.briefing.task === null ? [] : [TASK]),
  ...(isGap(desk) ? [PROPOSE] : []),
  SEND,
  ...memoryTools(desk.briefing.case !== null),
];
