type Mapping = Readonly<Record<string, unknown>>;

export const isMapping = (value: unknown): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * `over` laid on `base`: mappings field by field, anything else as a whole; `null` takes a field away. What is expected is
 * never mixed from two layers: `expect` and `effect` replace.
 */
export function overlay(base: Mapping, over: Mapping): Record<string, unknown> {
  return merge(base, over, WHOLE);
}

const WHOLE: ReadonlySet<string> = new Set(['expect', 'effect']);
const NONE: ReadonlySet<string> = new Set();

function merge(base: Mapping, over: Mapping, whole: ReadonlySet<string>): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    if (value === null) delete merged[key];
    else merged[key] = isMapping(value) && isMapping(below) && !whole.has(key) ? merge(below, value, NONE) : value;
  }
  return merged;
}
