/** `npm run bench [-- NAMES] [--runs N] [--json FILE]`: measures, prints a table, writes JSON. Nothing here asserts a time. */
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { curve } from './curve.ts';
import { desks } from './desks.ts';
import { executors } from './executors.ts';
import { engine, growth, holding } from './growth.ts';
import { http } from './http.ts';
import { kernel } from './kernel.ts';
import { ledger } from './ledger.ts';
import { type Row, table } from './lib/measure.ts';
import { machine } from './machine.ts';
import { money } from './money.ts';
import { operations } from './operations.ts';
import { postgres } from './postgres.ts';
import { provenance } from './provenance.ts';
import { routing } from './routing.ts';
import { runs } from './runs.ts';
import { scaling } from './scaling.ts';
import { memory, start } from './start.ts';
import { switches } from './switches.ts';
import { tenants } from './tenants.ts';

const BENCHES: Readonly<Record<string, (runs: number) => Promise<Row[]>>> = {
  machine,
  kernel,
  money,
  ledger,
  operations,
  curve,
  postgres,
  tenants,
  executors,
  provenance,
  routing,
  http,
  start,
  switches,
  runs,
  growth,
  engine,
  holding,
  memory,
  scaling,
  desks,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runs: { type: 'string', default: '5' }, json: { type: 'string' } },
});
const unknown = positionals.find((name) => !(name in BENCHES));
if (unknown !== undefined) {
  console.error(`there is no benchmark "${unknown}"; known are ${Object.keys(BENCHES).join(', ')}`);
  process.exit(2);
}

const rows: Row[] = [];
for (const name of positionals.length > 0 ? positionals : Object.keys(BENCHES)) {
  process.stderr.write(`measuring ${name} …\n`);
  rows.push(...(await BENCHES[name]!(Number(values.runs))));
}
console.log(
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, medians of ${values.runs} runs\n`,
);
console.log(table(rows));
if (values.json)
  writeFileSync(
    values.json,
    `${JSON.stringify({ node: process.version, at: new Date().toISOString(), rows }, null, 2)}\n`,
  );
