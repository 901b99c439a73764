/** What the examples that play a whole case have in common. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FakeAnswer, FakeProvider, FakeRequest } from '@reeve/workers/fake-provider';

/** The key the examples' provider asks for. It opens nothing else. */
export const KEY = 'example-key-not-a-real-one';

/** What is told, a line at a time. */
export type Say = (line: string) => void;

/** One call of a tool, as a reply of the model. */
export const use = (tool: string, args: Readonly<Record<string, unknown>>): FakeAnswer => ({ calls: [{ tool, args }] });

/** True for a request with the key that was stored. */
export const hasKey = ({ headers }: FakeRequest): boolean => headers.authorization === `Bearer ${KEY}`;

/** The last operation of which the model was told that it was done. */
export function lastDone({ body }: FakeRequest): string {
  const found = [...JSON.stringify(body).matchAll(/status\W+done\W+operation\W+(OP-\d+)/g)];
  return found.at(-1)?.[1] ?? '';
}

/** Looks until there is something. @throws Error after half a minute without */
export async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + 30_000; ; ) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error('nothing came of it within 30 seconds');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A copy of a pack, with the address at which the provider happens to be. @returns its folder, which is `path` */
export async function packAt(source: string, path: string, { url }: FakeProvider): Promise<string> {
  await cp(source, path, { recursive: true });
  const models = join(path, 'models.yaml');
  await writeFile(models, (await readFile(models, 'utf8')).replaceAll('http://127.0.0.1:4611/v1', url));
  return path;
}
