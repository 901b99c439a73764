/** Planted bugs of the kind a change of runtime, store or connectors could bring. */
import { deserialize, serialize } from 'node:v8';
import { type Call, type Tool, ToolError } from '@reeve/connectors';
import type { State } from '@reeve/kernel';
import type { SealedRecord, Store } from '@reeve/ledger';
import type { ToolHost } from '@reeve/runtime';
import type { Disk } from '../disk.ts';
import type { Seams } from '../node.ts';
import type { Random } from '../random.ts';
import type { Mutant } from './craft.ts';

/** A store whose `append` is another one. */
const appending =
  (append: (store: Store, disk: Disk, random: Random) => Store['append']): (() => Seams) =>
  () => ({ store: (store, disk, random) => ({ ...store, append: append(store, disk, random) }) });

const acknowledgedTooEarly = appending((store) => {
  let before: Promise<void> = Promise.resolve();
  return async (head, epoch, records) => {
    before = before.then(() => store.append(head, epoch, records)).catch(() => {});
  };
});

const flipped = (record: SealedRecord): SealedRecord => ({ ...record, body: record.body.replace(/[a-z]/, 'z') });

const bodyChanged = appending(
  (store, _disk, random) => (head, epoch, records) =>
    store.append(head, epoch, random.chance(0.1) ? records.map((one, i) => (i === 0 ? flipped(one) : one)) : records),
);

const unfenced = appending((store, disk) => async (_head, _epoch, records) => {
  await store.head();
  disk.memory.records.push(...records);
});

/** The first record of a batch does not get to the disk, now and then; nobody hears of it. */
const holed = appending((store, disk, random) => async (head, epoch, records) => {
  await store.append(head, epoch, records);
  if (random.chance(0.05)) disk.memory.records.splice(disk.memory.records.length - records.length, 1);
});

const lyingSync: Mutant['plant'] = () => ({
  store: (store, disk, random) => {
    const { records } = disk.memory;
    // The process before this one was told its last batches were durable; the cache of the disk is gone with it.
    if (records.length > 20 && random.chance(0.7)) records.length -= random.int(1, 3);
    return store;
  },
});

/** The first piece of a snapshot, after its length, is the state; a small one has no other. */
function forgetful(bytes: Buffer): Uint8Array {
  const end = 4 + bytes.readUInt32BE(0);
  const state = deserialize(bytes.subarray(4, end)) as State;
  for (const op of [...state.operations.operations.values()].slice(-1)) state.operations.jobs.delete(op.id);
  state.commands.clear();
  const first = serialize(state);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(first.length);
  return Buffer.concat([length, first, bytes.subarray(end)]);
}

const forgetfulSnapshot: Mutant['plant'] = () => ({
  store: (store) => ({
    ...store,
    snapshot: {
      ...store.snapshot,
      save: (seq, version, bytes) => store.snapshot.save(seq, version, forgetful(Buffer.from(bytes))),
    },
  }),
});

/** Tools that are called in another way. */
const calling =
  (call: (tool: Tool, call: Call) => ReturnType<Tool['call']>): (() => Seams) =>
  () => ({ tools: (host) => hosting(host, (tool) => ({ ...tool, call: (one) => call(tool, one) })) });

const hosting = (host: ToolHost, wrap: (tool: Tool) => Tool): ToolHost => ({
  get: (id) => {
    const tool = host.get(id);
    return tool && wrap(tool);
  },
  use: (definition) => host.use(definition),
  close: () => host.close(),
});

const again = calling(async (tool, call) => {
  if (call.capability.effect === 'read') return tool.call(call);
  try {
    return await tool.call(call);
  } catch (error) {
    if (error instanceof ToolError && !error.uncertain) throw error;
    return tool.call({ ...call, key: `${call.key}/again` });
  }
});

const rounded = calling((tool, call) => {
  const { amount } = call.args;
  return tool.call(typeof amount === 'number' ? { ...call, args: { ...call.args, amount: amount + 10_000 } } : call);
});

const lookupsFindNothing: Mutant['plant'] = () => ({
  tools: (host) =>
    hosting(host, (tool) => ({ ...tool, call: (one) => tool.call({ ...one, key: `${one.key}/${one.attempt}` }) })),
});

/** The tool is called when the lease is decided, before it is durable. */
const beforeDurable: Mutant['plant'] = () => {
  let host: ToolHost | null = null;
  return {
    tools: (tools) => {
      host = tools;
      return tools;
    },
    kernel: (kernel) => ({
      ...kernel,
      step: (state, command, inputs) => {
        const result = kernel.step(state, command, inputs);
        if (command.kind === 'operation.lease' && result.reply.ok) callAhead(host, state, command.body, inputs.now);
        return result;
      },
    }),
  };
};

function callAhead(host: ToolHost | null, state: State, body: unknown, now: number): void {
  const op = state.operations.operations.get((body as { operation: string }).operation);
  const capability = op && state.organisation.capabilities.get(op.capability);
  const tool = op && host?.get(op.tool);
  if (!op || !capability || !tool) return;
  const key = `sim/${op.id}/${op.requestedAt}`;
  const { signal } = new AbortController();
  void tool.call({ capability, args: op.args, key, operation: op.id, attempt: 1, now, signal }).catch(() => {});
}

export const PORT_MUTANTS: readonly Mutant[] = [
  {
    id: 'ack-before-durable',
    what: 'an append is reported before it is on the disk',
    by: ['admission', 'acknowledged'],
    seed: 1,
    plant: acknowledgedTooEarly,
  },
  {
    id: 'body-changed',
    what: 'now and then a record is written with another body',
    by: ['chain'],
    seed: 1,
    plant: bodyChanged,
  },
  {
    id: 'unfenced',
    what: 'the store takes appends of a deposed owner',
    by: ['chain'],
    seed: 16,
    needs: 'stall',
    plant: unfenced,
  },
  {
    id: 'record-lost',
    what: 'now and then one record of a batch does not reach the disk',
    by: ['chain', 'acknowledged'],
    seed: 1,
    plant: holed,
  },
  {
    id: 'sync-lies',
    what: 'the last records a dead process was told are durable are gone',
    by: ['lease', 'admission', 'acknowledged'],
    seed: 1,
    plant: lyingSync,
  },
  {
    id: 'torn-kept',
    what: 'a transaction without its end is kept when the store is opened',
    by: ['starved', 'acknowledged'],
    seed: 3,
    needs: 'append-torn',
    plant: () => ({ keepTorn: true }),
  },
  {
    id: 'snapshot-forgets',
    what: 'a snapshot lacks what was asked for lately',
    by: ['starved', 'acknowledged', 'replay'],
    seed: 5,
    plant: forgetfulSnapshot,
  },
  {
    id: 'called-again',
    what: 'a call that timed out is made again under another key',
    by: ['twice'],
    seed: 1,
    needs: 'tool-unclassified',
    plant: again,
  },
  {
    id: 'key-per-attempt',
    what: 'each attempt has an idempotency key of its own',
    by: ['twice'],
    seed: 1,
    plant: lookupsFindNothing,
  },
  {
    id: 'arguments-changed',
    what: 'the tool gets another amount than was decided',
    by: ['arguments'],
    seed: 1,
    plant: rounded,
  },
  {
    id: 'effect-before-lease',
    what: 'the tool is called before the lease is durable',
    by: ['lease'],
    seed: 1,
    plant: beforeDurable,
  },
  {
    id: 'timer-lost',
    what: 'now and then a timer of the runtime never fires',
    by: ['starved'],
    seed: 9,
    plant: () => ({
      clock: (clock, random) => ({
        ...clock,
        after: (ms, wake) => clock.after(ms, random.chance(0.15) ? () => {} : wake),
      }),
    }),
  },
];
