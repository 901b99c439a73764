import { type BriefingCase, type Desk, defineScript, type Report } from '@reeve/workers';
import { type Check, checkEffect } from './lib/checks.ts';
import type { Effect, OrderRow, SpecialistReport } from './lib/work.ts';

/** Confirms or rejects resolutions by reading the order database; what workers say only tells it where to look. */
export default defineScript(async (desk) => {
  const { message, case: work } = desk.briefing;
  if (message.type !== 'verify' || !work) return { outcome: `Nothing to do for a message of type ${message.type}.` };
  const results = [evidenceCheck(work)];
  for (const [order_id, effects] of byOrder(effectsOf(work)))
    results.push(...(await checkOrder(desk, work, order_id, effects)));
  const failed = results.filter((result) => !result.passed);
  const checks = results
    .map((result) => `${result.passed ? 'ok' : 'FAILED'}: ${result.text}`.slice(0, 1000))
    .slice(0, 50);
  const note =
    failed.length > 0
      ? {
          note: failed
            .map((result) => result.text)
            .join(' ')
            .slice(0, 2000),
        }
      : {};
  const done = await desk.verify({ passed: failed.length === 0, checks, ...note });
  return outcomeOf(done.ok, failed.length, work.id);
});

const outcomeOf = (ok: boolean, failed: number, id: string): Report => ({
  outcome: ok ? `${failed === 0 ? 'Confirmed' : 'Rejected'} ${id}.` : `Could not record the verification of ${id}.`,
});

/** Evidence is recorded by the system when an effect happens; a resolution without any rests on words. */
const evidenceCheck = (work: BriefingCase): Check => ({
  passed: work.evidence.length > 0,
  text: `${work.evidence.length} pieces of evidence on the case`,
});

/** Claimed effects of the specialists (the router's summary repeats them, so it is left out). */
function effectsOf(work: BriefingCase): Effect[] {
  return work.tasks.flatMap((task) => {
    const report = task.report as Partial<SpecialistReport> | null;
    return Array.isArray(report?.effects) ? [...report.effects] : [];
  });
}

function byOrder(effects: readonly Effect[]): Map<string, Effect[]> {
  const map = new Map<string, Effect[]>();
  for (const effect of effects) map.set(effect.order_id, [...(map.get(effect.order_id) ?? []), effect]);
  return map;
}

async function checkOrder(
  desk: Desk,
  work: BriefingCase,
  order_id: string,
  effects: readonly Effect[],
): Promise<Check[]> {
  const args = { order_id, customer: work.customer, check: `${desk.briefing.message.id}/${work.reopened}` };
  const read = await desk.request({ capability: 'orders.audit', args, why: 'Look for myself' });
  if (read.status !== 'done') return [{ passed: false, text: `${order_id} could not be read` }];
  const order = read.result as unknown as OrderRow;
  if (!order.found) return [{ passed: false, text: `${order_id} is not an order of this customer` }];
  return effects.map((effect) => checkEffect(order, effect));
}
