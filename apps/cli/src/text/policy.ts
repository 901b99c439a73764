/** Scenarios, what they leave untested, and how the authorisation matrix differs from what was agreed. */
import type { MutationReport, PolicyReport, ScenarioResult } from '@reeve/packs';
import type { Paint } from './colour.ts';
import { plural } from './quantities.ts';
import { linesOf, section } from './table.ts';

export interface PolicyParts {
  readonly directory: string;
  readonly report: PolicyReport;
  /** Undefined when nobody asked for it, or when scenarios failed. */
  readonly mutation: MutationReport | undefined;
  /** Show scenarios that passed as well, with every reason. */
  readonly verbose: boolean;
}

export function policyText({ directory, report, mutation, verbose }: PolicyParts, paint: Paint): string {
  const { results, passed, failed, coverage } = report;
  const shown = results.filter(({ differences }) => verbose || differences.length > 0);
  const count = `${plural(results.length, 'scenario')}: ${passed} passed, ${failed} failed\n`;
  return [
    shown.map((result) => scenarioText(result, paint)).join(''),
    paint(failed > 0 ? 'bad' : 'good', count.trimEnd()),
    '\n',
    `${coverage.exercised} of ${plural(coverage.rules, 'rule')} spoke in some scenario\n`,
    section(
      '  never:',
      coverage.missing.map((id) => `  ${id}`),
    ),
    mutationText(mutation, directory, paint),
  ].join('');
}

function scenarioText({ id, title, at, outcome, differences }: ScenarioResult, paint: Paint): string {
  const passed = differences.length === 0;
  const mark = passed ? paint('good', 'ok  ') : paint('bad', 'FAIL');
  const reasons = (outcome?.reasons ?? []).map(
    ({ verdict, rule, message, instead }) => `    ${verdict} ${rule}: ${message}${instead ? ` → ${instead}` : ''}`,
  );
  const head = `${mark} ${id}${title ? ` — ${title}` : ''}${passed ? '' : ` (${at.file}:${at.line})`}`;
  const verdict = outcome
    ? [`    the gate says ${outcome.verdict}${reasons.length > 0 ? ':' : ', nothing spoke'}`]
    : [];
  return [head, ...differences.map((each) => `    ${each}`), ...verdict, ...reasons]
    .map((each) => `${each}\n`)
    .join('');
}

function mutationText(mutation: MutationReport | undefined, directory: string, paint: Paint): string {
  if (!mutation) return '';
  const { mutants, survivors, backedUp } = mutation;
  const noticed = mutants - survivors.length;
  const count = `${noticed} of ${plural(mutants, 'safeguard')} would be missed if taken away`;
  const last =
    survivors.length > 0 ? `write a scenario in ${directory}/policy-tests for each that only it decides\n` : '';
  return [
    `${paint(survivors.length > 0 ? 'bad' : 'good', count)}\n`,
    section(
      '  nobody would notice without:',
      survivors.map((id) => `  ${id}`),
    ),
    section(
      '  missed by who spoke, while the verdict stays (another rule stands behind):',
      backedUp.map((id) => `  ${id}`),
    ),
    last,
  ].join('');
}

export interface GoldenParts {
  readonly directory: string;
  readonly same: boolean;
  /** Lines that went (`-`) or came (`+`), each with its seat. */
  readonly changes: readonly string[];
}

export function goldenText({ directory, same, changes }: GoldenParts, paint: Paint): string {
  if (same) return 'who may do what is as it was agreed\n';
  const lines = changes.length > 0 ? changes : ['only the heading, or what a seat could cost, reads differently'];
  const accept = `if every line is meant: reeve policy matrix ${directory} --write\n`;
  const shown = linesOf(lines.join('\n')).map((line) => paint(line.startsWith('+') ? 'good' : 'bad', line));
  return `who may do what is not what was agreed:\n${shown.map((line) => `${line}\n`).join('')}${accept}`;
}
