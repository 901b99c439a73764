/** Applying a pack: from a folder of this machine, or one that was sent. */
import type { Actor } from '@reeve/kernel';
import type { Runtime } from '@reeve/runtime';
import { actorFor } from './caller.ts';
import { type Packs, readPack } from './data/packs.ts';
import { Refusal, refusalOf } from './errors.ts';

export interface ApplyOptions {
  /** Digest of the definition the plan was made against, '' the first time. */
  readonly base: string;
  /** Digest of the planned definition; another pack in the folder is then refused. */
  readonly digest?: string;
  readonly reason: string;
  /** Take back restructurings that the pack does not have. */
  readonly undo?: boolean | undefined;
  /** Who applies; the local caller when absent. */
  readonly actor?: Actor;
  /** Command id that makes the apply repeatable. */
  readonly id?: string;
  /** The pack itself, when it was sent; the directory then says where from. */
  readonly archive?: Uint8Array;
}

export interface Applied {
  readonly digest: string;
  readonly seq: number;
  /** This was the first answer again. */
  readonly repeated: boolean;
}

export type ApplyPack = (directory: string, options: ApplyOptions) => Promise<Applied>;

export const applying = (runtime: Runtime, packs: Packs): ApplyPack =>
  oneAtATime((path: string, how: ApplyOptions) => apply(runtime, packs, path, how));

/** Two installs at once would be in each other's way. */
function oneAtATime<A extends unknown[], R>(work: (...args: A) => Promise<R>): (...args: A) => Promise<R> {
  let last: Promise<unknown> = Promise.resolve();
  return (...args) => {
    const next = last.then(() => work(...args));
    last = next.catch(() => undefined);
    return next;
  };
}

/** Load, install and apply a pack: whole or not at all. @throws Refusal `invalid` with `problems`, `conflict`. */
async function apply(runtime: Runtime, packs: Packs, directory: string, options: ApplyOptions): Promise<Applied> {
  const { archive, ...rest } = options;
  if (archive === undefined) return enforce(runtime, packs, directory, directory, rest);
  return packs.unpacked(archive, (folder) => enforce(runtime, packs, folder, directory, rest));
}

/** @param from where the pack came from, for people */
async function enforce(
  runtime: Runtime,
  packs: Packs,
  directory: string,
  from: string,
  options: Omit<ApplyOptions, 'archive'>,
): Promise<Applied> {
  const { base, digest, reason, id = '' } = options;
  // A repeat is answered from what was installed then: the folder may have changed since.
  const again =
    id !== '' && digest !== undefined && (await packs.bring(digest)) && (await runtime.read((s) => s.commands.has(id)));
  const loaded = await readPack(again ? packs.folder(digest) : directory);
  if (!loaded.ok) {
    const n = loaded.problems.length;
    const what = `the pack in ${from} has ${n} ${n === 1 ? 'mistake' : 'mistakes'}, so nothing was applied`;
    throw new Refusal('invalid', what, 'correct what `problems` lists and plan again', { problems: loaded.problems });
  }
  const { pack } = loaded;
  if (digest !== undefined && pack.digest !== digest)
    throw new Refusal('conflict', 'the pack is not what was planned: its files have changed since', 'plan again');
  if (!again) await packs.install(pack, from);
  const body = { base, reason, definition: pack.definition, ...(options.undo ? { undo: true } : {}) };
  const actor = options.actor ?? (await runtime.read((s) => actorFor(s, id, 'organisation.apply', body)));
  const reply = await runtime.submit({ id, kind: 'organisation.apply', actor, body });
  if (!reply.ok) throw refusalOf(reply.rejection);
  return { digest: pack.digest, seq: reply.result.seq as number, repeated: reply.repeated };
}
