/** The small organisation of `world.ts` with a model in the clerk's seat, over a provider on loopback. */
import { type Definition, definition, type KernelRecord } from '@reeve/kernel';
import { readHeader, type Store } from '@reeve/ledger';
import { memoryStore } from '@reeve/ledger/memory';
import type { OccupantOf } from '@reeve/workers';
import { type FakeAnswer, type FakeProvider, type FakeRequest, fakeProvider } from '@reeve/workers/fake-provider';
import { grantedTo, modelOccupant } from '@reeve/workers/model';
import { sdkModel } from '@reeve/workers/model/sdk';
import { openRuntime, type Runtime, type RuntimeOptions } from '../../src/index.ts';
import { Book, DEFINITION, hostOf, OWNER } from './world.ts';

type Provider = Definition['models'][number]['provider'];

export interface ModelWorldOptions {
  readonly answer: (request: FakeRequest) => FakeAnswer;
  readonly provider?: Provider;
  readonly stop?: Definition['seats'][number]['charter']['stop'];
  readonly change?: (draft: Definition) => void;
}

export interface ModelWorld {
  readonly provider: FakeProvider;
  readonly store: Store;
  readonly book: Book;
  readonly definition: Definition;
  /** A new owner over the same ledger. */
  open(over?: Partial<RuntimeOptions>): Promise<Runtime>;
  apply(runtime: Runtime): Promise<void>;
  /** Bodies of all records of a kind, sealed values revealed. */
  of<K extends KernelRecord['kind']>(runtime: Runtime, kind: K): Promise<Extract<KernelRecord, { kind: K }>['body'][]>;
}

const price = (unit: string, per: string) => ({
  ...{ id: unit, of: 'big', unit, price: per, per: 1_000_000, from: '2026-01-01' },
});

function modelled(url: string, { provider = 'openai-compatible', stop, change }: ModelWorldOptions): Definition {
  const draft = structuredClone(DEFINITION);
  const clerk = draft.seats.find(({ id }) => id === 'clerk')!;
  clerk.occupant = { principal: 'clerk-model', kind: 'model', model: 'big' };
  if (stop) clerk.charter.stop = stop;
  draft.models = [{ id: 'big', provider, name: 'big-1', endpoint: url }] as Definition['models'];
  draft.prices = [price('input-tokens', '$3.00'), price('output-tokens', '$15.00')] as unknown as Definition['prices'];
  change?.(draft);
  return definition.parse(draft);
}

const seated =
  (def: Definition): OccupantOf =>
  (id, occupant) => {
    const seat = def.seats.find((one) => one.id === id);
    if (!seat || occupant.kind !== 'model') return null;
    return modelOccupant({
      ...{ charter: seat.charter, occupant, cache: null, capabilities: grantedTo(def, seat) },
      pause: async () => {},
      model: (name) => {
        const found = def.models.find((one) => one.id === name)!;
        return { def: found, port: sdkModel(found, async () => undefined), pricesCached: false };
      },
    });
  };

export async function modelWorld(options: ModelWorldOptions): Promise<ModelWorld> {
  const provider = await fakeProvider(options);
  const def = modelled(provider.url, options);
  const store = memoryStore();
  const book = new Book();
  return {
    ...{ provider, store, book, definition: def },
    open: (over = {}) =>
      openRuntime({ ...{ org: 'acme', store, tools: hostOf(book), occupants: seated(def) }, ...over }),
    apply: async (runtime) => {
      const body = { base: '', reason: 'first', definition: def };
      const reply = await runtime.submit({ id: 'apply', kind: 'organisation.apply', actor: OWNER, body });
      if (!reply.ok) throw new Error(reply.rejection.message);
    },
    of: async (runtime, kind) => {
      const found: unknown[] = [];
      for await (const sealed of store.load(0))
        if (readHeader(sealed.header).kind === kind) found.push(runtime.recordOf(sealed).body);
      return found as never;
    },
  };
}

/** A process that dies at its n-th append: from then on nothing it writes lands, and nobody hears of it. */
export function dying(inner: Store, at: number, when: 'before' | 'after'): { store: Store; died: Promise<void> } {
  let appends = 0;
  let dead = () => {};
  const died = new Promise<void>((resolve) => {
    dead = resolve;
  });
  const never = new Promise<never>(() => {});
  const append: Store['append'] = async (head, epoch, records) => {
    appends += 1;
    if (appends > at) return never;
    if (appends === at && when === 'before') {
      dead();
      return never;
    }
    await inner.append(head, epoch, records);
    if (appends === at) {
      dead();
      return never;
    }
  };
  const store = Object.assign(Object.create(inner) as Store, { append });
  for (const name of ['load', 'head', 'history', 'close'] as const)
    Object.assign(store, { [name]: (inner[name] as (...a: unknown[]) => unknown).bind(inner) });
  return { store, died };
}
