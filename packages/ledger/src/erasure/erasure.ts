import type { RecordEntry } from '@reeve/kernel';
import { canonicalText } from '../canonical.ts';
import { personalPaths, type Way } from './personal.ts';
import { markOf, openBytes, type SubjectKey, sealBytes } from './sealing.ts';

// A protected record keeps its shape: each personal value is replaced by `[sealed]`, `[sealed <mark>]`, `{}` or `[]`, and the
// body has one more field:  $sealed: { key: id, paths: JSON pointers, data: base64 }.  `data` seals the list of values, in
// the order of `paths`, for this record of this ledger alone. Header, stream and correlation hold ids only.

/** What is left of a text whose key is gone. */
export const ERASED = '[erased]';

/** The field of a body that holds what is sealed in it. */
export const SEALED = '$sealed';

interface SealedForm {
  readonly key: string;
  readonly paths: readonly string[];
  readonly data: string;
}

type Json = Record<string, unknown>;
interface Found {
  readonly pointer: string;
  readonly value: unknown;
}

/**
 * The record with its personal values sealed under the key of its subject. Pure: the same record and key give the same bytes.
 *
 * @param keyOf the key of the record's subject (see `subjectOf`), or null to leave it as it is.
 * @throws TypeError if the body is protected already.
 */
export function protect<E extends RecordEntry>(record: E, keyOf: (record: E) => SubjectKey | null): E {
  const paths = personalPaths(record.kind);
  if (paths.length === 0) return record;
  const key = keyOf(record);
  if (key === null) return record;
  const found: Found[] = [];
  let body = record.body as Json;
  if (SEALED in body) throw new TypeError(`record ${record.seq} is protected already: reveal it first`);
  for (const { steps, way } of paths) {
    body = replaceAt(body, steps, 0, '', (value, pointer) => taken(value, pointer, way, key, found)) as Json;
  }
  return found.length === 0 ? record : { ...record, body: { ...body, [SEALED]: sealedForm(record, key, found) } };
}

function taken(value: unknown, pointer: string, way: Way, key: SubjectKey, found: Found[]): unknown {
  if (isNothing(value)) return value;
  found.push({ pointer, value });
  if (Array.isArray(value)) return [];
  if (typeof value === 'object') return {};
  return way === 'name' ? `[sealed ${markOf(key, String(value))}]` : '[sealed]';
}

/** Says nothing about anybody, and is needed as it is. */
function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function sealedForm(record: RecordEntry, key: SubjectKey, found: Found[]): SealedForm {
  found.sort((a, b) => (a.pointer < b.pointer ? -1 : 1));
  const paths = found.map(({ pointer }) => pointer);
  const values = Buffer.from(canonicalText(found.map(({ value }) => value)));
  const data = Buffer.from(sealBytes(key, values, contextOf(record, key.id, paths))).toString('base64');
  return { key: key.id, paths, data };
}

/** What the sealed values belong to: they open nowhere else. */
function contextOf({ org, seq, kind }: RecordEntry, id: string, paths: readonly string[]): string {
  return canonicalText(['record', org, seq, kind, id, paths]);
}

/**
 * The record as it was before `protect`, or with `[erased]` where the key is gone. Pure.
 *
 * @param keyOf the key with this id, or null if it was destroyed.
 * @throws TypeError if the sealed values were changed, or sealed for another record: `reeve ledger verify` finds since when.
 */
export function reveal<E extends RecordEntry>(record: E, keyOf: (id: string) => SubjectKey | null): E {
  const { [SEALED]: form, ...plain } = record.body as Json;
  if (form === undefined) return record;
  const { key: id, paths, data } = form as SealedForm;
  const key = keyOf(id);
  const values = key === null ? null : openValues(record, key, paths, data);
  const body = paths.reduce<unknown>(
    (changed, pointer, i) =>
      replaceAt(changed, stepsOf(pointer), 0, '', (value) => (values === null ? erased(value) : values[i]), false),
    plain,
  );
  return { ...record, body };
}

/** Id of the key that a record's personal values are sealed under; null when nothing in it is. */
export function keyIdOf({ body }: Pick<RecordEntry, 'body'>): string | null {
  return ((body as Json)[SEALED] as SealedForm | undefined)?.key ?? null;
}

function openValues(record: RecordEntry, key: SubjectKey, paths: readonly string[], data: string): readonly unknown[] {
  const opened = openBytes(key, Buffer.from(data, 'base64'), contextOf(record, key.id, paths));
  if (opened === null) throw new TypeError(`the sealed values of record ${record.seq} were changed, or are of another`);
  return JSON.parse(Buffer.from(opened).toString('utf8')) as unknown[];
}

function erased(placeholder: unknown): unknown {
  if (Array.isArray(placeholder)) return [ERASED];
  if (typeof placeholder === 'object') return { erased: ERASED };
  return String(placeholder).replace('[sealed', '[erased');
}

/** Is there something erased in this value? What is left of an operation then must not be carried out. */
export function hasErased(value: unknown): boolean {
  if (typeof value === 'string') return /^\[erased( [0-9a-f]{12})?\]$/.test(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasErased);
}

const escaped = (step: string): string => step.replaceAll('~', '~0').replaceAll('/', '~1');
const stepsOf = (pointer: string): string[] =>
  pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

/** A copy of `value` with what is at `steps` replaced; `*` is every element, unless `wild` is false. Missing stays missing. */
function replaceAt(
  value: unknown,
  steps: readonly string[],
  at: number,
  pointer: string,
  replace: (value: unknown, pointer: string) => unknown,
  wild = true,
): unknown {
  if (at === steps.length) return replace(value, pointer);
  if (typeof value !== 'object' || value === null) return value;
  const step = steps[at] as string;
  const names = wild && step === '*' ? Object.keys(value) : Object.hasOwn(value, step) ? [step] : [];
  if (names.length === 0) return value;
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Json;
  for (const name of names) {
    const inner = replaceAt(copy[name], steps, at + 1, `${pointer}/${escaped(name)}`, replace, wild);
    Object.defineProperty(copy, name, { value: inner, writable: true, enumerable: true, configurable: true });
  }
  return copy as unknown;
}
