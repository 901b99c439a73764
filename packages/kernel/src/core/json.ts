/** Nesting a body may have: deeper ones are mistakes or attacks on whatever walks them by recursion. */
const MAX_DEPTH = 100;

/**
 * Where a value says something JSON cannot (NaN, infinities, bigints, functions, Maps, cycles, …), as a path such as
 * `data.total`; null when it says nothing such. The ledger could not keep it, so no command may carry it [KER6].
 */
export function notJson(value: unknown, path = 'body', depth = 0): string | null {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return null;
  if (typeof value === 'number') return Number.isFinite(value) ? null : path;
  if (typeof value !== 'object' || depth >= MAX_DEPTH) return path;
  if (!Array.isArray(value) && Object.prototype.toString.call(value) !== '[object Object]') return path;
  for (const [name, part] of Object.entries(value)) {
    // A missing field and one that is undefined say the same; in a list it would become null.
    if (part === undefined && !Array.isArray(value)) continue;
    const found = notJson(part, path === 'body' ? name : `${path}.${name}`, depth + 1);
    if (found !== null) return found;
  }
  return null;
}
