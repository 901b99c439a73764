/** The rights engine beside Cedar, on the same generated worlds and requests. */
import { cedarOf } from './cedar.ts';
import { randomOf } from './random.ts';
import { reeveOf } from './reeve.ts';
import { type Request, requestOf, type World, worldOf } from './world.ts';

type Verdict = 'allow' | 'record-only' | 'defer' | 'ask' | 'deny';

/** What one of the two says: the verdict, and which policies spoke where it is not a denial. */
export interface Answer {
  readonly verdict: Verdict;
  readonly policies: readonly string[];
}

interface Disagreement {
  /** Seed of the world, and the number of the request in it. */
  readonly seed: number;
  readonly number: number;
  readonly request: Request;
  readonly reeve: Answer;
  readonly cedar: Answer;
  readonly world: World;
}

export interface Comparison {
  readonly requests: number;
  readonly worlds: number;
  /** How often Reeve gave each verdict. */
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly disagreements: readonly Disagreement[];
  /** Seconds each took for all decisions, without reading policies. */
  readonly seconds: { readonly reeve: number; readonly cedar: number };
}

/** Requests made in one world. */
const PER_WORLD = 100;
/** Enough to see what is wrong. */
const MOST_SHOWN = 10;

/** Compare decisions on `requests` generated requests; the same seed makes the same ones. */
export function compare(requests: number, seed: number): Comparison {
  const verdicts = { allow: 0, 'record-only': 0, defer: 0, ask: 0, deny: 0 };
  const disagreements: Disagreement[] = [];
  const seconds = { reeve: 0, cedar: 0 };
  let done = 0;
  let worlds = 0;
  for (; done < requests; worlds++) {
    const worldSeed = seed * 1_000_003 + worlds;
    const random = randomOf(worldSeed);
    const world = worldOf(random);
    const asked = Array.from({ length: Math.min(PER_WORLD, requests - done) }, () => requestOf(random, world));
    const reeve = timed(seconds, 'reeve', reeveOf(world), asked);
    const cedar = timed(seconds, 'cedar', cedarOf(world), asked);
    for (const [number, request] of asked.entries()) {
      const [ours, theirs] = [reeve[number]!, cedar[number]!];
      verdicts[ours.verdict] += 1;
      if (JSON.stringify(ours) === JSON.stringify(theirs) || disagreements.length >= MOST_SHOWN) continue;
      disagreements.push({ seed: worldSeed, number, request, reeve: ours, cedar: theirs, world });
    }
    done += asked.length;
  }
  return { requests: done, worlds, verdicts, disagreements, seconds };
}

function timed(
  seconds: { reeve: number; cedar: number },
  who: 'reeve' | 'cedar',
  decide: (request: Request) => Answer,
  asked: readonly Request[],
): Answer[] {
  const start = process.hrtime.bigint();
  const answers = asked.map(decide);
  seconds[who] += Number(process.hrtime.bigint() - start) / 1e9;
  return answers;
}
