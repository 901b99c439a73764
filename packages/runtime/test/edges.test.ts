/** What executors do not do, and do not believe. */
import type { Call, CallResult } from '@reeve/connectors';
import { type Definition, definition, priceVersion } from '@reeve/kernel';
import { memoryKeys } from '@reeve/ledger';
import { memoryStore } from '@reeve/ledger/memory';
import { afterEach, describe, expect, it } from 'vitest';
import type { Runtime, ToolHost } from '../src/index.ts';
import {
  BOSS,
  Book,
  type ClerkScript,
  DEFINITION,
  hostOf,
  kinds,
  OWNER,
  openCase,
  until,
  type World,
  world,
} from './support/world.ts';

const opened: Runtime[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((runtime) => runtime.stop(0)));
});

type Input = Parameters<typeof definition.parse>[0];
/** A world with another definition in force. */
async function started(change: (d: Definition) => Input, options: Parameters<typeof world>[0] = {}): Promise<World> {
  const made = await world({ ...options, apply: false });
  opened.push(made.runtime);
  await apply(made.runtime, definition.parse(change(structuredClone(DEFINITION))), '');
  return made;
}
const apply = async (runtime: Runtime, body: Definition, base: string) => {
  const reply = await runtime.submit({
    ...{ id: `apply-${body.name}-${base}`, kind: 'organisation.apply', actor: OWNER },
    body: { base, reason: 'test', definition: body },
  });
  expect(reply).toMatchObject({ ok: true });
};

const operation = (runtime: Runtime, id = 'OP-1') => runtime.read((s) => ({ ...s.operations.operations.get(id)! }));
const asks =
  (capability: string): ClerkScript =>
  async (desk) => {
    const done = await desk.request({ capability, args: { entry: `about ${desk.briefing.case?.text}` } });
    return { outcome: done.status };
  };

/** Waits until the call is given up. */
const hang = ({ signal }: Call) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('given up'))));

describe('[RT15] what names somebody who was forgotten', () => {
  const CUSTOMER = 'very.personal@mail.example';
  /** The n-th call hangs; meanwhile the case is cancelled and the customer forgotten. */
  async function forgottenAt(n: number, script: ClerkScript): Promise<World> {
    const book = new Book();
    book.before = (call) => (book.calls.length === n ? hang(call) : undefined);
    const made = await world({ book, script, keys: memoryKeys() });
    opened.push(made.runtime);
    const { runtime } = made;
    const body = { subject: 'lost', customer: CUSTOMER, text: 'my secret' };
    await runtime.submit({ id: 'c', kind: 'case.open', actor: BOSS, body });
    await until(() => book.calls.length === n);
    await runtime.submit({ id: 'x', kind: 'case.cancel', actor: BOSS, body: { case: 'C-1', reason: 'spam' } });
    const reply = await runtime.forget({ id: 'f', actor: BOSS, case: 'C-1', reason: 'asked for' });
    expect(reply.ok).toBe(true);
    await runtime.idle();
    return made;
  }

  it('is not carried out: a failure for good that says why, and no tool is called again', async () => {
    const { runtime, book } = await forgottenAt(1, asks('book.read'));
    expect(book.calls).toEqual(['book.read about my secret']);
    const op = await operation(runtime);
    expect([op.status, op.failure?.category]).toEqual(['failed', 'governance']);
    expect(op.failure?.message).toContain('was forgotten');
  });

  it('is not looked for either: what may be there is for a person to look at, and is never undone by what is left', async () => {
    const { runtime, book } = await forgottenAt(3, asks('book.write'));
    expect(book.calls.map((call) => call.split(' ')[0])).toEqual(['book.read', 'book.write', 'book.read']);
    expect((await operation(runtime)).status).toBe('escalated');
    const told = await runtime.read((s) => [...s.inbox.messages.values()].map(({ to, text }) => `${to}: ${text}`));
    expect(told.join()).toMatch(/boss: .*was forgotten/);
  });
});

describe('[RT16] a result that is not what the capability returns', () => {
  const RETURNS = { entry: 'string', line: 'integer' } as const;
  const returning = (id: string) => (d: Definition) => ({
    ...d,
    capabilities: d.capabilities.map((each) => (each.id === id ? { ...each, returns: RETURNS } : each)) as never,
  });
  /** A book whose answers are changed on their way; what it remembers under a key, too. */
  class OddBook extends Book {
    value: Record<string, unknown> = { entry: 'a', line: 'seven' };
    override async call(call: Call): Promise<CallResult> {
      const result = { ...(await super.call(call)), value: this.value };
      if (call.capability.effect !== 'read') this.byKey.set(call.key, result);
      return result;
    }
  }

  it('of a read is a failure that is not tried again', async () => {
    const book = new OddBook();
    const { runtime } = await started(returning('book.read'), { book, script: asks('book.read') });
    await openCase(runtime, 'x');
    await runtime.idle();
    const op = await operation(runtime);
    expect([op.status, op.failure?.category, book.calls.length]).toEqual(['failed', 'deterministic', 1]);
    expect(op.failure?.message).toBe(
      'book.read answered, but not with what it returns: line is missing or of another type',
    );
  });

  it('of an effect leaves an unknown outcome: looked up, not done again, and a person hears when that does not fit either', async () => {
    const book = new OddBook();
    const { runtime, store } = await started(returning('book.note'), { book, script: asks('book.note') });
    await openCase(runtime, 'x');
    await runtime.idle();
    expect([(await operation(runtime)).status, book.calls.length]).toEqual(['escalated', 1]);
    const seen = (await kinds(store)).filter((kind) => /^operation\.(lapsed|reconcil|escalated|succeeded)/.test(kind));
    expect(seen).toEqual(['operation.lapsed', 'operation.reconciling', 'operation.escalated']);
  });

  it('of an effect counts when the lookup gives one that fits; fields nobody declared and nulls are no misfit', async () => {
    const book = new OddBook();
    book.lookup = async () => ({ value: { entry: null, line: 7, colour: 'red' } });
    const { runtime } = await started(returning('book.note'), { book, script: asks('book.note') });
    await openCase(runtime, 'x');
    await runtime.idle();
    const op = await operation(runtime);
    expect([op.status, op.result]).toEqual(['succeeded', { entry: null, line: 7, colour: 'red' }]);
  });
});

it('[RT17, BUD13] priced use at the desk is charged by the table, with its version on the record, once for all plays of the run', async () => {
  const store = memoryStore();
  const script: ClerkScript = async (desk) => {
    const spent = await desk.spend({
      of: 'model-x',
      used: { 'input-tokens': 1500, 'output-tokens': 2 },
      what: 'thought',
    });
    const both = await desk.spend({ of: 'model-x', used: { calls: 1 }, money: 5, what: 'twice' });
    await desk.request({ capability: 'book.ask', args: { entry: desk.briefing.case!.subject } });
    return { outcome: JSON.stringify([spent.ok, both.ok ? '' : both.code]) };
  };
  const price = { of: 'model-x', from: '2020-01-01' };
  const prices = [
    { ...price, id: 'in', unit: 'input-tokens', price: 3_000_000, per: 1_000_000 },
    { ...price, id: 'out', unit: 'output-tokens', price: 15, per: 1 },
  ];
  const budgets = [{ id: 'all', allocation: 1_000_000, period: 'once' }];
  const { runtime } = await started((d) => ({ ...d, prices, budgets }) as never, { store, script });
  await openCase(runtime, 'x');
  await until(() => runtime.read((s) => s.governance.pending.size === 1));
  const decide = { approval: 'A-1', verdict: 'approve' };
  await runtime.submit({ id: 'd', kind: 'approval.decide', actor: BOSS, body: decide });
  await runtime.idle();
  const spent: unknown[] = [];
  for await (const sealed of store.load(0)) {
    const record = runtime.recordOf(sealed);
    if (record.kind === 'run.spent') spent.push(record.body);
    if (record.kind === 'run.finished') spent.push(record.body.report.outcome);
  }
  const version = await runtime.read(priceVersion);
  expect(spent).toMatchObject([
    {
      money: 4530,
      tokens: 1502,
      prices: [
        { version, line: 'in', money: 4500 },
        { version, line: 'out', money: 30 },
      ],
    },
    '[true,"invalid"]',
  ]);
  expect(await runtime.read((s) => s.budget.books.get('all/spent'))).toBe(4530);
});

it('[RT18] health says that the tools of a new definition could not be opened, until they can', async () => {
  const book = new Book();
  const tools: ToolHost = {
    ...hostOf(book),
    use: async ({ name }) => {
      if (name === 'Broken') throw new Error('the book is locked');
    },
  };
  const { runtime } = await world({ tools, book });
  opened.push(runtime);
  expect(runtime.health().tools).toBeNull();
  const digest = () => runtime.read((s) => s.organisation.digest);
  await apply(runtime, { ...DEFINITION, name: 'Broken' }, await digest());
  await until(() => runtime.health().tools !== null);
  expect(runtime.health()).toMatchObject({ status: 'running', reason: null, tools: 'the book is locked' });
  await apply(runtime, { ...DEFINITION, name: 'Mended' }, await digest());
  await until(() => runtime.health().tools === null);
});

it('[RT18] tools that could not be opened are tried again, so that nothing waits for them for ever', async () => {
  const book = new Book();
  let locked = 1;
  const tools: ToolHost = {
    ...hostOf(book),
    use: async ({ name }) => {
      if (name === 'Locked' && locked-- > 0) throw new Error('the book is locked');
    },
  };
  const { runtime } = await world({ tools, book });
  opened.push(runtime);
  await apply(runtime, { ...DEFINITION, name: 'Locked' }, await runtime.read((s) => s.organisation.digest));
  await until(() => runtime.health().tools === 'the book is locked');
  await until(() => runtime.health().tools === null);
  expect(locked).toBe(-1);
});
