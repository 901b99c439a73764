/**
 * What the model of the claims desk says, turn by turn, as its provider gives it over the wire: it judges a claim and gives the
 * payment away, resolves the case when the payment is reported, and closes it when somebody else has looked.
 */
import type { FakeAnswer, FakeRequest } from '@reeve/workers/fake-provider';
import { hasKey, lastDone, use } from '../parts.ts';

type Turns = readonly ((request: FakeRequest, said: string) => FakeAnswer)[];

const report = (outcome: string, evidence: readonly string[] = []): FakeAnswer => use('report', { outcome, evidence });

/** The first number that stands beside a name in what the model was told; 0 when there is none. */
const numberOf = (said: string, name: string): number => Number(new RegExp(`${name}\\W+(\\d+)`).exec(said)?.[1] ?? 0);
const orderIn = (said: string): string => /K-\d+/.exec(said)?.[0] ?? '';
const paidBack = (said: string): string | undefined => /refund\W+(OP-\d+)/.exec(said)?.[1];

const JUDGE: Turns = [
  (_, said) => use('orders_get', { order_id: orderIn(said) }),
  (_, said) => {
    const owed = numberOf(said, 'paid') - numberOf(said, 'refunded');
    const finding = 'It leaks, so it is not what was sold; nothing was paid back yet.';
    return use('claims_assess', { order_id: orderIn(said), finding, owed, _why: finding, _confidence: 0.95 });
  },
  (_, said) => {
    const [order_id, owed] = [orderIn(said), numberOf(said, 'owed')];
    const packet = {
      subproblem: `Pay back what is owed on order ${order_id}`,
      context: { order_id, owed },
      output: 'The operation that paid it',
      success: 'The order shows it as refunded.',
    };
    return use('case_delegate', { to: 'payments', packet });
  },
  (request) => report('Assessed; the payments desk is to pay it back.', [lastDone(request)]),
];

const CONCLUDE: Turns = [
  (_, said) => {
    const operation = paidBack(said);
    if (operation === undefined) return use('case_escalate', { reason: 'The payment was not made.' });
    return use('case_resolve', { summary: 'What was owed was paid back.', evidence: [operation] });
  },
  () => report('Told how the payment ended.'),
];

const CLOSE: Turns = [() => use('case_close', { learned: 'K-100 leaks.' }), () => report('Closed.')];

const BY_MESSAGE: Readonly<Record<string, Turns>> = { assign: JUDGE, report: CONCLUDE, verified: CLOSE };

/** The wire's answer to one request of the claims desk. */
export function clerk(request: FakeRequest): FakeAnswer {
  if (!hasKey(request)) return { status: 401 };
  const said = JSON.stringify(request.body.messages).replaceAll('\\', '');
  const turns = BY_MESSAGE[/"message": \{.*?"type": "(\w+)"/.exec(said)?.[1] ?? ''];
  const turn = turns?.[request.turn];
  return turn ? turn(request, said) : report('Nothing to do.');
}
