/** Planted bugs in who gets which case, found in days of an organisation that routes, shares out and merges. */
import type { State } from '@reeve/kernel';
import { type DaysOutcome, playDays } from '../days/play.ts';
import { bodyOf, during, forged, type Mutant } from './craft.ts';

/** Short, and a seed whose busy day, with its merge, lies within. */
const SEED = 3;
const DAYS = 3;
const CASES = 8;

/** All traffic of a lane goes to the seat that is named first, whatever its shares are. */
const favoured = during((state) => {
  const put = [...state.rollout.lanes.values()].flatMap(({ seats }) =>
    [...seats.values()].map((seat, i) => ({ seat, share: seat.share, spoilt: i === 0 ? 100 : 0 })),
  );
  for (const { seat, spoilt } of put) seat.share = spoilt;
  return () => {
    for (const { seat, share, spoilt } of put) if (seat.share === spoilt) seat.share = share;
  };
});

/** What a seat has handed on is given back to it in the same step. */
const givenBack: Mutant['plant'] = () => ({
  kernel: (kernel) => ({
    ...kernel,
    step: (state, command, inputs) => {
      const result = kernel.step(state, command, inputs);
      const away = result.records.find(({ kind }) => kind === 'case.transferred');
      if (!away) return result;
      const { case: id, from: to } = away.body as { case: string; from: string };
      const from = state.cases.cases.get(id)!.owner;
      const out = { away: 0, full: 0, gave: 0, unsure: 0 };
      const decision = {
        outcome: 'assigned',
        to,
        because: 'it knows it already',
        needs: { skills: [] },
        candidates: [],
      };
      const routed = { case: id, cause: 'transfer', from, ...decision, considered: 1, out };
      const more = forged(state, result, away, 'case.routed', routed);
      return forged(state, more, away, 'case.assigned', { case: id, to, from, reason: decision.because });
    },
  }),
});

const nothing = (): void => {};

/** A case is overlooked in the very step that takes its owner's seat away. */
function hidden(state: State, seats: readonly string[]): () => void {
  const one = [...state.cases.cases.values()].find(
    ({ id, owner, status }) => seats.includes(owner) && status !== 'closed' && state.cases.live.has(id),
  );
  if (!one) return nothing;
  state.cases.live.delete(one.id);
  return () => void state.cases.live.add(one.id);
}

const overlooked: Mutant['plant'] = () => ({
  kernel: (kernel) => ({
    ...kernel,
    step: (state, command, inputs) => {
      const { steps = [] } = bodyOf(command) as { steps?: readonly { seats?: readonly string[] }[] };
      const merges = command.kind === 'organisation.restructure';
      const back = merges
        ? hidden(
            state,
            steps.flatMap(({ seats = [] }) => seats),
          )
        : nothing;
      try {
        return kernel.step(state, command, inputs);
      } finally {
        back();
      }
    },
  }),
});

export const DAYS_MUTANTS: readonly Omit<Mutant, 'seed'>[] = [
  {
    id: 'shares-ignored',
    what: 'all cases of a lane go to the seat that is named first',
    by: ['share'],
    plant: favoured,
  },
  {
    id: 'given-back',
    what: 'a case that was given away comes back in the same step',
    by: ['route'],
    plant: givenBack,
  },
  { id: 'merge-overlooks', what: 'a merge leaves a case with the seat that is gone', by: ['owner'], plant: overlooked },
];

/** A few days of the support pack, with a planted bug or without. */
export const someDays = (mutant?: Omit<Mutant, 'seed'>): Promise<DaysOutcome> =>
  playDays({ pack: 'support', seed: SEED, days: DAYS, casesPerDay: CASES, seams: mutant?.plant() ?? {} });
