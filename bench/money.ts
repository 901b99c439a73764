/** What a reservation costs when there are many budgets it does not touch. */
import { type State, step } from '@reeve/kernel';
import { type Row, rate, repeated } from './lib/measure.ts';
import { appliedState, organisation } from './lib/world.ts';

const COUNT = 2000;

/** The bench organisation with so many budgets, all but one of other seats. */
function stateWith(budgets: number): State {
  const base = organisation();
  const template = base.budgets[0]!;
  const others = Array.from({ length: budgets - 1 }, (_, i) => {
    return { ...template, id: `other-${i}`, seat: `clerk-${1 + (i % 18)}` };
  });
  const state = appliedState({ ...base, budgets: [template, ...others] });
  const open = { subject: 'bench', customer: 'c@d.example' };
  step(state, { id: '', kind: 'case.open', actor: { principal: 'owner' }, body: open }, { now: 2, entropy: 'x' });
  return state;
}

let asked = 0;
function ask(state: State): void {
  for (let i = 0; i < COUNT; i++) {
    const body = { capability: 'book.write', case: 'C-1', args: { entry: `e${asked++}`, amount: 1_000_000 } };
    const actor = { principal: 'p-0', seat: 'clerk-0' };
    const { reply } = step(state, { id: '', kind: 'operation.request', actor, body }, { now: 3, entropy: 'x' });
    if (!reply.ok) throw new Error(`the measured operation was refused: ${reply.rejection.message}`);
  }
}

export async function money(runs: number): Promise<Row[]> {
  const [few, many] = [stateWith(10), stateWith(1000)];
  const measure = (state: State): Promise<number> => repeated(runs, () => rate(COUNT, () => ask(state)));
  ask(few);
  ask(many);
  const [ten, thousand] = [await measure(few), await measure(many)];
  const growth = ten / thousand;
  return [
    { what: 'request decided and money reserved, 10 budgets', value: ten, unit: '/s' },
    { what: 'the same, 1,000 budgets', value: thousand, unit: '/s' },
    { what: 'growth of its cost', value: growth, unit: '×', target: '< 1.3', met: growth < 1.3 },
  ];
}
