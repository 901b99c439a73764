import { defineScript } from '@reeve/workers';
import { contextOf, finish, type Source } from './lib/brief.ts';

/** Words to machines have no place in a source that is quoted. */
const ORDERS = /\b(ignore|disregard)\b.{0,30}\binstructions\b/i;

/** Finds what is known about a topic; leaves out what is hearsay or speaks to machines, and says so. */
export default defineScript(async (desk) => {
  if (desk.briefing.message.type !== 'task')
    return { outcome: `Nothing to do for a message of type ${desk.briefing.message.type}.` };
  const { topic } = contextOf(desk).brief;
  const read = await desk.request({ capability: 'sources.find', args: { topic }, why: 'What is known' });
  const rows = read.status === 'done' ? ((read.result.rows ?? []) as Source[]) : [];
  const sources = rows.filter(({ first_hand, says }) => first_hand === 1 && !ORDERS.test(says));
  const left = rows.length - sources.length;
  const tried = [`Read ${rows.length} sources${left > 0 ? `, left out ${left} that cannot be relied on` : ''}.`];
  if (sources.length < 2)
    return finish(desk, {
      ...{ step: 'research', outcome: 'stopped', tried, evidence: [read.operation], sources },
      message: `There are ${sources.length} sources on "${topic}" that can be relied on, which is too few for an article.`,
    });
  return finish(desk, {
    ...{ step: 'research', outcome: 'done', tried, evidence: [read.operation], sources },
    message: `Found ${sources.length} sources on "${topic}".`,
  });
});
