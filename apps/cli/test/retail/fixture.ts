import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { digest } from '@reeve/kernel';
import { type Action, type Benchmark, type Database, readBenchmark, type Task } from '../../src/tau/data.ts';
import { patched } from '../../src/tau/patch.ts';
import type { Effect } from '../../src/tau/shop.ts';

const read = <T>(file: string): T =>
  JSON.parse(readFileSync(new URL(`../../../../packs/retail/data/${file}`, import.meta.url), 'utf8'));

/** The pack's own small shop as a benchmark: one task for each of its effects, each from the same beginning. */
export function fixtureBenchmark(change: (effect: Effect) => Effect = (effect) => effect): Benchmark {
  const database = read<Database>('shop.json');
  const effects = read<Effect[]>('effects.json');
  return { database, tasks: effects.map((effect, i) => taskOf(database, change(effect), `fixture-${i}`)) };
}

function taskOf(database: Database, { capability, args, changes }: Effect, id: string): Task {
  const write: Action = { name: capability, type: 'WRITE', arguments: args, error: null, patch: [...changes] };
  const user = 'ann_smith_1';
  const look: Action = { name: 'get_user_details', type: 'READ', arguments: { user_id: user }, error: null, patch: [] };
  return {
    id,
    session: { user },
    initial_db_patch: [],
    initial_hash: digest(database),
    actions: [look, write],
    final_hash: digest(patched(database, changes, id)),
  };
}

const SHARED = fileURLToPath(new URL('../../../../../shared/data', import.meta.url));

/** The public benchmark, or null (with a visible note) in a clone that has no `../shared/data`. */
export function sharedBenchmark(): Benchmark | null {
  if (existsSync(`${SHARED}/tau-retail.json`)) return readBenchmark(SHARED);
  console.warn(`note: ${SHARED} is not there, so only the pack's own small shop is tested`);
  return null;
}
