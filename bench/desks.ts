/** What ten versions of a desk of 15 MB take, against ten whole copies. */
import { join } from 'node:path';
import { DeskTrees, memoryKeys, personalBlobs } from '@reeve/ledger';
import { sqliteStore } from '@reeve/ledger/sqlite';
import { median, type Row, seconds } from './lib/measure.ts';
import { temporary } from './lib/world.ts';

const VERSIONS = 10;
const FILES = 300;
const SIZE = 50_000;

/** Text-like content that no compression could tell apart from another one's; the same on every machine. */
function content(length: number, seed: number): Buffer {
  const bytes = Buffer.alloc(length);
  let x = seed + 1;
  for (let i = 0; i < length; i++) {
    x = (Math.imul(x, 1_664_525) + 1_013_904_223) >>> 0;
    bytes[i] = 32 + ((x >>> 24) % 95);
  }
  return bytes;
}

/** Each version edits twelve files in the middle and adds one. */
function edited(files: Map<string, Buffer>, version: number): void {
  for (let i = 0; i < 12; i++) {
    const path = `src/f-${(version * 31 + i * 17) % FILES}`;
    const old = files.get(path)!;
    const at = (version * 7919 + i * 104_729) % old.length;
    files.set(path, Buffer.concat([old.subarray(0, at), content(40, version * 100 + i), old.subarray(at)]));
  }
  files.set(`notes/v-${version}`, content(4000, 9000 + version));
}

async function versions(directory: string) {
  const store = await sqliteStore({ directory: join(directory, 'ledger') });
  const trees = new DeskTrees(personalBlobs(store.blob, memoryKeys()));
  const files = new Map(Array.from({ length: FILES }, (_, i) => [`src/f-${i}`, content(SIZE, i)] as const));
  const given = () => [...files].map(([path, bytes]) => ({ path, bytes, about: null }));
  let [root, whole, stored]: [string | null, number, number] = [null, 0, 0];
  const times: number[] = [];
  for (let version = 0; version < VERSIONS; version++) {
    if (version > 0) edited(files, version);
    const start = process.hrtime.bigint();
    const saved = await trees.save(given(), root);
    times.push(seconds(start) * 1000);
    root = saved.root;
    whole += saved.bytes;
    stored += saved.added;
  }
  await store.close();
  return { whole, stored, first: times[0]!, later: median(times.slice(1)) };
}

export async function desks(runs: number): Promise<Row[]> {
  const found: Awaited<ReturnType<typeof versions>>[] = [];
  for (let run = 0; run < runs; run++) {
    found.push(await temporary(versions));
  }
  const of = (pick: (one: (typeof found)[number]) => number) => median(found.map(pick));
  return [
    { what: 'desk of 15 MB, ten versions: whole copies', value: of((f) => f.whole / 1e6), unit: 'MB' },
    { what: 'desk of 15 MB, ten versions: stored', value: of((f) => f.stored / 1e6), unit: 'MB' },
    { what: 'desk of 15 MB, ten versions: saved', value: of((f) => 100 * (1 - f.stored / f.whole)), unit: '%' },
    { what: 'desk of 15 MB: first snapshot', value: of((f) => f.first), unit: 'ms' },
    { what: 'desk of 15 MB: later snapshot', value: of((f) => f.later), unit: 'ms' },
  ];
}
