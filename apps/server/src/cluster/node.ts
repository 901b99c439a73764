/**
 * One of several processes that share a database with many organisations. Each organisation has one owner: this node opens
 * those that are asked for here and that nobody owns, takes over those whose owner is gone, and passes on the rest.
 */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { HttpBindings } from '@hono/node-server';
import { Nodes, type PostgresStores, postgresStores } from '@reeve/ledger/postgres';
import type { LeaseTimes, Limits } from '@reeve/runtime';
import type { CheckpointOptions } from '../evidence/evidence.ts';
import { type House, type Log, openHouse } from '../house.ts';
import { secureFetch } from '../http/secure-fetch.ts';
import { scraped } from '../telemetry/scrape.ts';
import { Telemetry, type TelemetryOptions } from '../telemetry/telemetry.ts';
import { VERSION } from '../version.ts';
import { SecretChange, type SecretState } from './change.ts';
import { nodeGround } from './ground.ts';
import { ownedElsewhere } from './owned.ts';
import { SecretRing } from './ring.ts';
import { Router } from './router.ts';
import { adminToken, organisationToken } from './secret.ts';
import { Tenants } from './tenants.ts';
import { whenItAnswers } from './waiting.ts';

export interface NodeOptions {
  /** `postgres://…`, the same for all nodes. */
  readonly store: string;
  /** Unique among the nodes; a process that is started under the name of another one ends that one. */
  readonly name: string;
  /** Where the other nodes reach this one. */
  readonly url: string;
  /** The same for all nodes, and not in the database: 32 bytes or more. */
  readonly secret: Uint8Array;
  /** The one before, while it is changed: what it derived and sealed counts as well. */
  readonly formerSecret?: Uint8Array;
  /** Folder for what can be made again out of the database: installed packs, keys. This node's alone. */
  readonly data: string;
  /** Folder under which the tools of each organisation keep what is theirs; this node's data folder unless told otherwise. */
  readonly tools?: string;
  /** Tools that remote executors call. */
  readonly remote?: readonly string[];
  readonly work?: boolean;
  readonly log?: Log;
  /** How long an owner's lease lasts, and how often it is renewed, in milliseconds: 5000 and 1250. */
  readonly lease?: LeaseTimes;
  /** Organisations open here at most, and how long one may be idle before it is closed, in milliseconds: 2000 and 60,000. */
  readonly most?: number;
  readonly idleAfter?: number;
  /** Milliseconds between two looks for organisations without an owner; 500. */
  readonly look?: number;
  readonly limits?: Partial<Limits>;
  readonly checkpoints?: Partial<CheckpointOptions>;
  /** Called once when this node must end because another process has its name. */
  readonly onReplaced?: () => void;
  /** Ends the waiting for a database that does not answer. */
  readonly stop?: AbortSignal;
  /** Where people reach the nodes, for mails to them: `/o/<organisation>/answer/…` is below it. Without it none is sent. */
  readonly publicUrl?: string;
  /** Folder of the built web console; it may appear later. Without one there is none. */
  readonly console?: string;
  /** Certificates (PEM) that other nodes' addresses are believed by; what Node believes unless told. */
  readonly ca?: string;
  /** Where spans go; nowhere unless told. */
  readonly otlp?: TelemetryOptions['otlp'];
}

type Settled = Required<Pick<NodeOptions, 'lease' | 'most' | 'idleAfter' | 'look'>>;
const DEFAULTS: Settled = { lease: { ttl: 5000, renew: 1250 }, most: 2000, idleAfter: 60_000, look: 500 };
/** A node that was silent for so long counts as gone, in milliseconds. */
const NODE_TTL = 6000;
/** Organisations taken over at one look. */
const AT_ONCE = 16;
/** Looks between two looks at whether this node has more than its share, and what it may have beyond it. */
const BALANCE = 4;
const SLACK = 1;
/** Waits before an organisation that could not be opened is tried again, in milliseconds. */
const AGAIN = { first: 1000, most: 60_000 } as const;

export interface ClusterNode {
  readonly name: string;
  readonly organisations: number;
  /** How far a change of the secret has come. */
  readonly secret: SecretState;
  /** @param env Node's own request and answer, where there are any */
  fetch(request: Request, env?: HttpBindings): Promise<Response>;
  /** Opens an organisation here unless another node has it. */
  open(organisation: string): Promise<House>;
  /** Takes no more, hands everything over to the other nodes, and leaves. Closing twice is fine. */
  close(): Promise<void>;
}

/** [SRV72] Waits for a database that does not answer. @throws StoreUnavailable when it cannot be used. */
export async function startClusterNode(options: NodeOptions): Promise<ClusterNode> {
  const waiting = { log: options.log ?? (() => undefined), stop: options.stop };
  // What does not come back in time is taken for lost before the lease is.
  const times = { connectTimeoutMs: 2000, answerTimeoutMs: 4000 };
  const stores = await whenItAnswers(() => postgresStores({ url: options.store, connections: 16, ...times }), waiting);
  const node = new Node(options, stores);
  try {
    await whenItAnswers(() => node.enter(), waiting);
    return node;
  } catch (error) {
    await stores.close();
    throw error;
  }
}

class Node implements ClusterNode {
  readonly name: string;
  readonly #options: NodeOptions & Settled;
  readonly #stores: PostgresStores;
  readonly #nodes: Nodes;
  readonly #tenants: Tenants;
  readonly #router: Router;
  readonly #telemetry: Telemetry;
  readonly #ring: SecretRing;
  readonly #change: SecretChange;
  readonly #incarnation = randomUUID();
  readonly #log: Log;
  readonly #failed = new Map<string, { times: number; notBefore: number }>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #draining = false;
  #looks = 0;
  #closing: Promise<void> | null = null;

  constructor(options: NodeOptions, stores: PostgresStores) {
    this.#options = { ...DEFAULTS, ...options };
    this.name = options.name;
    this.#stores = stores;
    this.#log = options.log ?? (() => undefined);
    this.#nodes = new Nodes(stores.database);
    this.#telemetry = new Telemetry({ log: this.#log, otlp: options.otlp ?? null });
    this.#ring = new SecretRing(options.secret, options.formerSecret);
    const changing = { stores, nodes: this.#nodes, ring: this.#ring, log: this.#log };
    this.#change = new SecretChange({ ...changing, settled: NODE_TTL });
    const { most, idleAfter } = this.#options;
    this.#tenants = new Tenants({
      ...{ most, idleAfter, log: this.#log },
      open: (organisation) => this.#openHouse(organisation),
      closed: (organisation, at) => this.#nodes.wakeAt(organisation, at),
    });
    this.#router = new Router({
      ...{ name: this.name, ring: this.#ring, nodes: this.#nodes, tenants: this.#tenants },
      draining: () => this.#draining,
      log: this.#log,
      send: secureFetch(options.ca),
      console: options.console,
      secret: () => this.#change.state,
      create: async (organisation) => void (await stores.store(organisation)),
      metrics: (request) => scraped(request, this.#ring.tokens(adminToken), this.#telemetry),
    });
  }

  get organisations(): number {
    return this.#tenants.size;
  }

  get secret(): SecretState {
    return this.#change.state;
  }

  fetch(request: Request, env?: HttpBindings): Promise<Response> {
    return this.#router.answer(request, env);
  }

  open(organisation: string): Promise<House> {
    return this.#tenants.open(organisation);
  }

  async enter(): Promise<void> {
    const { name, url } = this.#options;
    // Before it takes anybody's place.
    await this.#change.begin();
    const knows = this.#ring.fingerprints;
    await this.#nodes.enter({ name, url, version: VERSION, knows }, this.#incarnation, NODE_TTL);
    // Those it held when it ended are its own again at once.
    void this.#openAll(await this.#nodes.heldBy(name));
    this.#lookLater();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#draining = true;
    clearTimeout(this.#timer);
    await this.#looking;
    await this.#nodes.beat(this.name, this.#incarnation, NODE_TTL, true).catch(() => false);
    await this.#tenants.drain();
    await this.#telemetry.close();
    await this.#nodes.leave(this.name, this.#incarnation).catch(() => undefined);
    await this.#stores.close();
  }

  #openHouse(organisation: string): Promise<House> {
    const { data, tools, remote, work = true, lease, limits, checkpoints, publicUrl } = this.#options;
    const [token = '', ...tokens] = this.#ring.tokens((secret) => organisationToken(secret, organisation));
    return openHouse({
      ...{ data: join(data, 'organisations', organisation), organisation, work, log: this.#log, hosts: 'any' },
      ground: nodeGround(this.#stores, this.#ring),
      telemetry: this.#telemetry,
      packs: join(data, 'packs'),
      hidden: [data],
      ...(remote === undefined ? {} : { remote }),
      ...{ token, tokens, prefix: `/o/${organisation}` },
      ...(publicUrl === undefined ? {} : { publicUrl: `${publicUrl.replace(/\/+$/, '')}/o/${organisation}` }),
      ...(tools === undefined ? {} : { tools: join(tools, organisation) }),
      ...(checkpoints === undefined ? {} : { checkpoints }),
      runtime: { holder: this.name, lease, ...(limits === undefined ? {} : { limits }) },
    });
  }

  #lookLater(): void {
    this.#timer = setTimeout(() => {
      this.#looking = this.#look().finally(() => {
        if (!this.#draining) this.#lookLater();
      });
    }, this.#options.look);
  }

  /** Says that it lives, closes what is idle or lost, takes over what has no owner. */
  async #look(): Promise<void> {
    try {
      if (!(await this.#nodes.beat(this.name, this.#incarnation, NODE_TTL, false))) return this.#replaced();
      void this.#tenants.sweep();
      if (this.#looks++ % BALANCE === 0 && !(await this.#balance())) return this.#excluded();
      await this.#openAll(await this.#nodes.orphans(AT_ONCE));
    } catch (error) {
      this.#log('warn', 'the database does not answer', { error: String(error) });
    }
  }

  /**
   * [SRV48] Gives one organisation away when it has more than its share, so that a node that joins gets some.
   * @returns false when this node does not know the secret of the installation any more.
   */
  async #balance(): Promise<boolean> {
    const live = await this.#nodes.live();
    if (!(await this.#change.look(live[0]?.name ?? '', this.name))) return false;
    await this.#share(live.filter(({ draining }) => !draining).length);
    return true;
  }

  async #share(nodes: number): Promise<void> {
    const share = Math.ceil((await this.#nodes.held()) / Math.max(1, nodes)) + SLACK;
    if (nodes < 2 || this.#tenants.size <= share) return;
    const given = await this.#tenants.handOver();
    if (given !== null) this.#failed.set(given, { times: 0, notBefore: performance.now() + NODE_TTL });
  }

  #excluded(): void {
    const next = 'start it again with the secret the others have';
    this.#log('error', 'the secret was changed to one this node does not know: it ends', { next });
    this.#draining = true;
    this.#options.onReplaced?.();
  }

  #replaced(): void {
    this.#log('error', 'another process has the name of this node: this one ends', { node: this.name });
    this.#draining = true;
    this.#options.onReplaced?.();
  }

  async #openAll(organisations: readonly string[]): Promise<void> {
    await Promise.all(organisations.map((organisation) => this.#takeOver(organisation)));
  }

  /** One that cannot be opened is tried again later, ever more seldom. */
  async #takeOver(organisation: string): Promise<void> {
    const before = this.#failed.get(organisation);
    if (this.#draining || this.#tenants.has(organisation) || (before && performance.now() < before.notBefore)) return;
    try {
      await this.#tenants.open(organisation);
      this.#failed.delete(organisation);
      this.#log('info', 'took over an organisation', { organisation });
    } catch (error) {
      if (ownedElsewhere(error)) return;
      const times = (before?.times ?? 0) + 1;
      const wait = Math.min(AGAIN.most, AGAIN.first * 2 ** (times - 1));
      this.#failed.set(organisation, { times, notBefore: performance.now() + wait });
      this.#log('error', 'an organisation could not be opened', { organisation, error: String(error) });
    }
  }
}
