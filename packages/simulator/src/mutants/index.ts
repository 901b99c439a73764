/** Every planted bug, and the hunt for them: does the auditor have teeth? */
import type { Play } from '../packs.ts';
import { type Outcome, simulate } from '../simulate.ts';
import type { Mutant } from './craft.ts';
import { KERNEL_MUTANTS } from './kernel.ts';
import { KEY_MUTANTS } from './keys.ts';
import { LOOP_MUTANTS } from './loop.ts';
import { PORT_MUTANTS } from './ports.ts';

export type { Mutant } from './craft.ts';
export const MUTANTS: readonly Mutant[] = [...KERNEL_MUTANTS, ...PORT_MUTANTS, ...LOOP_MUTANTS, ...KEY_MUTANTS];

export interface Hunt {
  readonly mutant: Mutant;
  /** The first seed that found it, and what it found; null when all seeds were clean. */
  readonly found: Outcome | null;
  readonly tried: number;
}

/** Does one of the rules that are about the bug find something? */
const finds = ({ by }: Mutant, { findings }: Outcome): boolean => findings.some(({ rule }) => by.includes(rule));

/** Play seeds with the bug, the one known to find it before all others, until one finds it. */
export async function hunt(play: Play, mutant: Mutant, start: number, most: number): Promise<Hunt> {
  const others = Array.from({ length: most - 1 }, (_, i) => start + i);
  for (const [i, seed] of [mutant.seed, ...others].entries()) {
    const { needs: surely, sealed, often } = mutant;
    const found = await simulate({ seed, play, seams: mutant.plant(), surely, sealed, often });
    if (finds(mutant, found)) return { mutant, found, tried: i + 1 };
  }
  return { mutant, found: null, tried: most };
}
