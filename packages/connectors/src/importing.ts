/** Files of others that become part of this process: scripts of packs, and tools of one's own. */
import { pathToFileURL } from 'node:url';

/** Set by bin/launch.js in a process that runs from the bundle, where nothing else loads TypeScript. */
const OTHERS = Symbol.for('reeve.others');

/**
 * Imports a file, which may be TypeScript; what it imports of Reeve are the modules that are running.
 * @param path absolute. @returns what it exports. @throws what the file throws when it is loaded.
 */
export async function importFile(path: string): Promise<Record<string, unknown>> {
  (globalThis as { [OTHERS]?: () => void })[OTHERS]?.();
  return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
}
