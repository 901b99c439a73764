import { type Desk, defineScript, type OperationOutcome } from '@reeve/workers';
import { type Call, parseCalls } from './lib/calls.ts';

/** Tools that are no capability: thinking, and handing over. */
const IN_THE_HEAD = 'calculate';
const HAND_OVER = 'transfer_to_human_agents';

/**
 * Makes the calls the case's text lists, in order. It checks nothing itself: what it may do is for the gate to say, so a
 * model in this seat would be bounded in the same way.
 */
export default defineScript(async (desk) => {
  const calls = parseCalls(desk.briefing.case?.text ?? '');
  if (typeof calls === 'string') return { outcome: calls };
  const outcomes: OperationOutcome[] = [];
  for (const call of calls.filter(({ name }) => name !== IN_THE_HEAD && name !== HAND_OVER))
    outcomes.push(await desk.request({ capability: call.name, args: argumentsOf(desk, call) }));
  await finish(desk, calls, outcomes);
  const count = (status: OperationOutcome['status']) => outcomes.filter((each) => each.status === status).length;
  return { outcome: `${count('done')} done, ${count('refused')} refused, ${count('failed')} failed` };
});

/** Orders are read together with the customer they must belong to. */
function argumentsOf(desk: Desk, { name, arguments: given }: Call): Record<string, unknown> {
  return name === 'get_order_details' ? { ...given, customer: desk.briefing.case?.customer } : { ...given };
}

/** Hand over when a call says so, wherever it stood: afterwards the case is somebody else's. Otherwise resolve. */
async function finish(desk: Desk, calls: readonly Call[], outcomes: readonly OperationOutcome[]): Promise<void> {
  const transfer = calls.find(({ name }) => name === HAND_OVER);
  const evidence = outcomes.flatMap((each) => (each.status === 'done' ? [each.operation] : []));
  if (transfer) await desk.escalate({ reason: `Customer transferred: ${transfer.arguments.summary ?? 'no summary'}` });
  else if (evidence.length > 0)
    await desk.resolve({
      summary: `${evidence.length} of ${outcomes.length} calls made.`,
      evidence: evidence.slice(-100),
    });
  else await desk.note('Nothing could be done for this customer.');
}
