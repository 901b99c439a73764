/** A copy of plain data (texts, numbers, lists, records): several times faster than `structuredClone`, which can do more. */
export function copyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf) as T;
  // Not by assignment: a field may be called `__proto__`.
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, copyOf(one)])) as T;
}
