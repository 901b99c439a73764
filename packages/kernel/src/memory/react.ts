import { type FollowUp, followUp } from '../core/context.ts';
import type { RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import { humanAbove, isHuman } from '../organisation/views.ts';

/** Who answers for what a desk holds: the human who sits there, else the nearest above. */
const ownerOf = (state: State, seat: string): string | null =>
  isHuman(state.organisation.seats.get(seat)) ? seat : humanAbove(state, seat);

/** [MEM7] Ids and keys only: what is believed about a customer stays where it is sealed. */
function ask(state: State, seat: string, text: string, beliefs: readonly string[]): FollowUp[] {
  const to = ownerOf(state, seat);
  if (to === null) return [];
  return [followUp('inbox.deliver', { to, from: seat, type: 'question', text, data: { beliefs: [...beliefs] } })];
}

const HOW = 'look at them with `reeve beliefs show`, confirm the one that holds or correct it';

export const memoryReact = {
  'belief.recorded': (state: State, { body }: RecordOf<'belief.recorded'>): FollowUp[] => {
    const { belief, seat, key, contradicts, impact, confirmed, shared } = body;
    if (contradicts.length > 0)
      return ask(state, seat, `${[...contradicts, belief].join(' and ')} say different things of "${key}": ${HOW}`, [
        ...contradicts,
        belief,
      ]);
    if (impact === 'low' || confirmed || shared) return [];
    return ask(state, seat, `${belief} may steer what "${seat}" does once it is confirmed: ${HOW}`, [belief]);
  },
  'belief.disputed': (state: State, { body }: RecordOf<'belief.disputed'>): FollowUp[] =>
    ask(state, body.seat, `${body.by} says that ${body.belief} does not hold: ${HOW}`, [body.belief]),
};
