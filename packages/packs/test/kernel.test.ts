import { fileURLToPath } from 'node:url';
import { CONNECTORS } from '@reeve/connectors';
import { createState, type Reply, type State, step } from '@reeve/kernel';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadPack } from '../src/index.ts';

const inputs = { now: 1000, entropy: 'x' };
const owner = { principal: 'owner' };
const system = { principal: 'system' };
const body = 'We have received your message and will answer within a day, with the result.';
let state: State;

const act = (number: number, args: Record<string, unknown>) => {
  const command = { kind: 'operation.request', body: { capability: 'mail.send', case: 'C-1', args } };
  return step(state, { id: '', kind: 'run.act', actor: system, body: { run: 'R-1', step: number, command } }, inputs);
};
const verdict = (result: { records: readonly { kind: string; body: unknown }[] }) =>
  result.records.flatMap((r) => (r.kind === 'operation.decided' ? [(r.body as { verdict: string }).verdict] : []));

beforeAll(async () => {
  const loaded = await loadPack(fileURLToPath(new URL('../../../packs/support', import.meta.url)), {
    connectors: CONNECTORS,
  });
  if (!loaded.ok) throw new Error('the support pack does not load');
  state = createState('acme');
  const definition = loaded.pack.definition;
  const replies: Reply[] = [
    step(
      state,
      { id: 'a', kind: 'organisation.apply', actor: owner, body: { base: '', reason: 'first', definition } },
      inputs,
    ).reply,
    step(
      state,
      { id: 'b', kind: 'case.open', actor: owner, body: { subject: 'Lost', customer: 'a@b.example' } },
      inputs,
    ).reply,
    step(state, { id: '', kind: 'run.start', actor: system, body: { seat: 'front-desk', worker: 'w' } }, inputs).reply,
  ];
  if (replies.some((reply) => !reply.ok)) throw new Error(JSON.stringify(replies));
});

describe('the support pack in the kernel', () => {
  it('admits a mail to the customer of the case', () => {
    expect(verdict(act(1, { to: 'a@b.example', subject: '[C-1] We have your message', body }))).toEqual(['allow']);
  });

  it('refuses a mail to anybody else (R-B5)', () => {
    expect(verdict(act(2, { to: 'x@evil.example', subject: '[C-1] We have your message', body }))).toEqual(['deny']);
  });

  it('[KER4] answers a repeated step from the ledger without a second record', () => {
    const again = act(1, { to: 'a@b.example', subject: '[C-1] We have your message', body });
    expect(again.records).toEqual([]);
    expect(again.reply).toMatchObject({ ok: true, repeated: true, result: { operation: 'OP-1' } });
  });
});
