import { defineScript } from '@reeve/workers';

/** Takes what no rule of the pack has sent to a specialist, and writes to customers what routing wants them to know. */
export default defineScript(async (desk) => {
  const { message, case: work } = desk.briefing;
  if (!work) return { outcome: 'No case on this message; nothing to do.' };
  if (typeof message.data.answer === 'string') {
    const content = message.data.answer;
    const told = await desk.request({ capability: 'notes.write', args: { path: `${work.id}/told.md`, content } });
    return {
      outcome: told.status === 'done' ? `Told the customer of ${work.id}.` : `Could not tell him: ${told.status}.`,
    };
  }
  if (message.type !== 'assign') return { outcome: `Nothing to do for a message of type ${message.type}.` };
  const asked = await desk.escalate({ reason: 'It fits none of our specialists.' });
  return { outcome: asked.ok ? `${work.id} is with the head of the desk.` : asked.message };
});
