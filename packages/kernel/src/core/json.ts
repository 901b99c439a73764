/** Nesting a body may have: deeper ones are mistakes or attacks on whatever walks them by recursion. */
const MAX_DEPTH = 100;

/**
 * Where a value says something JSON cannot (NaN, infinities, bigints, functions, Maps, cycles, …), as a path such as
 * `data.total`; null when it says nothing such. The ledger could not keep it, so no command may carry it [KER6].
 */
export function notJson(value: unknown): string | null {
  const path = pathTo(value, 0);
  return path === null ? null : path.slice(1) || 'body';
}

/** `.data.total`; built only on the way out, since hardly any value has one. */
function pathTo(value: unknown, depth: number): string | null {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return null;
  if (typeof value === 'number') return Number.isFinite(value) ? null : '';
  if (typeof value !== 'object' || depth >= MAX_DEPTH) return '';
  const list = Array.isArray(value);
  if (!list && Object.prototype.toString.call(value) !== '[object Object]') return '';
  for (const name of Object.keys(value)) {
    const part = (value as Record<string, unknown>)[name];
    // A missing field and one that is undefined say the same; in a list it would become null.
    if (part === undefined && !list) continue;
    const found = pathTo(part, depth + 1);
    if (found !== null) return `.${name}${found}`;
  }
  return null;
}
