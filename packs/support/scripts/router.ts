import { type BriefingTask, type Desk, defineScript, type Report } from '@reeve/workers';
import { score, topicOfArea } from './lib/classify.ts';
import { AREA, type Area, SPECIALIST, type Topic } from './lib/topics.ts';
import { contextOf, type SpecialistReport } from './lib/work.ts';

const FINISHED = new Set(['completed', 'done', 'declined', 'cancelled']);

/** Gives each task to the specialist whose topic it is; gathers the reports and hands them up as one. */
export default defineScript(async (desk) => {
  switch (desk.briefing.message.type) {
    case 'task':
      return distribute(desk);
    case 'report':
      return gather(desk);
    case 'escalation':
    case 'complaint':
      await desk.escalate({
        reason: desk.briefing.message.text || 'Handed to the router without a task.',
        to: 'operator',
      });
      return { outcome: 'Passed to the operator.' };
    default:
      return { outcome: `Nothing to do for a message of type ${desk.briefing.message.type}.` };
  }
});

/** One task for a simple matter; parallel tasks for a complaint about several areas. */
async function distribute(desk: Desk): Promise<Report> {
  const context = contextOf(desk);
  const parts = context.topic === 'complaint' ? complaintParts(context.text, context.areas) : simplePart(context.topic);
  if (parts.length === 0) return handUp(desk, [nobody(`No specialist takes "${context.topic}".`)]);
  const given = desk.briefing.task?.packet;
  for (const part of parts) {
    const sent = await desk.delegate({
      to: SPECIALIST[part.area],
      packet: {
        subproblem: `Settle the part about "${part.topic}"${context.orders.length > 0 ? ` on ${context.orders.join(', ')}` : ''}.`,
        context: { ...context, topic: part.topic },
        tried: [...(given?.tried ?? []), 'Routed by topic.'],
        output: given?.output ?? 'A report with outcome, message, effects and evidence.',
        success: given?.success ?? 'The order database shows what the message says.',
      },
    });
    if (!sent.ok) return handUp(desk, [nobody(`${SPECIALIST[part.area]} could not take the task: ${sent.message}`)]);
  }
  return { outcome: `Delegated to ${parts.map((part) => SPECIALIST[part.area]).join(', ')}.` };
}

interface Part {
  readonly area: Area;
  readonly topic: Topic;
}

function simplePart(topic: Topic): Part[] {
  const area = AREA[topic];
  return area ? [{ area, topic }] : [];
}

function complaintParts(text: string, areas: readonly Area[]): Part[] {
  const scores = score('', text);
  return areas.flatMap((area) => {
    const topic = topicOfArea(scores, area);
    return topic ? [{ area, topic }] : [];
  });
}

/** When the last specialist has reported, everything goes up together: the customer gets one answer. */
async function gather(desk: Desk): Promise<Report> {
  const tasks = desk.briefing.case?.tasks ?? [];
  const mine = tasks.filter(
    (task) => task.from === desk.briefing.seat.id && sinceMyTask(tasks, task, desk.briefing.seat.id),
  );
  const open = mine.filter((task) => !FINISHED.has(task.status) && task.report === null);
  if (open.length > 0) return { outcome: `Waiting for ${open.map((task) => task.to).join(', ')}.` };
  const parts = mine.flatMap((task) => (task.report ? [task.report as unknown as SpecialistReport] : []));
  return handUp(desk, parts.length > 0 ? parts : [nobody('No specialist left a report.')]);
}

/** Tasks handed out since the router's latest own task; earlier rounds (before a customer's reply) are history. */
function sinceMyTask(tasks: readonly BriefingTask[], task: BriefingTask, seat: string): boolean {
  const own = tasks.filter((other) => other.to === seat).at(-1);
  return own === undefined || numberOf(task.id) > numberOf(own.id);
}

const numberOf = (id: string): number => Number(id.replace(/\D/g, ''));

const nobody = (question: string): SpecialistReport => ({
  outcome: 'needs-operator',
  message: '',
  question,
  effects: [],
  evidence: [],
});

async function handUp(desk: Desk, parts: readonly SpecialistReport[]): Promise<Report> {
  const done = await desk.completeTask({ report: { parts } });
  return { outcome: done.ok ? `Handed up ${parts.length} report(s).` : `Could not hand up: ${done.message}` };
}
