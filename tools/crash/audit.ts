/**
 * An auditor that trusts nobody: it reads the stopped ledger and the outside world (order database, outbox, documents)
 * and compares them by its own simple rules, without the kernel.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { type KeyStore, open, reveal, type Store, verify } from '@reeve/ledger';
import { sqliteKeys } from '@reeve/ledger/keys';
import { sqliteStore } from '@reeve/ledger/sqlite';

interface Entry {
  readonly kind: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Finding {
  readonly rule: string;
  readonly detail: string;
}

/** What the ledger says about one operation. */
interface Told {
  capability: string;
  effect: string;
  admitted: boolean;
  leased: number;
  succeeded: number;
  /** Keys the tools were given, from the evidence they left. */
  keys: string[];
}

interface LedgerView {
  readonly records: number;
  readonly cases: ReadonlySet<string>;
  readonly operations: ReadonlyMap<string, Told>;
}

/** A stopped organisation: its ledger, the keys of what is personal in it, and the folder of its tools, the world outside. */
export interface Stopped {
  readonly store: Store;
  readonly keys: KeyStore;
  readonly tools: string;
}

async function readLedger({ store, keys }: Stopped, findings: Finding[]): Promise<LedgerView> {
  const verified = await verify(store.load(0));
  if (!verified.ok) findings.push({ rule: 'chain', detail: JSON.stringify(verified.firstBad) });
  const cases = new Set<string>();
  const operations = new Map<string, Told>();
  for await (const sealed of store.load(0)) {
    const { kind, body } = reveal(open(sealed), keys.byId);
    note({ kind, body: body as Entry['body'] }, cases, operations, findings);
  }
  return { records: verified.count, cases, operations };
}

function note({ kind, body }: Entry, cases: Set<string>, operations: Map<string, Told>, findings: Finding[]): void {
  if (kind === 'case.opened') cases.add(String(body.case));
  if (!kind.startsWith('operation.')) return;
  const id = String(body.operation);
  if (kind === 'operation.requested') {
    const { capability, effect } = body as { capability: string; effect: string };
    operations.set(id, { capability, effect, admitted: false, leased: 0, succeeded: 0, keys: [] });
    return;
  }
  const told = operations.get(id);
  if (!told) {
    findings.push({ rule: 'order', detail: `${kind} of ${id}, which was never requested` });
    return;
  }
  if (kind === 'operation.decided' && body.verdict === 'allow') told.admitted = true;
  if (kind === 'operation.leased') {
    told.leased += 1;
    if (!told.admitted) findings.push({ rule: 'admission', detail: `${id} was leased without being admitted` });
  }
  if (kind === 'operation.succeeded') {
    told.succeeded += 1;
    for (const { ref } of body.evidence as { ref: string }[]) told.keys.push(ref.slice(ref.indexOf('#') + 1));
    if (told.succeeded > 1) findings.push({ rule: 'once', detail: `${id} succeeded twice on the ledger` });
  }
}

/** Refunds and replacements found in the order database, each by the operation that left it. */
function orderEffects(tools: string): Map<string, string[]> {
  const found = new Map<string, string[]>();
  // Killed before its tools were ever opened: nothing was done.
  if (!existsSync(join(tools, 'orders/orders.db'))) return found;
  const db = new DatabaseSync(join(tools, 'orders/orders.db'), { readOnly: true });
  const made = db.prepare("SELECT name FROM sqlite_schema WHERE name IN ('refunds', 'replacements')").all() as {
    name: string;
  }[];
  for (const { name: table } of made)
    for (const { operation, key } of db.prepare(`SELECT operation, key FROM ${table}`).all() as Effect[])
      if (/^OP-\d+$/.test(operation)) found.set(operation, [...(found.get(operation) ?? []), `${table} ${key}`]);
  db.close();
  return found;
}
interface Effect {
  readonly operation: string;
  readonly key: string;
}

/** Mails in the outbox: file name → what the customer sees, without the headers every message has its own of. */
function mails(tools: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const folder of ['new', 'cur']) {
    const directory = join(tools, 'mail/outbox', folder);
    if (!existsSync(directory)) continue;
    for (const name of readdirSync(directory)) {
      const text = readFileSync(join(directory, name), 'utf8');
      found.set(name, text.replace(/^(Message-ID|Date): .*$/gim, ''));
    }
  }
  return found;
}

/** The name the mailbox gives a message, worked out here once more. */
const mailName = (key: string): string => `${createHash('sha256').update(key).digest('hex').slice(0, 40)}.reeve`;

function checkOrders(tools: string, told: LedgerView, findings: Finding[]): number {
  const effects = orderEffects(tools);
  for (const [operation, traces] of effects) {
    if (traces.length > 1) findings.push({ rule: 'once', detail: `${operation} left ${traces.join(' and ')}` });
    const one = told.operations.get(operation);
    if (!one?.admitted || one.leased === 0)
      findings.push({ rule: 'admission', detail: `${traces[0]} has no admitted, leased operation ${operation}` });
  }
  return effects.size;
}

function checkMails(tools: string, told: LedgerView, findings: Finding[]): number {
  const sent = mails(tools);
  const texts = new Map<string, string>();
  for (const [name, text] of sent) {
    const twin = texts.get(text);
    if (twin) findings.push({ rule: 'once', detail: `${name} and ${twin} say the same to the same customer` });
    texts.set(text, name);
  }
  for (const [id, one] of told.operations)
    if (one.capability === 'mail.send' && one.succeeded > 0 && !one.keys.some((key) => sent.has(mailName(key))))
      findings.push({ rule: 'truth', detail: `the ledger says ${id} sent a mail; the outbox has none` });
  return sent.size;
}

export interface Audit {
  readonly findings: readonly Finding[];
  readonly records: number;
  readonly operations: number;
  readonly effects: number;
}

/** The same for an organisation in a data directory. */
export async function audit(data: string, acknowledged: Iterable<string>): Promise<Audit> {
  const store = await sqliteStore({ directory: join(data, 'ledger') });
  // What is personal is sealed; the keys are read, never made.
  const keys = await sqliteKeys(join(data, 'keys'));
  const found = await auditStopped({ store, keys, tools: join(data, 'tools') }, acknowledged);
  await keys.close();
  await store.close();
  return found;
}

/** Compare the ledger and the world of a stopped organisation. `acknowledged`: cases whose opening was answered. */
export async function auditStopped(stopped: Stopped, acknowledged: Iterable<string>): Promise<Audit> {
  const findings: Finding[] = [];
  const told = await readLedger(stopped, findings);
  for (const id of acknowledged)
    if (!told.cases.has(id)) findings.push({ rule: 'acknowledged', detail: `${id} was acknowledged and is gone` });
  const effects = checkOrders(stopped.tools, told, findings) + checkMails(stopped.tools, told, findings);
  return { findings, records: told.records, operations: told.operations.size, effects };
}
