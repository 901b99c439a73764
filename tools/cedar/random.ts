/** Seeded choices: the same seed gives the same worlds and requests on every machine. */
export interface Random {
  /** A whole number from 0 to `below` - 1. */
  readonly whole: (below: number) => number;
  readonly chance: (probability: number) => boolean;
  readonly pick: <T>(list: readonly T[]) => T;
  readonly some: <T>(list: readonly T[], probability: number) => T[];
}

export function randomOf(seed: number): Random {
  const next = mulberry(seed);
  const whole = (below: number) => Math.floor(next() * below);
  const chance = (probability: number) => next() < probability;
  return {
    whole,
    chance,
    pick: (list) => list[whole(list.length)]!,
    some: (list, probability) => list.filter(() => chance(probability)),
  };
}

function mulberry(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
