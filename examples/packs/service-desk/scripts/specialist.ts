import { type BriefingCase, type Desk, defineScript, type Report } from '@reeve/workers';

/** What a customer says when the subject was misleading, and who it is for then. */
const REALLY = [
  { word: 'really the program', needs: { skills: ['software'], topic: 'program' } },
  { word: 'really the laptop', needs: { skills: ['hardware'], topic: 'device' } },
] as const;

/** One script for all specialists: does what it got, or hands it on with what it found out. */
export default defineScript(async (desk) => {
  const { message, case: work } = desk.briefing;
  if (!work) return { outcome: 'No case on this message; nothing to do.' };
  if (message.type === 'verified') return close(desk, work);
  if (message.type !== 'assign') return { outcome: `Nothing to do for a message of type ${message.type}.` };
  const other = REALLY.find(({ word }) => work.text.includes(word));
  return other && message.data.handover === undefined ? handOn(desk, work, other.needs) : solve(desk, work);
});

async function handOn(desk: Desk, work: BriefingCase, needs: (typeof REALLY)[number]['needs']): Promise<Report> {
  const context = { tried: ['read the whole text'], findings: [`it needs ${needs.skills.join(', ')}`] };
  const done = await desk.transfer({ reason: 'wrong_domain', needs: { ...needs, skills: [...needs.skills] }, context });
  return { outcome: done.ok ? `Handed ${work.id} on.` : `Could not hand it on: ${done.message}` };
}

async function solve(desk: Desk, work: BriefingCase): Promise<Report> {
  const args = { path: `${work.id}/done.md`, content: `Done by ${desk.briefing.seat.id}: ${work.subject}` };
  const note = await desk.request({ capability: 'notes.write', args });
  if (note.status !== 'done') return { outcome: `Could not write it down: ${note.status}.` };
  const done = await desk.resolve({ summary: 'Done.', evidence: [note.operation] });
  return { outcome: done.ok ? `Resolved ${work.id}.` : `Could not resolve it: ${done.message}` };
}

async function close(desk: Desk, work: BriefingCase): Promise<Report> {
  const done = await desk.close({});
  return { outcome: done.ok ? `Closed ${work.id}.` : `Could not close it: ${done.message}` };
}
