/**
 * `npm run crash -- [--term | --wal | --enospc | --fsync] [--cycles N | --minutes M] [--seed S] [--json]`: the real server under load, struck at
 * random moments (strikes.ts) and started again on the same directory. After each strike an auditor reads what is left.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Client, createClient } from '@reeve/protocol';
import { audit } from './audit.ts';
import { random } from './random.ts';
import { faultyDisk, MODES, type Mode, type Server, STRIKES, witnessOf } from './strikes.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PACK = join(ROOT, 'packs/support');

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

async function start(data: string): Promise<Server> {
  const port = await freePort();
  const seen = mode === 'wal' ? ['--witness', witnessOf(data), '--checkpoint-records', '50'] : [];
  const args = [join(ROOT, 'bin/reeve.js'), 'up', '--data', data, '--port', String(port), ...seen];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...disk } });
  let log = '';
  child.stderr.on('data', (chunk) => {
    log = (log + String(chunk)).slice(-4000);
  });
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
  await new Promise<void>((resolve, reject) => {
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += String(chunk);
      if (out.includes('ready http')) resolve();
    });
    void exited.then(() => reject(new Error(`the server did not start:\n${log}`)));
  });
  const token = readFileSync(join(data, 'token'), 'utf8').trim();
  return { process: child, client: createClient({ url: `http://127.0.0.1:${port}`, token }), exited };
}

interface Ticket {
  readonly subject: string;
  readonly text: string;
  readonly customer: string;
}

/** Opens cases, four at a time, until the server is gone; a ticket without an answer is sent again under the same key. */
class Load {
  readonly acknowledged = new Map<string, string>();
  readonly #tickets: readonly Ticket[];
  #next = 0;
  #unanswered: number[] = [];

  constructor(tickets: readonly Ticket[]) {
    this.#tickets = tickets;
  }

  async run(client: Client, alive: () => boolean): Promise<void> {
    await Promise.all(Array.from({ length: 4 }, () => this.#lane(client, alive)));
  }

  async #lane(client: Client, alive: () => boolean): Promise<void> {
    while (alive()) {
      const n = this.#unanswered.pop() ?? this.#next++;
      const { subject, text, customer } = this.#tickets[n % this.#tickets.length]!;
      const body = { subject: `${subject} (${n})`, text, customer };
      try {
        const { case: id } = await client.openCase(body, { idempotencyKey: `load-${n}` });
        const before = this.acknowledged.get(`load-${n}`);
        if (before !== undefined && before !== id) throw new Error(`load-${n} became ${id} after ${before}`);
        this.acknowledged.set(`load-${n}`, id);
        // Slowly enough for the organisation to work on what it has: effects are to be hit as well.
        await new Promise((resolve) => setTimeout(resolve, 60));
      } catch {
        this.#unanswered.push(n);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }
}

const { values } = parseArgs({
  options: {
    cycles: { type: 'string', default: '50' },
    minutes: { type: 'string' },
    seed: { type: 'string', default: '1' },
    term: { type: 'boolean', default: false },
    wal: { type: 'boolean', default: false },
    enospc: { type: 'boolean', default: false },
    fsync: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const cycles = Number(values.cycles);
const next = random(Number(values.seed));
const mode: Mode = MODES.find((name) => name !== 'kill' && values[name]) ?? 'kill';
const until = values.minutes === undefined ? null : performance.now() + Number(values.minutes) * 60_000;
const folder = mkdtempSync(join(process.env.REEVE_BENCH_DIR ?? tmpdir(), 'reeve-crash-'));
if (mode === 'enospc' && spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', folder]).status !== 0) {
  process.stderr.write('a small disk cannot be mounted by this user: run it as root\n');
  process.exit(2);
}
const data = join(folder, 'data');
/** What a server's environment has more when its disk is to fail. */
const disk = mode === 'fsync' ? faulty() : {};

function faulty(): Readonly<Record<string, string>> {
  try {
    return faultyDisk(folder);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exit(2);
  }
}
const tickets = readFileSync(join(PACK, 'tickets/tickets.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Ticket);
const load = new Load(tickets);
const say = (text: string) => process.stderr.write(`${text}\n`);

async function firstApply(client: Client): Promise<void> {
  const { loadPack } = await import('@reeve/packs');
  const { CONNECTORS } = await import('@reeve/connectors');
  const loaded = await loadPack(PACK, { connectors: CONNECTORS });
  if (!loaded.ok) throw new Error('the support pack does not load');
  await client.apply({ directory: PACK, base: '', digest: loaded.pack.digest, reason: 'crash test' });
}

let failures = 0;
let last = { records: 0, operations: 0, effects: 0 };
let struck = 0;
for (let cycle = 1; until === null ? cycle <= cycles : performance.now() < until; cycle++) {
  struck = cycle;
  const server = await start(data);
  if (cycle === 1) await firstApply(server.client);
  let alive = true;
  const running = load.run(server.client, () => alive);
  const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
  await pause(50 + next() * 1200);
  const notes: string[] = [];
  const strike = { server, data, next, pause, note: (text: string) => void notes.push(`, ${text}`) };
  const struckWrong = await STRIKES[mode](strike);
  alive = false;
  await running;
  const { findings: audited, ...seen } = await audit(data, load.acknowledged.values());
  const findings = [...struckWrong, ...audited];
  last = seen;
  failures += findings.length;
  for (const finding of findings) say(`cycle ${cycle}: ${finding.rule}: ${finding.detail}`);
  say(
    `cycle ${cycle}: ${load.acknowledged.size} acknowledged, ${seen.records} records, ${seen.effects} effects${notes.join('')}`,
  );
}
/** At the end the organisation may finish what it was interrupted in; then the books must be right as well. */
async function finish(): Promise<void> {
  const server = await start(data);
  for (let seq = -1, quiet = 0; quiet < 4; ) {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const head = await server.client.ledgerHead();
    quiet = head.seq === seq ? quiet + 1 : 0;
    seq = head.seq;
  }
  server.process.kill('SIGTERM');
  await server.exited;
  const { findings, ...seen } = await audit(data, load.acknowledged.values());
  last = seen;
  failures += findings.length;
  for (const finding of findings) say(`at the end: ${finding.rule}: ${finding.detail}`);
}
await finish();

const result = {
  mode,
  cycles: struck,
  seed: Number(values.seed),
  acknowledged: load.acknowledged.size,
  ...last,
  failures,
};
if (values.json) console.log(JSON.stringify(result));
else
  console.log(
    `${struck} × ${mode}: ${result.acknowledged} acknowledged cases, ${last.records} records, ${last.operations} operations, ` +
      `${last.effects} effects outside; ${failures === 0 ? 'nothing lost, nothing twice, chain valid' : `${failures} FAILURES`}`,
  );
if (mode === 'enospc' && failures === 0) spawnSync('umount', ['-l', folder]);
if (failures === 0) rmSync(folder, { recursive: true, force: true });
else say(`left for inspection: ${data}`);
process.exit(failures === 0 ? 0 : 1);
