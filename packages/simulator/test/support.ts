import { loadPlay, type Outcome, type PackName, simulate } from '../src/index.ts';

/** Play seeds of a pack; the findings of all of them, each with its seed. */
export async function findingsOf(pack: PackName, from: number, to: number): Promise<string[]> {
  const play = await loadPlay(pack);
  const found: string[] = [];
  for (let seed = from; seed <= to; seed++) {
    const outcome = await simulate({ seed, play });
    found.push(...said(outcome));
  }
  return found;
}

export const said = ({ seed, findings }: Outcome): string[] =>
  findings.map(({ rule, detail }) => `seed ${seed}: ${rule}: ${detail}`);
