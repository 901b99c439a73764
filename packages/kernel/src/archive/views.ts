import { reject } from '../core/rejection.ts';
import type { State } from '../core/state.ts';

/** [ARC3] Was there such a thing, though it is not in memory any more? Ids are counters, so this needs no memory. */
export function existed(state: State, id: string): boolean {
  const match = /^([A-Z]+)-([1-9]\d{0,14})$/.exec(id);
  return match !== null && Number(match[2]) <= (state.counters[match[1]!] ?? 0);
}

/** A decision about something that has left memory. */
export function archived(what: string, id: string): never {
  reject('conflict', `${what} ${id} is over and archived: it can be read, not changed`, {
    rule: 'ARC3',
    hint: 'open a case that follows it (`follows`)',
  });
}
