/** Reads `policy-tests/` of a pack: every scenario laid over what it shares, checked, each mistake with its place. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Definition } from '@reeve/kernel';
import type { z } from 'zod';
import { decodeText, openFolder, readBytes } from '../files.ts';
import { compareText, formatPath, type Path, type Problem, sortProblems } from '../problem.ts';
import { schemaProblems } from '../schema-problems.ts';
import { type Position, parseSource, positionOf, type SourceFile } from '../source.ts';
import { fitted } from './facts.ts';
import { isMapping, overlay } from './merge.ts';
import { type Scenario, scenario, scenarioFile } from './schema.ts';

/** Where scenarios are, in the pack's folder. */
export const SCENARIO_FOLDER = 'policy-tests';

/** A scenario and where it is written. */
export interface Sited {
  readonly scenario: Scenario;
  readonly at: Position;
}

export type Scenarios =
  | { readonly ok: true; readonly scenarios: readonly Sited[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Read all scenarios of the pack in `dir`. Collects every mistake; never throws for what the files hold. */
export async function readScenarios(dir: string, definition: Definition): Promise<Scenarios> {
  const folder = await openFolder(dir);
  if ('problem' in folder) return { ok: false, problems: [folder.problem] };
  const scenarios: Sited[] = [];
  const problems: Problem[] = [];
  for (const file of await filesIn(folder.root)) {
    const source = await sourceOf(folder.root, file);
    const found = 'problems' in source ? source : scenariosOf(source, definition);
    problems.push(...found.problems);
    if ('scenarios' in found) scenarios.push(...found.scenarios);
  }
  problems.push(...repeated(scenarios));
  if (problems.length > 0) return { ok: false, problems: sortProblems(problems) };
  return { ok: true, scenarios };
}

async function filesIn(root: string): Promise<string[]> {
  const entries = await readdir(join(root, SCENARIO_FOLDER)).catch(() => []);
  const files = entries.filter((name) => /\.ya?ml$/i.test(name)).sort(compareText);
  return files.map((name) => `${SCENARIO_FOLDER}/${name}`);
}

async function sourceOf(root: string, file: string): Promise<SourceFile | { problems: Problem[] }> {
  const content = await readBytes(root, file);
  if ('problem' in content) return { problems: [content.problem] };
  const decoded = decodeText(file, content.bytes);
  if ('problem' in decoded) return { problems: [decoded.problem] };
  const parsed = parseSource(file, decoded.text);
  return 'source' in parsed ? parsed.source : parsed;
}

interface Found {
  readonly scenarios: Sited[];
  readonly problems: Problem[];
}

function scenariosOf(source: SourceFile, definition: Definition): Found {
  const value = source.value ?? {};
  const parsed = scenarioFile.safeParse(value);
  if (!parsed.success) {
    const checked = { source, base: [], schema: scenarioFile as z.ZodType, value, field: '', rule: 'POL1' };
    return { scenarios: [], problems: schemaProblems(checked, parsed.error.issues) };
  }
  const { common = {}, scenarios } = parsed.data;
  const shared = { base: ['common'], value: common };
  const all = scenarios.flatMap(({ variants = [], ...own }, i) => {
    const first = { base: ['scenarios', i], value: own };
    const others = variants.map((value, j) => [shared, first, { base: [...first.base, 'variants', j], value }]);
    return [[shared, first], ...others];
  });
  const found = all.map((layers) => scenarioOf(source, layers, definition));
  return { scenarios: found.flatMap((each) => each.scenarios), problems: found.flatMap((each) => each.problems) };
}

/** A part of a scenario and where it is written. */
interface Layer {
  readonly base: Path;
  readonly value: Readonly<Record<string, unknown>>;
}

function scenarioOf(source: SourceFile, layers: readonly Layer[], definition: Definition): Found {
  const ids = layers.flatMap(({ value }) => (typeof value.id === 'string' ? [value.id] : []));
  const merged = layers.reduce<Record<string, unknown>>((below, { value }) => overlay(below, value), {});
  const top = layers.at(-1)!;
  // A variant is not what its scenario is called.
  const { title: _inherited, ...rest } = merged;
  const title = 'title' in top.value ? { title: top.value.title } : {};
  const value = { ...rest, ...title, id: ids.join('/') };
  const field = `scenarios[${value.id}]`;
  const parsed = scenario.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) => {
      const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
      const wanted = issue.code === 'unrecognized_keys' ? [...path, issue.keys[0]!] : path;
      const { base } = layers.findLast((layer) => holds(layer.value, wanted)) ?? top;
      return schemaProblems({ source, base, schema: scenario, value, field, rule: 'POL1' }, [issue]);
    });
    return { scenarios: [], problems: problems.map(placed(layers)) };
  }
  const { scenario: fit, misfits } = fitted(parsed.data, definition);
  const problems = misfits.map(({ path, message, hint }): Problem => {
    const { base } = layers.findLast((layer) => holds(layer.value, path)) ?? top;
    const place = positionOf(source, [...base, ...path]);
    return { ...place, field: `${field}.${formatPath(path)}`, rule: 'POL2', message, hint };
  });
  return { scenarios: [{ scenario: fit, at: positionOf(source, [...top.base, 'id']) }], problems };
}

/** A field that no layer has is missing from the scenario, not from its last layer. */
const placed =
  (layers: readonly Layer[]) =>
  (problem: Problem): Problem =>
    layers.length > 2 && problem.message.includes('is missing')
      ? { ...problem, hint: `${problem.hint ?? ''} here, in the scenario it varies, or under "common"`.trim() }
      : problem;

function holds(value: unknown, path: Path): boolean {
  let at = value;
  for (const part of path) {
    if (Array.isArray(at) ? !(Number(part) in at) : !isMapping(at) || !Object.hasOwn(at, part)) return false;
    at = (at as Record<string | number, unknown>)[part];
  }
  return true;
}

function repeated(scenarios: readonly Sited[]): Problem[] {
  const first = new Map<string, Position>();
  return scenarios.flatMap(({ scenario: { id }, at }) => {
    const other = first.get(id);
    if (!other) first.set(id, at);
    if (!other) return [];
    const message = `the scenario "${id}" is already at ${other.file}:${other.line}`;
    return [{ ...at, field: `scenarios[${id}].id`, rule: 'POL1', message, hint: 'give one of the two another id' }];
  });
}
