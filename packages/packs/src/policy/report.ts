/** `reeve policy test`: scenarios against the gate, what they leave untested, and whether a missing safeguard is noticed. */
import type { Definition, State } from '@reeve/kernel';
import type { Position } from '../source.ts';
import { mutantsOf } from './mutants.ts';
import { establish, type Outcome, play, Unplayable } from './play.ts';
import type { Sited } from './read.ts';
import { rulesOf } from './rules.ts';
import type { Scenario } from './schema.ts';

/** A scenario, what came of it, and how that differs from what it expects. */
export interface ScenarioResult {
  readonly id: string;
  readonly title: string | undefined;
  readonly at: Position;
  /** Undefined when it could not be played. */
  readonly outcome: Outcome | undefined;
  /** One sentence for each difference; empty when it passed. */
  readonly differences: readonly string[];
}

export interface Coverage {
  /** Rules there are, and those that spoke in some scenario. */
  readonly rules: number;
  readonly exercised: number;
  /** Rules that never spoke, and contracts nothing was ever admitted by. */
  readonly missing: readonly string[];
}

export interface PolicyReport {
  readonly results: readonly ScenarioResult[];
  readonly passed: number;
  readonly failed: number;
  readonly coverage: Coverage;
}

/** Play every scenario. The definition must be one that the loader accepted. */
export function testPolicies(definition: Definition, scenarios: readonly Sited[]): PolicyReport {
  const established = establish(definition);
  const results = scenarios.map(({ scenario, at }): ScenarioResult => {
    const { outcome, differences } = judged(established, scenario);
    return { id: scenario.id, title: scenario.title, at, outcome, differences };
  });
  const passed = results.filter(({ differences }) => differences.length === 0).length;
  const coverage = coverageOf(definition, scenarios, results);
  return { results, passed, failed: results.length - passed, coverage };
}

function judged(established: State, scenario: Scenario): { outcome: Outcome | undefined; differences: string[] } {
  try {
    const outcome = play(established, scenario);
    return { outcome, differences: differencesOf(scenario, outcome) };
  } catch (error) {
    if (!(error instanceof Unplayable)) throw error;
    return { outcome: undefined, differences: [`cannot be played: ${error.message}`] };
  }
}

function differencesOf({ expect }: Scenario, outcome: Outcome): string[] {
  return [
    ...(outcome.verdict === expect.verdict ? [] : [`expected ${expect.verdict}, the gate says ${outcome.verdict}`]),
    ...listDifference('rule', expect.rules, outcome.rules),
    ...listDifference('broken post-condition', expect.failed, outcome.failed),
    ...answersDiffer(expect, outcome),
  ];
}

/** Refusals count one by one: that a second person was turned away as well is another fact. */
function answersDiffer(expect: Scenario['expect'], { refused, review }: Outcome): string[] {
  const [wanted, found] = [expect.refused ?? [], [...refused]].map((list) => list.join(', ') || 'none');
  return [
    ...(wanted === found ? [] : [`expected the refusals ${wanted}, there were ${found}`]),
    ...(expect.review === undefined || expect.review === review
      ? []
      : [
          `expected the review to be ${expect.review}, ${review === undefined ? 'nobody was asked' : `it is ${review}`}`,
        ]),
  ];
}

function listDifference(what: string, expected: readonly string[] | undefined, found: readonly string[]): string[] {
  if (!expected) return [];
  const missing = expected.filter((each) => !found.includes(each));
  const extra = found.filter((each) => !expected.includes(each));
  return [
    ...(missing.length > 0 ? [`expected the ${what} ${missing.join(', ')}, which did not speak`] : []),
    ...(extra.length > 0 ? [`did not expect the ${what} ${extra.join(', ')}`] : []),
  ];
}

function coverageOf(definition: Definition, scenarios: readonly Sited[], results: readonly ScenarioResult[]): Coverage {
  const rules = rulesOf(definition);
  const played = results.flatMap(({ outcome }, i) => (outcome ? [{ scenario: scenarios[i]!.scenario, outcome }] : []));
  const silent = rules.filter(({ spokeIn }) => !played.some(({ scenario, outcome }) => spokeIn(scenario, outcome)));
  const admitted = new Set(
    played.flatMap(({ scenario, outcome }) => (outcome.verdict === 'deny' ? [] : [scenario.capability])),
  );
  const never = definition.contracts.filter(({ capability }) => !admitted.has(capability));
  return {
    rules: rules.length,
    exercised: rules.length - silent.length,
    missing: [...silent.map(({ id }) => id), ...never.map(({ id }) => `${id} (never admitted)`)],
  };
}

export interface MutationReport {
  readonly mutants: number;
  /** Safeguards that no scenario misses. */
  readonly survivors: readonly string[];
  /** Safeguards whose absence changes who spoke, but no verdict: another one stands behind them. */
  readonly backedUp: readonly string[];
}

/** Take each safeguard away in turn and see whether a scenario fails. Give it scenarios that pass. */
export function mutatePolicies(definition: Definition, scenarios: readonly Sited[]): MutationReport {
  const mutants = mutantsOf(definition).map((mutant) => {
    const established = accepted(mutant.definition);
    const concerned = likeliestFirst(
      mutant.id,
      scenarios.filter(({ scenario }) => mutant.concerns(scenario)),
    );
    // Without this safeguard the organisation is not put into force at all.
    return { id: mutant.id, noticed: established === null ? 'by the verdict' : noticedBy(established, concerned) };
  });
  const ids = (noticed: Noticed) => mutants.filter((each) => each.noticed === noticed).map(({ id }) => id);
  return { mutants: mutants.length, survivors: ids('not at all'), backedUp: ids('by who spoke') };
}

/** One that notices by the verdict is enough, so those come first that expect the safeguard to speak, then what is refused. */
const likeliestFirst = (id: string, scenarios: readonly Sited[]): readonly Sited[] =>
  scenarios
    .map((sited) => ({ sited, rank: rankOf(id, sited.scenario.expect) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ sited }) => sited);

function rankOf(id: string, { rules = [], verdict }: Scenario['expect']): number {
  if (rules.includes(id)) return verdict !== 'allow' && rules.length === 1 ? 0 : 1;
  return verdict === 'allow' ? 3 : 2;
}

/** The organisation with the definition in force; null when the kernel refuses it. */
function accepted(definition: Definition): State | null {
  try {
    return establish(definition);
  } catch (error) {
    if (error instanceof Unplayable) return null;
    throw error;
  }
}

type Noticed = 'by the verdict' | 'by who spoke' | 'not at all';

function noticedBy(established: State, scenarios: readonly Sited[]): Noticed {
  let noticed: Noticed = 'not at all';
  for (const { scenario } of scenarios) {
    const { outcome, differences } = judged(established, scenario);
    if (differences.length === 0) continue;
    if (outcome === undefined || outcome.verdict !== scenario.expect.verdict || outcomeDiffers(scenario, outcome))
      return 'by the verdict';
    noticed = 'by who spoke';
  }
  return noticed;
}

/** An effect that is believed though it should not be is as bad as one that should not have been admitted; so is an answer. */
const outcomeDiffers = ({ expect }: Scenario, outcome: Outcome): boolean =>
  answersDiffer(expect, outcome).length > 0 ||
  (expect.failed !== undefined && expect.failed.length > 0 !== outcome.failed.length > 0);
