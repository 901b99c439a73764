/** How far work kept to the rules (R-C60): per category and as one score, by the formula of the SPEC [OVS50]. */
import type { State } from '../core/state.ts';
import { COMPLIANCE, type ComplianceCategory } from './definition.ts';
import { oversightOf } from './settings.ts';
import type { Numbers } from './state.ts';

export interface ComplianceLine {
  readonly category: ComplianceCategory;
  /** Percent; null while there was nothing to judge. */
  readonly value: number | null;
  /** How many were judged, and how many did not keep to the rule. */
  readonly judged: number;
  readonly failed: number;
  readonly weight: number;
}

export interface Compliance {
  readonly score: number | null;
  readonly lines: readonly ComplianceLine[];
}

const n = (numbers: Numbers, ...names: string[]): number => names.reduce((sum, name) => sum + (numbers[name] ?? 0), 0);

/** Category → how many were judged, and how many of them failed. */
const JUDGED: Readonly<Record<ComplianceCategory, (numbers: Numbers) => readonly [number, number]>> = {
  authority: (numbers) => [
    n(numbers, 'operations.decided'),
    Math.min(
      n(numbers, 'operations.decided'),
      n(numbers, 'refused.right', 'refused.separation', 'refused.policy', 'refused.provenance'),
    ),
  ],
  tracking: (numbers) => {
    const decided = n(numbers, 'operations.decided');
    return [decided, decided - n(numbers, 'operations.cased')];
  },
  decisions: (numbers) => {
    const silent = n(numbers, 'approvals.silent');
    return [silent + n(numbers, 'approvals.approved', 'approvals.rejected', 'approvals.revised'), silent];
  },
  verification: (numbers) => {
    const failed = n(numbers, 'operations.unverified');
    return [failed + n(numbers, 'operations.verified'), failed];
  },
  deadlines: (numbers) => {
    const closed = n(numbers, 'cases.closed');
    return [closed, closed - n(numbers, 'cases.met')];
  },
};

export function compliance(state: State, numbers: Numbers): Compliance {
  const weights = oversightOf(state).compliance;
  const lines = COMPLIANCE.map((category): ComplianceLine => {
    const [judged, failed] = JUDGED[category](numbers);
    const value = judged === 0 ? null : (100 * (judged - failed)) / judged;
    return { category, value, judged, failed, weight: weights[category] };
  });
  const measured = lines.filter(({ value, weight }) => value !== null && weight > 0);
  const whole = measured.reduce((sum, { weight }) => sum + weight, 0);
  const score = whole === 0 ? null : measured.reduce((sum, { value, weight }) => sum + value! * weight, 0) / whole;
  return { score, lines };
}
