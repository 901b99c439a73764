/**
 * Measuring at the ports: the runtime gets a kernel and a store that count what passes through, and knows nothing of it.
 */
import { step, tick } from '@reeve/kernel';
import { Deposed, HeadMismatch, type Store, StoreFull } from '@reeve/ledger';
import type { Kernel } from '@reeve/runtime';
import type { Meters } from './meters.ts';

/** A rule of a SPEC or the beginning of a field's path: what callers put into names does not become a label. */
const ruleLabel = (rule: string | undefined): string =>
  rule === undefined
    ? 'none'
    : /^[A-Z]{2,6}\d+$/.test(rule)
      ? rule
      : rule.split('.').slice(0, 2).join('.').slice(0, 60);

/** [OBS4] The kernel, counting commands by kind and outcome. */
export function countedKernel(meters: Meters): Kernel {
  return {
    tick,
    step: (state, command, inputs) => {
      const result = step(state, command, inputs);
      const { reply } = result;
      const outcome = reply.ok ? (reply.repeated ? 'repeated' : 'accepted') : reply.rejection.code;
      meters.add('reeve_commands_total', [command.kind, outcome]);
      if (!reply.ok) meters.add('reeve_rejections_total', [ruleLabel(reply.rejection.rule)]);
      return result;
    },
  };
}

/** What the store of an organisation tells beyond what is counted: of lease and snapshot. */
export interface StoreTold {
  epoch: number;
  /** The newest snapshot: the record it was taken after, and when and how large if this process saved it. */
  snapshot: { seq: number; at: number | null; bytes: number } | null;
}

const secondsSince = (began: number): number => (performance.now() - began) / 1000;

const reasonOf = (error: unknown): string => {
  if (error instanceof StoreFull) return 'full';
  if (error instanceof Deposed || error instanceof HeadMismatch) return 'deposed';
  return 'unavailable';
};

/** [OBS5] The store, counting commits, snapshots and leases. What it does is the same. */
export function measuredStore(store: Store, meters: Meters): { store: Store; told: StoreTold } {
  const told: StoreTold = { epoch: 0, snapshot: null };
  const measured: Store = {
    load: (after, limit) => store.load(after, limit),
    head: () => store.head(),
    history: (query) => store.history(query),
    close: () => store.close(),
    checkpoint: store.checkpoint,
    words: store.words,
    blob: store.blob,
    append: async (head, epoch, records) => {
      const began = performance.now();
      try {
        await store.append(head, epoch, records);
      } catch (error) {
        meters.add('reeve_commit_failures_total', [reasonOf(error)]);
        throw error;
      }
      meters.observe('reeve_commit_seconds', secondsSince(began));
      meters.observe('reeve_commit_records', records.length);
    },
    snapshot: measuredSnapshots(store, meters, told),
    lease: measuredLease(store, meters, told),
  };
  return { store: measured, told };
}

function measuredSnapshots({ snapshot }: Store, meters: Meters, told: StoreTold): Store['snapshot'] {
  return {
    save: async (seq, version, bytes) => {
      const began = performance.now();
      await snapshot.save(seq, version, bytes);
      meters.observe('reeve_snapshot_seconds', secondsSince(began));
      told.snapshot = { seq, at: Date.now(), bytes: bytes.length };
    },
    load: async () => {
      const found = await snapshot.load();
      if (found && told.snapshot === null) told.snapshot = { seq: found.seq, at: null, bytes: found.bytes.length };
      return found;
    },
    delete: async () => {
      await snapshot.delete();
      told.snapshot = null;
    },
  };
}

function measuredLease({ lease }: Store, meters: Meters, told: StoreTold): Store['lease'] {
  return {
    acquire: async (holder, ttl, now) => {
      const granted = await lease.acquire(holder, ttl, now);
      if ('epoch' in granted) told.epoch = granted.epoch;
      meters.add('epoch' in granted ? 'reeve_lease_acquired_total' : 'reeve_lease_refused_total');
      return granted;
    },
    renew: async (epoch, ttl, now) => {
      const held = await lease.renew(epoch, ttl, now);
      if (!held) meters.add('reeve_lease_refused_total');
      return held;
    },
    release: (epoch) => lease.release(epoch),
  };
}
