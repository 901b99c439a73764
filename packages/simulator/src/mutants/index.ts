/** Every planted bug, and the hunt for them: does the auditor have teeth? */
import type { Play } from '../packs.ts';
import { type Outcome, simulate } from '../simulate.ts';
import type { Mutant } from './craft.ts';
import { KERNEL_MUTANTS } from './kernel.ts';
import { PORT_MUTANTS } from './ports.ts';

export type { Mutant } from './craft.ts';
export const MUTANTS: readonly Mutant[] = [...KERNEL_MUTANTS, ...PORT_MUTANTS];

export interface Hunt {
  readonly mutant: Mutant;
  /** The first seed that found it, and what it found; null when all seeds were clean. */
  readonly found: Outcome | null;
  readonly tried: number;
}

/** Play seeds with the bug until one finds something. */
export async function hunt(play: Play, mutant: Mutant, start: number, most: number): Promise<Hunt> {
  for (let tried = 1; tried <= most; tried++) {
    const found = await simulate({ seed: start + tried - 1, play, seams: mutant.plant(), surely: mutant.needs });
    if (found.findings.length > 0) return { mutant, found, tried };
  }
  return { mutant, found: null, tried: most };
}
