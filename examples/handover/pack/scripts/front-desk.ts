import { type BriefingCase, type Desk, defineScript, type Report } from '@reeve/workers';

/** Finds the order a ticket is about and gives it to the claims desk; looks afterwards whether the money is where it should be. */
export default defineScript(async (desk) => {
  const { message, case: work } = desk.briefing;
  if (!work) return { outcome: 'No case on this message; nothing to do.' };
  if (message.type === 'assign') return triage(desk, work);
  if (message.type === 'verify') return check(desk, work);
  return { outcome: `Nothing to do for a message of type ${message.type}.` };
});

/** The order whose number stands in the ticket, if there is one. */
async function orderOf(desk: Desk, work: BriefingCase) {
  const order_id = /\bK-\d+\b/.exec(`${work.subject} ${work.text}`)?.[0] ?? 'none';
  return { order_id, read: await desk.request({ capability: 'orders.get', args: { order_id } }) };
}

async function triage(desk: Desk, work: BriefingCase): Promise<Report> {
  const { order_id, read } = await orderOf(desk, work);
  if (read.status !== 'done' || !read.result.found) {
    await desk.escalate({ reason: 'No order of ours is named in it.' });
    return { outcome: `Could not tell what ${work.id} is about.` };
  }
  await desk.classify({ topic: 'refund' });
  const given = await desk.assign({ to: 'claims', reason: `A claim about order ${order_id}, which there is.` });
  return { outcome: given.ok ? `${work.id} is with the claims desk.` : given.message, evidence: [read.operation] };
}

async function check(desk: Desk, work: BriefingCase): Promise<Report> {
  const { order_id, read } = await orderOf(desk, work);
  const refunded = read.status === 'done' ? Number(read.result.refunded ?? 0) : 0;
  const claim = await desk.request({ capability: 'claims.get', args: { order_id } });
  const owed = claim.status === 'done' ? Number(claim.result.owed ?? 0) : 0;
  const passed = owed > 0 && refunded === owed;
  const checks = [`${order_id}: ${refunded / 1_000_000} refunded, ${owed / 1_000_000} owed`];
  const done = await desk.verify({ passed, checks });
  return { outcome: done.ok ? `${passed ? 'Confirmed' : 'Rejected'} ${work.id}.` : done.message };
}
