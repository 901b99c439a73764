/** What it costs to find the seat for a case, against the number of seats that could do it. */
import { choose, createState, type Definition, definition, type State, step } from '@reeve/kernel';
import { processorTime, type Row, repeated } from './lib/measure.ts';

const OWNER = { principal: 'owner' };
const CASES = 2000;

/** So many seats that all can do the same, and one for intake. */
function office(seats: number): Definition {
  const charter = { purpose: 'Work.', tier: 'executor' as const };
  const one = (id: string, skills: string[]) => ({
    ...{ id, title: id, unit: 'office', charter, abilities: { skills }, cases: 100_000 },
    occupant: { principal: `p-${id}`, kind: 'human' as const },
  });
  const all = Array.from({ length: seats }, (_, i) => one(`seat-${i}`, ['work']));
  const customers = { perHour: 100_000 };
  return definition.parse({
    name: 'Bench',
    settings: {
      intake: 'front',
      routing: { customers, ahead: 100_000, surge: { waiting: 100_000, backlog: 100_000 } },
    },
    units: [{ id: 'office', title: 'Office' }],
    seats: [one('front', []), ...all],
  });
}

function applied(seats: number): State {
  const state = createState('bench');
  const body = { base: '', reason: 'bench', definition: office(seats) };
  const { reply } = step(state, { id: '', kind: 'organisation.apply', actor: OWNER, body }, { now: 1, entropy: 'x' });
  if (!reply.ok) throw new Error(reply.rejection.message);
  return state;
}

const ASK = { needs: { skills: ['work'] }, customer: 'c', case: null, gave: [] };

function decide(state: State): void {
  for (let i = 0; i < CASES; i++) choose(state, { ...ASK, spread: i });
}

let opened = 0;
function open(state: State, needs: boolean): void {
  for (let i = 0; i < CASES; i++) {
    const work = needs ? { needs: { skills: ['work'] } } : {};
    const body = { subject: 'bench', customer: `c${opened++}`, ...work };
    step(state, { id: '', kind: 'case.open', actor: OWNER, body }, { now: 2, entropy: 'x' });
  }
}

const each = (runs: number, run: () => void): Promise<number> => {
  run();
  return repeated(runs, async () => processorTime(CASES, run));
};

async function at(seats: number, runs: number): Promise<Row[]> {
  const state = applied(seats);
  const alone = await each(runs, () => decide(state));
  const whole = await each(runs, () => open(state, true));
  const name = seats.toLocaleString('en-GB');
  return [
    { what: `decision, ${name} seats that can`, value: alone, unit: 'µs' },
    { what: `case opened and routed, ${name} seats`, value: whole, unit: 'µs' },
  ];
}

export async function routing(runs: number): Promise<Row[]> {
  const rows: Row[] = [];
  for (const seats of [10, 100, 1000, 10_000]) rows.push(...(await at(seats, runs)));
  const [few, most] = [rows.find(({ what }) => what.includes('1,000 seats that')), rows.at(-2)];
  const state = applied(10);
  const plain = await each(runs, () => open(state, false));
  const growth = most!.value / few!.value;
  return [
    ...rows,
    { what: 'case opened, not routed', value: plain, unit: 'µs' },
    { what: 'decision, 10,000 seats against 1,000', value: growth, unit: '×', target: '< 1.5', met: growth < 1.5 },
  ];
}
