/**
 * Snapshots as a row of pieces, each serialised on its own: a piece takes a few milliseconds however large the state is
 * (serialised at once, 100,000 open cases took seconds), and between two pieces others may work.
 *
 *   bytes = (length, 4 bytes, big-endian ‖ piece)*     the first piece is the state with its large collections empty
 */
import { deserialize, serialize } from 'node:v8';
import { STATE_VERSION, type State } from '@reeve/kernel';
import type { Snapshot } from '@reeve/ledger';

/**
 * A snapshot of another shape is thrown away: it is a cache, the ledger is the truth. So are those from before v8-3, which do
 * not show that whoever they say is forgotten is [RT14], and from before v8-4, in which an operation may wait for nobody [OP14].
 */
export const SNAPSHOT_VERSION = `${STATE_VERSION}/v8-4`;

/** Elements of a collection in one piece; larger collections are split. */
const PIECE = 500;
/** How deep in the state large collections are looked for. */
const DEPTH = 5;

type Key = string | number;
type Large = Map<unknown, unknown> | Set<unknown> | unknown[];
interface Piece {
  readonly path: readonly Key[];
  /** Entries of a Map, elements of a Set or a list. */
  readonly items: readonly unknown[];
}

const isLarge = (value: unknown): value is Large =>
  (Array.isArray(value) && value.length > PIECE) ||
  ((value instanceof Map || value instanceof Set) && value.size > PIECE);

const emptyLike = (value: Large): Large => {
  if (Array.isArray(value)) return [];
  return value instanceof Map ? new Map() : new Set();
};

/** The value with its large collections empty; those are added to `large`. */
function thin(value: unknown, path: readonly Key[], large: [readonly Key[], Large][]): unknown {
  if (isLarge(value)) {
    large.push([path, value]);
    return emptyLike(value);
  }
  if (path.length >= DEPTH || typeof value !== 'object' || value === null) return value;
  if (value instanceof Map)
    return new Map([...value].map(([key, part]) => [key, thin(part, [...path, key as Key], large)]));
  if (Array.isArray(value) || value instanceof Set) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, thin(part, [...path, name], large)]));
}

function* pieces(state: State): Generator<Uint8Array> {
  const large: [readonly Key[], Large][] = [];
  yield serialize(thin(state, [], large));
  for (const [path, collection] of large) {
    let items: unknown[] = [];
    for (const item of collection) {
      items.push(item);
      if (items.length < PIECE) continue;
      yield serialize({ path, items } satisfies Piece);
      items = [];
    }
    if (items.length > 0) yield serialize({ path, items } satisfies Piece);
  }
}

function framed(piece: Uint8Array): Uint8Array[] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(piece.length);
  return [length, piece];
}

/** Things in memory up to which a snapshot takes some 30 ms at most. */
const SMALL = 4000;

/** May a snapshot of it be taken between two batches? */
export const isSmall = ({ cases, operations, inbox, commands }: State): boolean =>
  cases.cases.size + operations.operations.size + inbox.messages.size + commands.size / 5 <= SMALL;

/** A snapshot at once, for small states and for when nobody waits. */
export const takeSnapshot = (state: State): Uint8Array => Buffer.concat([...pieces(state)].flatMap(framed));

/** A snapshot of a state that nobody changes meanwhile, giving way between its pieces. */
export async function takeSnapshotGently(state: State, pause: () => Promise<void>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (const piece of pieces(state)) {
    parts.push(...framed(piece));
    await pause();
  }
  return Buffer.concat(parts);
}

/** The state in a snapshot, or null when it is of another version or organisation, or cannot be read. */
export async function readSnapshot(
  snapshot: Snapshot | null,
  org: string,
  pause: () => Promise<void> = async () => {},
): Promise<State | null> {
  if (snapshot?.version !== SNAPSHOT_VERSION) return null;
  try {
    const state = await joined(snapshot.bytes, pause);
    return state.org === org && state.seq === snapshot.seq ? state : null;
  } catch {
    return null;
  }
}

async function joined(bytes: Uint8Array, pause: () => Promise<void>): Promise<State> {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let state: State | null = null;
  for (let at = 0; at < all.length; ) {
    const end = at + 4 + all.readUInt32BE(at);
    if (end > all.length) throw new RangeError('a piece is cut short');
    const piece = deserialize(all.subarray(at + 4, end)) as State | Piece;
    if (state === null) state = piece as State;
    else put(state, piece as Piece);
    at = end;
    await pause();
  }
  if (state === null) throw new RangeError('there is no piece');
  return state;
}

function put(state: State, { path, items }: Piece): void {
  const target = path.reduce<unknown>(
    (value, key) => (value instanceof Map ? value.get(key) : (value as Record<Key, unknown>)[key]),
    state,
  ) as Large;
  for (const item of items) {
    if (Array.isArray(target)) target.push(item);
    else if (target instanceof Map) target.set(...(item as [unknown, unknown]));
    else target.add(item);
  }
}
