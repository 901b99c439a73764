/** The gate alone, in memory: 20 seats, 50 rules. */
import { gate, type Operation, step } from '@reeve/kernel';
import { percentile, type Row, rate, repeated } from './lib/measure.ts';
import { appliedState, OWNER } from './lib/world.ts';

function requested() {
  const state = appliedState();
  const inputs = { now: 2, entropy: 'x' };
  const open = { subject: 'bench', customer: 'c@d.example' };
  step(state, { id: 'open', kind: 'case.open', actor: OWNER, body: open }, inputs);
  const body = { capability: 'book.write', case: 'C-1', args: { entry: 'e', amount: 1_000_000 } };
  const actor = { principal: 'p-0', seat: 'clerk-0' };
  step(state, { id: 'ask', kind: 'operation.request', actor, body }, inputs);
  return { state, op: state.operations.operations.get('OP-1') as Operation };
}

export async function kernel(runs: number): Promise<Row[]> {
  const { state, op } = requested();
  const decision = gate(state, op, 3, 'full');
  if (decision.verdict !== 'allow')
    throw new Error(`the measured operation is not allowed: ${JSON.stringify(decision)}`);
  const count = 100_000;
  const all = (): void => {
    for (let i = 0; i < count; i++) gate(state, op, 3, 'full');
  };
  all();
  const perSecond = await repeated(runs, () => rate(count, all));
  const each = Array.from({ length: count }, () => {
    const start = process.hrtime.bigint();
    gate(state, op, 3, 'full');
    return Number(process.hrtime.bigint() - start) / 1000;
  });
  const p99 = percentile(each, 99);
  return [
    {
      what: 'gate decision, 20 seats × 50 rules',
      value: perSecond,
      unit: '/s',
      target: '≥ 200,000',
      met: perSecond >= 200_000,
    },
    { what: 'gate decision p99', value: p99, unit: 'µs', target: '< 50', met: p99 < 50 },
  ];
}
