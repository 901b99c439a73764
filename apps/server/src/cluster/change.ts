/** Changing the secret of an installation while it runs [SRV57]: when the nodes change, and what is sealed anew. */
import {
  type FileRow,
  filesOfAll,
  type Nodes,
  type PostgresStores,
  resealKeys,
  tableFiles,
} from '@reeve/ledger/postgres';
import { StartError } from '../errors.ts';
import type { Log } from '../house.ts';
import { SIGNING_KEY } from './ground.ts';
import { SecretRing } from './ring.ts';
import { openSealed, sealWith, secretFingerprint } from './secret.ts';
import { sealedName } from './shelf.ts';
import { tagsOf } from './tags.ts';

export interface ChangeOptions {
  readonly stores: PostgresStores;
  readonly nodes: Nodes;
  readonly ring: SecretRing;
  readonly log: Log;
  /** Milliseconds after which no node that lives seals under the former secret any more. */
  readonly settled: number;
}

/** `settled`: nothing changes. `changing`: not every node knows the new one. `sealing`: sealed anew. `changed`: the former one can go. */
export type SecretState = 'settled' | 'changing' | 'sealing' | 'changed';

export class SecretChange {
  readonly #options: ChangeOptions;
  #state: SecretState;
  #since = 0;

  constructor(options: ChangeOptions) {
    this.#options = options;
    this.#state = options.ring.former === null ? 'settled' : 'changing';
  }

  get state(): SecretState {
    return this.#state;
  }

  /** Before a node serves. @throws StartError when its secrets are not those of the installation. */
  async begin(): Promise<void> {
    const { nodes, ring } = this.#options;
    const { secret, former } =
      (await nodes.secretInUse()) ?? (await nodes.firstSecret(secretFingerprint(await this.#founder())));
    if (!ring.fingerprints.includes(secret)) throw notOurs();
    if (former !== null && !ring.fingerprints.includes(former))
      throw new StartError(
        'not-data',
        'the secret was changed, and not everything is sealed under the new one yet',
        'give the former one too (--previous-secret-file) until /v1/health of a node says "secret":"changed"',
      );
    await this.look('');
  }

  /**
   * Once in a while. @param first name of the first of the nodes that live seals anew; '' nobody does
   * @returns false when this node does not know the secret that is used: it must end.
   */
  async look(first: string, name = ''): Promise<boolean> {
    const { nodes, ring, log } = this.#options;
    const now = await nodes.secretInUse();
    if (now === null) return true;
    if (!ring.fingerprints.includes(now.secret)) return false;
    if (ring.former === null) return true;
    const [next, before] = [ring.secret, ring.former].map(secretFingerprint) as [string, string];
    if (now.secret === before) {
      if (first === name && name !== '' && (await nodes.useSecret(before, next)))
        log('info', 'every node knows the new secret: it is used from now on', {});
      return true;
    }
    if (ring.sealing !== ring.secret) this.#use();
    if (now.former === null) this.#state = 'changed';
    else if (first === name && name !== '' && performance.now() - this.#since > this.#options.settled)
      await this.#seal(before);
    return true;
  }

  #use(): void {
    this.#options.ring.change();
    this.#state = 'sealing';
    this.#since = performance.now();
  }

  /** The secret that what is there was sealed under, before anybody said which. */
  async #founder(): Promise<Uint8Array> {
    const { stores, ring } = this.#options;
    const sealed = (await filesOfAll(stores.database)).find(({ name }) => name === SIGNING_KEY);
    if (sealed === undefined) return ring.sealing;
    const found = ring.open(sealed.bytes, SIGNING_KEY);
    if (found === null) throw notOurs();
    return found.under;
  }

  async #seal(former: string): Promise<void> {
    const { stores, nodes, ring, log } = this.#options;
    const before = ring.former as Uint8Array;
    const files = await resealFiles(stores, before, ring.secret);
    const keys = await resealKeys(stores.database, before, ring.secret);
    await nodes.forgetFormer(former);
    this.#state = 'changed';
    log('info', 'everything is sealed under the new secret; the former one is needed no more', { files, ...keys });
  }
}

const notOurs = (): StartError =>
  new StartError(
    'not-data',
    'the secret of this node is not that of the installation',
    'give the secret that the other nodes have; to change it, give the new one and the one before (--previous-secret-file)',
  );

/** @returns how many. What others write meanwhile is sealed under the new one already. */
async function resealFiles(stores: PostgresStores, from: Uint8Array, to: Uint8Array): Promise<number> {
  const names = new Map<number, string>(
    (await stores.database.run<{ id: number; name: string }>('SELECT id, name FROM organisation')).map(
      ({ id, name }) => [id, name] as const,
    ),
  );
  const rows = await filesOfAll(stores.database);
  // First, for what it is made of is known by the key that is sealed anew after it.
  for (const { org, name, bytes } of rows) if (name === SIGNING_KEY) await keepTags(stores, org, bytes, from, to);
  let changed = 0;
  for (const row of await filesOfAll(stores.database)) changed += await resealFile(stores, row, names, from, to);
  return changed;
}

async function keepTags(stores: PostgresStores, org: number, key: Uint8Array, from: Uint8Array, to: Uint8Array) {
  const ring = new SecretRing(to, from);
  const found = ring.open(key, SIGNING_KEY);
  if (found !== null) await tagsOf(tableFiles(stores.database, org), ring, found.under, org);
}

/** Names under which a file may be sealed. */
const namesOf = (organisation: string, name: string): string[] => [name, sealedName(organisation, name)];

async function resealFile(
  stores: PostgresStores,
  { org, name, bytes }: FileRow,
  organisations: ReadonlyMap<number, string>,
  from: Uint8Array,
  to: Uint8Array,
): Promise<number> {
  for (const sealed of namesOf(organisations.get(org) ?? '', name)) {
    const open = openSealed(from, bytes, sealed);
    if (open === null) continue;
    const done = await tableFiles(stores.database, org).swap(name, bytes, sealWith(to, open, sealed));
    return done ? 1 : 0;
  }
  return 0;
}
