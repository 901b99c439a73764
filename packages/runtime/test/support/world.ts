/** A small organisation on real parts: kernel, runtime, ledger; its one tool is a counter book that deduplicates by key. */
import { type Call, type CallResult, type Tool, ToolError } from '@reeve/connectors';
import { type Definition, definition } from '@reeve/kernel';
import type { Store } from '@reeve/ledger';
import { memoryStore } from '@reeve/ledger/memory';
import { type Desk, type OccupantOf, scriptOccupant } from '@reeve/workers';
import { onTestFinished } from 'vitest';
import { openRuntime, type Runtime, type RuntimeOptions, type ToolHost } from '../../src/index.ts';

export const OWNER = { principal: 'owner' };
export const BOSS = { principal: 'anna', seat: 'boss' };

const right = (capability: string) => ({ capability });
const entry = { entry: 'string' } as const;

/** `book.write` is verified by a read and can be undone; `book.note` is neither; `book.slow` settles by asking. */
export const DEFINITION: Definition = definition.parse({
  name: 'Test',
  settings: { intake: 'clerk', earned: ['book.*'] },
  units: [{ id: 'office', title: 'Office' }],
  seats: [
    {
      ...{ id: 'boss', title: 'Boss', unit: 'office' },
      charter: { purpose: 'Decide.', tier: 'executor', rights: [right('book.*')] },
      occupant: { principal: 'anna', kind: 'human' },
    },
    {
      ...{ id: 'clerk', title: 'Clerk', unit: 'office', supervisor: 'boss', runs: 3 },
      charter: { purpose: 'Write.', tier: 'executor', rights: [right('book.*')] },
      occupant: { principal: 'clerk-script', kind: 'script', script: 'clerk.ts' },
    },
  ],
  tools: [{ id: 'book', connector: 'book' }],
  capabilities: [
    { id: 'book.read', tool: 'book', effect: 'read', args: entry, timeout: 500 },
    { id: 'book.write', tool: 'book', effect: 'compensable', args: entry, settle: 'native-key', timeout: 500 },
    { id: 'book.erase', tool: 'book', effect: 'compensable', args: entry, settle: 'native-key', timeout: 500 },
    { id: 'book.note', tool: 'book', effect: 'reversible', args: entry, settle: 'native-key', timeout: 200 },
    { id: 'book.ask', tool: 'book', effect: 'reversible', args: entry, settle: 'native-key', edges: ['public'] },
  ],
  contracts: [
    {
      ...{ id: 'write', capability: 'book.write', resource: '"entry/" + args.entry' },
      reads: { before: { capability: 'book.read', args: { entry: 'args.entry' } } },
      pre: [{ rule: 'fresh', that: '!reads.before.found', else: 'The entry exists.' }],
      verify: { capability: 'book.read', args: { entry: 'args.entry' } },
      post: [{ rule: 'there', that: 'after.found', else: 'The entry is not there.' }],
      compensate: { capability: 'book.erase', args: { entry: 'args.entry' } },
    },
    { id: 'erase', capability: 'book.erase' },
    { id: 'note', capability: 'book.note' },
    { id: 'ask', capability: 'book.ask', approval: { when: 'true', approvers: ['boss'] } },
  ],
});

/** What happened in the world outside, kept across restarts of the runtime. */
export class Book implements Tool {
  readonly entries = new Map<string, string>();
  readonly byKey = new Map<string, CallResult>();
  readonly calls: string[] = [];
  /** Called before and after an effect; may throw or wait. */
  before: (call: Call) => Promise<void> | void = () => {};
  after: (call: Call) => Promise<void> | void = () => {};

  async call(call: Call): Promise<CallResult> {
    const entry = String(call.args.entry);
    this.calls.push(`${call.capability.id} ${entry}`);
    await this.before(call);
    if (call.capability.effect === 'read') return { value: { found: this.entries.has(entry) } };
    const known = this.byKey.get(call.key);
    const result = known ?? this.#act(call, entry);
    this.byKey.set(call.key, result);
    await this.after(call);
    return result;
  }

  #act(call: Call, entry: string): CallResult {
    if (call.capability.id === 'book.erase') this.entries.delete(entry);
    else if (this.entries.has(entry)) throw new ToolError('deterministic', `${entry} was written twice`);
    else this.entries.set(entry, call.operation);
    return { value: { entry }, evidence: [{ kind: 'book-line', ref: `line/${entry}` }] };
  }

  async lookup(key: string): Promise<CallResult | null> {
    return this.byKey.get(key) ?? null;
  }

  async health() {
    return { ok: true, message: 'open' };
  }

  async close() {}
}

export const hostOf = (book: Tool): ToolHost => ({
  get: (id) => (id === 'book' ? book : undefined),
  use: async () => {},
  close: async () => {},
});

export interface World {
  readonly runtime: Runtime;
  readonly store: Store;
  readonly book: Book;
}

export type ClerkScript = (desk: Desk) => Promise<{ outcome: string }>;

const occupantsOf =
  (script: ClerkScript): OccupantOf =>
  (_seat, occupant) =>
    occupant.kind === 'script' ? scriptOccupant(script) : null;

export const nothing: ClerkScript = async () => ({ outcome: 'nothing' });

/** Writes the subject of the case into the book. */
export const writer: ClerkScript = async (desk) => {
  const entry = desk.briefing.case?.subject ?? '';
  const done = await desk.request({ capability: 'book.write', args: { entry } });
  return { outcome: done.status };
};

export async function world(
  options: Partial<RuntimeOptions> & { script?: ClerkScript; book?: Book; apply?: boolean } = {},
): Promise<World> {
  const { script = nothing, book = new Book(), apply = true, ...rest } = options;
  const store = options.store ?? memoryStore();
  const runtime = await openRuntime({
    ...{ org: 'acme', store, tools: hostOf(book), occupants: occupantsOf(script) },
    ...rest,
  });
  if (apply)
    await runtime.submit({
      ...{ id: 'apply', kind: 'organisation.apply', actor: OWNER },
      body: { base: '', reason: 'first', definition: DEFINITION },
    });
  return { runtime, store, book };
}

/** A world whose runtime stops at once when the test is over. */
export async function started(options: Parameters<typeof world>[0] = {}): Promise<World> {
  const made = await world(options);
  onTestFinished(() => made.runtime.stop(0));
  return made;
}

export const openCase = (runtime: Runtime, subject: string, id = `case-${subject}`) =>
  runtime.submit({ id, kind: 'case.open', actor: BOSS, body: { subject, customer: 'c@d.example' } });

/** Kinds of all records, in order. */
export async function kinds(store: Store): Promise<string[]> {
  const found: string[] = [];
  for await (const sealed of store.load(0)) found.push((JSON.parse(sealed.header) as { kind: string }).kind);
  return found;
}

export async function until(condition: () => boolean | Promise<boolean>, ms = 5000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
