import type { z } from 'zod';
import { formatPath, type Path, type Problem } from './problem.ts';
import { fieldsAt } from './schema-walk.ts';
import { positionOf, type SourceFile } from './source.ts';
import { suggestion } from './suggest.ts';

type Issue = z.core.$ZodIssue;

/** What was checked: `schema` over the value at `base` of the file; `field` names that value in messages. */
export interface Checked {
  readonly source: SourceFile;
  readonly base: Path;
  readonly schema: z.ZodType;
  readonly value: unknown;
  readonly field: string;
  /** The rule that wrong values break, when it is not the pack's own schema. */
  readonly rule?: string;
}

/** Every issue of a failed check as a problem with its place in the file. */
export function schemaProblems(checked: Checked, issues: readonly Issue[]): Problem[] {
  return issues.flatMap((issue) => flatten(issue, [])).flatMap((issue) => issueProblems(checked, issue));
}

/** Issues inside unions, with full paths: of a union that failed, only the branch that was most likely meant. */
function flatten(issue: Issue, base: readonly PropertyKey[]): Issue[] {
  const path = [...base, ...issue.path];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ ...issue, path }];
  const branches = issue.errors.map((errors) => errors.flatMap((each) => flatten(each, [])));
  const types = branches.map((branch) => branch.find(isTypeMismatch)?.expected);
  if (!types.includes(undefined)) {
    const expected = [...new Set(types)].join(' or ');
    return [{ code: 'invalid_type', expected, path, message: `expected ${expected}` }];
  }
  const best = branches.reduce((a, b) => (likelihood(b) > likelihood(a) ? b : a));
  return best.map((each) => ({ ...each, path: [...path, ...each.path] }));
}

/** The whole value is of another type than the branch takes. */
function isTypeMismatch(issue: Issue): issue is z.core.$ZodIssueInvalidType {
  return issue.code === 'invalid_type' && issue.path.length === 0;
}

/** The branch whose shallowest issue is deepest is the one that was meant; fewer issues break ties. */
function likelihood(branch: readonly Issue[]): number {
  const depths = branch.map((issue) => issue.path.length + (issue.code === 'invalid_type' ? 0 : 0.5));
  return Math.min(...depths) - branch.length / 1000;
}

function issueProblems(checked: Checked, issue: Issue): Problem[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownField(checked, path, key));
  const value = valueAt(checked.value, path);
  const key = issue.code === 'invalid_key';
  const place = positionOf(checked.source, [...checked.base, ...path], key || value === undefined);
  const field = join(checked.field, path);
  return [{ ...place, field, rule: checked.rule ?? 'PCK8', ...describe(issue, path, value) }];
}

function unknownField(checked: Checked, path: Path, key: string): Problem {
  return {
    ...positionOf(checked.source, [...checked.base, ...path, key], true),
    field: join(checked.field, [...path, key]),
    rule: checked.rule ?? 'PCK7',
    message: `there is no field "${key}" here`,
    hint: suggestion(key, fieldsAt(checked.schema, path), 'fields'),
  };
}

function describe(issue: Issue, path: Path, value: unknown): { message: string; hint: string } {
  const name = String(path.at(-1) ?? 'this');
  const wanted = expectation(issue);
  if (value === undefined && issue.code !== 'invalid_key') {
    return { message: `"${name}" is missing (${wanted})`, hint: `add "${name}: …"` };
  }
  if (issue.code === 'invalid_key') {
    return { message: `"${name}" cannot be used as a name here: ${wanted}`, hint: 'use another name' };
  }
  if (issue.code === 'invalid_value') {
    const hint = suggestion(String(value), issue.values.map(String), 'values');
    return {
      message: `${shown(value)} is not one of the allowed values: ${issue.values.map(String).join(', ')}`,
      hint,
    };
  }
  return { message: `${shown(value)} is not valid: ${wanted}`, hint: 'correct the value' };
}

function expectation(issue: Issue): string {
  if (issue.code === 'invalid_type') return `expected ${plainWords(issue.expected)}`;
  if (issue.code === 'invalid_value') return `one of ${issue.values.map(String).join(', ')}`;
  if (issue.code === 'invalid_key') return issue.issues.map((each) => each.message).join('; ');
  return issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
}

/** zod's names of types in the words of YAML. */
const WORDS: Readonly<Record<string, string>> = {
  record: 'mapping',
  object: 'mapping',
  array: 'list',
  int: 'whole number',
};

const plainWords = (types: string): string => types.replaceAll(/[a-z]+/g, (word) => WORDS[word] ?? word);

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

const join = (field: string, path: Path): string => {
  const tail = formatPath(path);
  return field === '' || tail === '' || tail.startsWith('[') ? field + tail : `${field}.${tail}`;
};
