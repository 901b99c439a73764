/**
 * `npm run cluster -- [--rounds N] [--organisations N] [--seed S] [--json]`: three nodes and many organisations on one
 * PostgreSQL server, under load, while owners are killed (SIGKILL) and the network between a node and the database is cut,
 * split, asymmetric or slow. At the end an auditor reads every ledger and the world outside.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Nodes, type PostgresStores, postgresKeys, postgresStores } from '@reeve/ledger/postgres';
import { type ProxyMode, type TrialServer, trialServer, withoutPostgres } from '@reeve/ledger/trial';
import { ApiProblem } from '@reeve/protocol';
import { readPack } from '@reeve/server';
import { adminToken, organisationToken, secretFrom } from '@reeve/server/cluster';
import { type Audit, auditStopped } from '../crash/audit.ts';
import { random } from '../crash/random.ts';
import { Load, PACK } from './load.ts';
import { NodeProcess } from './process.ts';
import { type Round, report, summary } from './report.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '10' },
    organisations: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    pace: { type: 'string', default: '1500' },
    json: { type: 'boolean', default: false },
  },
});
const say = (text: string) => process.stderr.write(`${text}\n`);
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const SECRET = secretFrom('the secret of a cluster that lives for one test');
/** Every second fault is a killed owner; the others break its network. */
const FAULTS: readonly (readonly [string, ProxyMode, number])[] = [
  ['cut', 'cut', 0],
  ['split', 'deaf', 0],
  ['deaf one way', 'deaf-down', 0],
  ['mute', 'deaf-up', 0],
  ['slow', 'pass', 60],
];
/** How long a fault of the network lasts, and how long an organisation may be without an owner, in milliseconds. */
const FAULT = 9000;
const GIVE_UP = 40_000;

/** As clients do: what was not available is asked for again. */
async function patiently(work: () => Promise<unknown>): Promise<void> {
  for (const since = performance.now(); ; await wait(200)) {
    const error = await work().then(
      () => null,
      (found: unknown) => found,
    );
    if (error === null) return;
    if (!(error instanceof ApiProblem && error.status === 503) || performance.now() - since > GIVE_UP) throw error;
  }
}

async function makeOrganisations(names: readonly string[], nodes: readonly NodeProcess[], load: Load): Promise<void> {
  const loaded = await readPack(PACK);
  if (!loaded.ok) throw new Error('the support pack does not load');
  const headers = { authorization: `Bearer ${adminToken(SECRET)}` };
  for (const [i, name] of names.entries()) {
    // Each node opens a third of them.
    const node = nodes[i % nodes.length]!;
    await fetch(`${node.url}/v1/organisations/${name}`, { method: 'PUT', headers });
    await fetch(`${node.url}/o/${name}/v1/status`);
    const body = { directory: PACK, base: '', digest: loaded.pack.digest, reason: 'cluster test' };
    await patiently(() => load.at(node, name).apply(body, { idempotencyKey: 'apply' }));
  }
}

async function faultOf(victim: NodeProcess, n: number): Promise<string> {
  if (n % 2 === 0) {
    await victim.end('SIGKILL');
    return 'kill -9';
  }
  const [name, mode, delay] = FAULTS[((n - 1) / 2) % FAULTS.length]!;
  victim.proxy.set(mode, delay);
  return name;
}

async function repair(victim: NodeProcess): Promise<void> {
  victim.proxy.set('pass');
  if (!victim.alive) await victim.start();
}

/** The node that owns most. */
async function busiest(nodes: readonly NodeProcess[], registry: Nodes) {
  const all = await Promise.all(nodes.map(async (victim) => ({ victim, owned: await registry.heldBy(victim.name) })));
  return all.reduce((most, one) => (one.owned.length > most.owned.length ? one : most));
}

async function playRound(n: number, nodes: readonly NodeProcess[], registry: Nodes, load: Load): Promise<Round> {
  const { victim, owned } = await busiest(nodes, registry);
  const since = performance.now();
  const fault = await faultOf(victim, n);
  const probes = owned.map((name) => load.probe(name, `probe-${n}`, GIVE_UP));
  const times = await Promise.all(fault === 'slow' ? [] : probes);
  await wait(Math.max(0, FAULT - (performance.now() - since)));
  await repair(victim);
  await wait(2000);
  return { n, fault, node: victim.name, owned: owned.length, times, acknowledged: load.total };
}

/** Waits until no organisation writes any more: what was interrupted is finished. */
async function quiet(stores: PostgresStores): Promise<void> {
  const heads = async () => JSON.stringify(await stores.database.run('SELECT sum(seq) AS seq FROM organisation'));
  for (let before = '', same = 0; same < 4; ) {
    await wait(1000);
    const now = await heads();
    same = now === before ? same + 1 : 0;
    before = now;
  }
}

async function auditAll(stores: PostgresStores, names: readonly string[], tools: string, load: Load): Promise<Audit> {
  const all: Audit[] = [];
  for (const name of names) {
    const store = await stores.store(name);
    const keys = await postgresKeys(stores.database, { org: store.id, secret: SECRET });
    const found = await auditStopped(
      { store, keys, tools: join(tools, name) },
      load.acknowledged.get(name)?.values() ?? [],
    );
    all.push({
      ...found,
      findings: found.findings.map(({ rule, detail }) => ({ rule, detail: `${name}: ${detail}` })),
    });
  }
  const sum = (of: (one: Audit) => number) => all.reduce((total, one) => total + of(one), 0);
  return {
    findings: all.flatMap(({ findings }) => findings),
    records: sum(({ records }) => records),
    operations: sum(({ operations }) => operations),
    effects: sum(({ effects }) => effects),
  };
}

async function play(server: TrialServer, home: string): Promise<number> {
  const secretFile = join(home, 'secret');
  const tools = join(home, 'tools');
  mkdirSync(tools);
  writeFileSync(secretFile, SECRET, { mode: 0o600 });
  const stores = await postgresStores({ url: server.url });
  const place = { store: server.url, home, secretFile, tools };
  const nodes = await Promise.all(['n1', 'n2', 'n3'].map((name) => NodeProcess.make({ ...place, name })));
  await Promise.all(nodes.map((node) => node.start()));
  const names = Array.from({ length: Number(values.organisations) }, (_, i) => `org-${i + 1}`);
  const options = { nodes, pace: Number(values.pace), random: random(Number(values.seed)) };
  const load = new Load({ ...options, tokenOf: (name) => organisationToken(SECRET, name) });
  await makeOrganisations(names, nodes, load);
  say(`${names.length} organisations on ${nodes.length} nodes; load begins`);
  const lanes = names.map((name) => load.run(name));
  const rounds: Round[] = [];
  const registry = new Nodes(stores.database);
  await wait(3000);
  for (let n = 0; n < Number(values.rounds); n++) {
    const round = await playRound(n, nodes, registry, load);
    rounds.push(round);
    say(report([round]));
  }
  load.stop();
  await Promise.all(lanes);
  await quiet(stores);
  await Promise.all(nodes.map((node) => node.end('SIGTERM')));
  const audit = await auditAll(stores, names, tools, load);
  await stores.close();
  await Promise.all(nodes.map(({ proxy }) => proxy.close()));
  const result = summary(rounds, audit, load);
  if (values.json) console.log(JSON.stringify(result));
  else console.log(`${report(rounds)}\n${result.words}`);
  for (const { rule, detail } of audit.findings) say(`${rule}: ${detail}`);
  for (const surprise of load.surprises) say(surprise);
  return result.failures;
}

const missing = withoutPostgres();
if (missing !== null) {
  say(missing);
  process.exit(5);
}
const home = mkdtempSync(join(process.env.REEVE_BENCH_DIR ?? tmpdir(), 'reeve-cluster-'));
const server = await trialServer();
const failures = await play(server, home).finally(() => server.remove());
if (failures === 0) rmSync(home, { recursive: true, force: true });
else say(`left for inspection: ${home}`);
process.exit(failures === 0 ? 0 : 1);
