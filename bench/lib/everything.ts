/** The organisation of the benchmarks with every module on that looks at each operation, case or seat. */
import { type Definition, definition } from '@reeve/kernel';
import { organisation } from './world.ts';

const GROUPINGS = ['seat', 'unit', 'lane', 'topic', 'capability'] as const;

/** A number of each kind, most of them told apart by something. */
const METRICS = [
  { id: 'asked', measure: { count: { event: 'operation.requested' } }, by: 'seat' },
  { id: 'large', measure: { count: { event: 'operation.requested', where: 'body.args.amount > 5' } }, by: 'unit' },
  {
    id: 'worked',
    measure: { ratio: { of: { event: 'operation.verified' }, to: { event: 'operation.requested' } } },
    window: '30d',
  },
  { id: 'spent', measure: { sum: { event: 'budget.settled', field: 'money' } }, window: '30d', by: 'lane' },
  { id: 'a-piece', measure: { mean: { event: 'budget.settled', field: 'money' } } },
  { id: 'slowest', measure: { percentile: { event: 'budget.settled', field: 'money', p: 90 } }, window: '7d' },
  {
    id: 'time',
    measure: {
      between: {
        from: { event: 'operation.requested' },
        to: { event: 'operation.verified' },
        of: 'operation',
        p: 90,
      },
    },
    window: '30d',
  },
  ...GROUPINGS.map((by) => ({
    id: `by-${by}`,
    measure: { count: { event: 'operation.succeeded' } },
    window: '7d',
    by,
  })),
].map((metric) => ({ title: metric.id, unit: 'number', ...metric }));

const HOURS = {
  zone: 'Europe/Berlin',
  week: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '00:00', to: '24:00' }],
};

/**
 * Twelve metrics with targets on the way to a deadline, a lane that is trusted from end to end and its kill switch, a rate, an outcome, a service,
 * hours and skills of each seat.
 */
export function everything(seats = 20): Definition {
  const plain = organisation(seats);
  return definition.parse({
    ...plain,
    seats: plain.seats.map((seat) => ({ ...seat, hours: HOURS, abilities: { skills: ['writing'], topics: ['book'] } })),
    metrics: METRICS,
    targets: METRICS.map(({ id }) => ({
      ...{ id: `enough-${id}`, metric: id, unit: 'office', owner: 'boss', value: 1, direction: 'at-least' },
      ...{ deadline: '2027-12-31', samples: 10 },
    })),
    flows: [
      {
        ...{ id: 'writing', title: 'Writing', input: ['entry', 'amount'], steps: ['write'] },
        rollout: {
          ...{ outcome: 'It is written.', metric: 'worked', start: 'end-to-end', steps: ['write'], baseline: 'boss' },
          seats: plain.seats.slice(1, 3).map(({ id }) => ({ seat: id, share: 50 })),
        },
      },
    ],
    switches: [
      {
        ...{ id: 'spends-much', title: 'Spends much', scope: 'lane', target: 'writing', metrics: ['worked'] },
        ...{
          when: 'metrics["worked"] < 1 && samples["worked"] > 1000000',
          rearm: ['anna'],
          because: 'For the measurement.',
        },
      },
    ],
    services: [{ id: 'books', seat: 'clerk-0', title: 'Books' }],
    outcomes: [{ id: 'written', when: { event: 'operation.verified' }, value: 1000 }],
    rates: [{ id: 'calm', on: ['book.*'], limit: 10_000, window: '10s' }],
  });
}
