// Where bundles lie, and how their sources are known again.
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';

export const bundlesOf = (root) => join(root, 'node_modules', '.cache', 'reeve-bundle');

export const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** @returns [size in bytes, when changed in milliseconds] @throws when there is no such file */
export function stampOf(path) {
  const { size, mtimeMs } = statSync(path);
  return [size, mtimeMs];
}
