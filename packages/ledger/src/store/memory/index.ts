import { GENESIS, type Head, type SealedRecord } from '../../chain.ts';
import { type RecordHeader, readHeader } from '../../header.ts';
import { sha256Node } from '../../sha256-node.ts';
import { Deposed, HeadMismatch, StoreCorrupt } from '../errors.ts';
import type {
  BlobStore,
  CheckpointStore,
  HistoryPage,
  HistoryQuery,
  Lease,
  Snapshot,
  SnapshotStore,
  Store,
  StoredCheckpoint,
} from '../port.ts';
import { checkCheckpoint, checkDigest, closedError, type HistoryPlan, planHistory, readBatch } from '../shared.ts';
import { emptyWords, type MemoryWords, memoryWords } from './words.ts';

/** What outlives a memory store: hand it to another `memoryStore` to play a restart or a second process. */
export interface MemoryDisk {
  readonly records: SealedRecord[];
  /** `at` of the last record. */
  at: number;
  /** Positions in `records`, for histories of one case or one stream. */
  readonly byCorrelation: Map<string, number[]>;
  readonly byStream: Map<string, number[]>;
  readonly checkpoints: StoredCheckpoint[];
  readonly blobs: Map<string, Uint8Array>;
  snapshots: (Snapshot & { readonly hash: string; readonly checksum: string })[];
  readonly words: MemoryWords;
  readonly lease: { epoch: number; holder: string | null; until: number };
}

export function memoryDisk(): MemoryDisk {
  return {
    records: [],
    at: 0,
    byCorrelation: new Map(),
    byStream: new Map(),
    checkpoints: [],
    blobs: new Map(),
    snapshots: [],
    words: emptyWords(),
    lease: { epoch: 0, holder: null, until: 0 },
  };
}

/** A store for simulations and tests. Keeps the port's whole contract except outliving the process. */
export function memoryStore(disk: MemoryDisk = memoryDisk()): Store {
  let closed = false;
  const use = () => {
    if (closed) throw closedError();
    return disk;
  };
  return {
    load: (after, limit) => load(use, after, limit),
    head: async () => headOf(use()),
    append: async (expected, epoch, records) => append(use(), expected, epoch, records),
    history: async (query) => history(use(), query),
    checkpoint: checkpoints(use),
    words: memoryWords(() => use().words),
    snapshot: snapshots(use),
    blob: blobs(use),
    lease: leases(use),
    close: async () => {
      closed = true;
    },
  };
}

function headOf({ records }: MemoryDisk): Head {
  return { seq: records.length, hash: records.at(-1)?.hash ?? GENESIS.hash };
}

async function* load(
  use: () => MemoryDisk,
  after: number,
  limit = Number.POSITIVE_INFINITY,
): AsyncGenerator<SealedRecord> {
  const end = after + limit;
  for (let i = after; i < Math.min(use().records.length, end); i++) yield use().records[i] as SealedRecord;
}

function append(disk: MemoryDisk, expected: Head, epoch: number, records: readonly SealedRecord[]): void {
  const { lease } = disk;
  if (lease.holder === null || lease.epoch !== epoch) throw new Deposed(epoch, lease.epoch);
  const head = headOf(disk);
  if (head.seq !== expected.seq || head.hash !== expected.hash) throw new HeadMismatch(expected, head);
  const headers = readBatch({ seq: head.seq, at: disk.at }, records);
  headers.forEach((header, i) => {
    const position = disk.records.push(records[i] as SealedRecord) - 1;
    addTo(disk.byCorrelation, header.correlation, position);
    addTo(disk.byStream, header.stream, position);
    disk.at = header.at;
  });
}

function addTo(index: Map<string, number[]>, key: string, position: number): void {
  const positions = index.get(key);
  if (positions === undefined) index.set(key, [position]);
  else positions.push(position);
}

function history(disk: MemoryDisk, query: HistoryQuery): HistoryPage {
  const plan = planHistory(query, disk.records.length);
  const found: number[] = [];
  for (const position of candidates(disk, plan)) {
    if (!matches(disk.records[position] as SealedRecord, plan)) continue;
    found.push(position);
    if (found.length > plan.limit) break;
  }
  const records = found.slice(0, plan.limit).map((position) => disk.records[position] as SealedRecord);
  return found.length > plan.limit ? { records, next: String((found[plan.limit - 1] as number) + 1) } : { records };
}

/** Positions within the plan's bounds, in its order. */
function* candidates(disk: MemoryDisk, { query, low, high, newest }: HistoryPlan): Generator<number> {
  const { correlation, stream } = query;
  const listed = correlation === undefined ? undefined : (disk.byCorrelation.get(correlation) ?? []);
  const positions = listed ?? (stream === undefined ? undefined : (disk.byStream.get(stream) ?? []));
  const count = positions?.length ?? high - low + 1;
  for (let i = 0; i < count; i++) {
    const step = newest ? count - 1 - i : i;
    const position = positions === undefined ? low - 1 + step : (positions[step] as number);
    if (position >= low - 1 && position < high) yield position;
  }
}

function matches(record: SealedRecord, { query, needle }: HistoryPlan): boolean {
  if (needle !== null && !record.body.includes(needle)) return false;
  const header: RecordHeader = readHeader(record.header);
  return (
    (query.correlation ?? header.correlation) === header.correlation &&
    (query.stream ?? header.stream) === header.stream &&
    (query.seat === undefined || query.seat === header.actor.seat) &&
    header.kind.startsWith(query.kind ?? '') &&
    header.at >= (query.at?.from ?? 0) &&
    header.at <= (query.at?.to ?? header.at)
  );
}

function checkpoints(use: () => MemoryDisk): CheckpointStore {
  return {
    put: async (head, note, frontier) => {
      const disk = use();
      const hash = head.seq === 0 ? GENESIS.hash : disk.records[head.seq - 1]?.hash;
      const latest = disk.checkpoints.at(-1) ?? null;
      checkCheckpoint(head, note, hash, latest);
      if (latest?.size === head.seq) disk.checkpoints.pop();
      disk.checkpoints.push({ size: head.seq, note, frontier: [...frontier] });
    },
    latest: async () => use().checkpoints.at(-1) ?? null,
    load: async function* (after) {
      yield* use().checkpoints.filter(({ size }) => size > after);
    },
  };
}

function snapshots(use: () => MemoryDisk): SnapshotStore {
  return {
    save: async (seq, version, bytes) => {
      const disk = use();
      const hash = seq === 0 ? GENESIS.hash : disk.records[seq - 1]?.hash;
      if (hash === undefined)
        throw new RangeError(`no snapshot of record ${seq}: the ledger ends at ${disk.records.length}`);
      const kept = disk.snapshots.filter((other) => other.seq !== seq);
      kept.push({ seq, version, bytes: bytes.slice(), hash, checksum: sha256Node(bytes) });
      disk.snapshots = kept.sort((a, b) => b.seq - a.seq).slice(0, 2);
    },
    load: async () => {
      const disk = use();
      const intact = disk.snapshots.find(
        ({ seq, bytes, hash, checksum }) =>
          hash === (disk.records[seq - 1]?.hash ?? GENESIS.hash) && sha256Node(bytes) === checksum,
      );
      return intact === undefined ? null : { seq: intact.seq, version: intact.version, bytes: intact.bytes.slice() };
    },
    delete: async () => {
      use().snapshots = [];
    },
  };
}

function blobs(use: () => MemoryDisk): BlobStore {
  return {
    put: async (bytes) => {
      const digest = sha256Node(bytes);
      use().blobs.set(digest, bytes.slice());
      return digest;
    },
    get: async (digest) => {
      checkDigest(digest);
      const bytes = use().blobs.get(digest);
      if (bytes === undefined) return null;
      if (sha256Node(bytes) !== digest) throw new StoreCorrupt(`blob ${digest} has other content than its name says`);
      return bytes.slice();
    },
  };
}

function leases(use: () => MemoryDisk): Lease {
  return {
    acquire: async (holder, ttlMs, now) => {
      const { lease } = use();
      if (lease.holder !== null && lease.holder !== holder && lease.until > now) {
        return { heldBy: lease.holder, until: lease.until };
      }
      Object.assign(lease, { epoch: lease.epoch + 1, holder, until: now + ttlMs });
      return { epoch: lease.epoch };
    },
    renew: async (epoch, ttlMs, now) => {
      const { lease } = use();
      if (lease.holder === null || lease.epoch !== epoch) return false;
      lease.until = now + ttlMs;
      return true;
    },
    release: async (epoch) => {
      const { lease } = use();
      if (lease.epoch === epoch) Object.assign(lease, { holder: null, until: 0 });
    },
  };
}
