import type { State } from '../core/state.ts';
import { damageOf, damageText } from './damage.ts';

/** The most a seat can do if it is wrong, in a sentence (R-E34); `damageOf` says it as data. */
export function maximumDamage(state: State, seatId: string): string {
  const damage = damageOf(state, seatId);
  return damage === null ? 'nothing: the seat does not exist' : damageText(damage);
}
