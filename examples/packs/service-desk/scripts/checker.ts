import { defineScript } from '@reeve/workers';

/** Confirms what rests on a note, and nothing else. */
export default defineScript(async (desk) => {
  const { message, case: work } = desk.briefing;
  if (message.type !== 'verify' || !work) return { outcome: `Nothing to do for a message of type ${message.type}.` };
  const noted = work.evidence.some(({ kind }) => kind === 'notes.write');
  const done = await desk.verify({ passed: noted, checks: [noted ? 'there is a note' : 'there is no note'] });
  return { outcome: done.ok ? `Looked at ${work.id}.` : `Could not: ${done.message}` };
});
