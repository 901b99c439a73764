/** What the organisation works with here: the tools of the definition in force, and the scripts that occupy its seats. */
import { join } from 'node:path';
import type { Inbound, Tool } from '@reeve/connectors';
import { type Definition, definitionDigest, type Occupant as OccupantDef, type ToolDef } from '@reeve/kernel';
import type { RuntimeOptions, ToolHost } from '@reeve/runtime';
import { type Occupant, type Script, scriptOccupant } from '@reeve/workers';
import { type ReplyCache, replyCache } from '@reeve/workers/cache';
import type { Agents } from './agents/agents.ts';
import { Programs, workspacesBelow } from './agents/programs.ts';
import { remoteSeat } from './agents/remotes.ts';
import type { SeatTokens } from './agents/tokens.ts';
import type { Packs } from './data/packs.ts';
import { StartError } from './errors.ts';
import { matches, type Orders } from './executors/orders.ts';
import { remoteTool } from './executors/remote-tool.ts';
import { modelSeat } from './models.ts';
import { Outputs } from './output/output.ts';
import { watched } from './output/watched.ts';
import { Secrets } from './secrets/secrets.ts';
import type { ToolHealth } from './views/tools.ts';

interface InForce {
  readonly definition: Definition;
  readonly digest: string;
  /** Digest of the pack whose files go with it. */
  readonly pack: string;
  readonly tools: ReadonlyMap<string, Tool>;
}

export interface WorkplaceOptions {
  /** Where tools keep what is theirs; `tools/` of the data directory unless told otherwise. */
  readonly tools?: string | undefined;
  /** Folders besides the data directory that programs started by tools must not see. */
  readonly hidden?: readonly string[];
  /** Tools that remote executors call, through `orders`: exact, `mail*`, or `*`. */
  readonly remote?: readonly string[];
  readonly orders?: Orders;
  /** Agents from outside, for seats of theirs. */
  readonly agents?: Agents;
  readonly seatTokens?: SeatTokens;
  /** Where this organisation is served, for programs that work seats; without it there are none. */
  readonly url?: string;
  /** Under which secrets are sealed; REEVE_SECRETS_PASSPHRASE, else a key file in the data directory. */
  readonly passphrase?: string;
}

/** Puts what came in through a tool on the ledger; rejects when it has to be offered again. */
type Take = (tool: string, item: Inbound) => Promise<unknown>;

export class Workplace implements ToolHost {
  readonly #packs: Packs;
  readonly #tools: string;
  readonly #hidden: readonly string[];
  readonly #remote: readonly string[];
  readonly #orders: Orders | undefined;
  readonly #agents: Agents | undefined;
  /** Programs that work seats; null where they could not ask. */
  readonly programs: Programs | null;
  /** What runs write while they work. */
  readonly outputs = new Outputs();
  readonly #log: NonNullable<RuntimeOptions['log']>;
  readonly #secrets: Secrets;
  readonly #cache: ReplyCache = replyCache();
  #now: InForce | null = null;
  /** Whose tools are being opened. */
  #next: Definition | null = null;
  #take: Take | null = null;
  #watching: AbortController | null = null;

  /** @param data the data directory */
  constructor(packs: Packs, data: string, log: NonNullable<RuntimeOptions['log']>, where: WorkplaceOptions = {}) {
    const { tools = join(data, 'tools'), hidden = [], remote = [], orders } = where;
    this.#secrets = new Secrets(data, where.passphrase ?? process.env.REEVE_SECRETS_PASSPHRASE);
    this.#packs = packs;
    this.#log = log;
    this.#tools = tools;
    this.#hidden = [data, ...hidden];
    this.#remote = remote;
    this.#orders = orders;
    const { agents, seatTokens, url } = where;
    this.#agents = agents;
    const { outputs } = this;
    const own = { secrets: this.#secrets, workspaces: workspacesBelow(tools), hidden: this.#hidden, outputs };
    this.programs =
      agents && seatTokens && url !== undefined ? new Programs({ ...own, agents, tokens: seatTokens, url }) : null;
  }

  get #model() {
    const onText = (run: string, text: string) => this.outputs.of(run).write('text', text);
    return { secrets: this.#secrets, cache: this.#cache, onText };
  }

  get(tool: string): Tool | undefined {
    return this.#now?.tools.get(tool);
  }

  /** Is it being opened, and not there yet? */
  isOpening(tool: string): boolean {
    return this.get(tool) === undefined && this.#next?.tools.some(({ id }) => id === tool) === true;
  }

  /** [SRV9] Opens the new tools before the old ones are closed, so that a definition whose tools fail changes nothing here. */
  async use(definition: Definition, given?: string): Promise<void> {
    // Called whenever a state is loaded, also because somebody was forgotten: no reply outlives that.
    this.#cache.clear();
    this.outputs.clear();
    const digest = definitionDigest(definition);
    if (this.#now?.digest === digest) return;
    this.#next = definition;
    try {
      await this.#change(definition, digest, given || digest);
    } finally {
      this.#next = null;
    }
  }

  async #change(definition: Definition, digest: string, pack: string): Promise<void> {
    if (!(await this.#packs.bring(pack))) throw missing(this.#packs.folder(pack));
    const tools = await this.#open(definition, pack);
    const before = this.#now;
    this.#now = { definition, digest, pack, tools };
    this.#watch();
    await closeAll(before?.tools);
    this.#log('info', 'tools opened', { tools: tools.size });
  }

  /** From now on `take` gets what comes in through tools. Needs tools in use, or waits for them. */
  listen(take: Take): void {
    this.#take = take;
    this.#watch();
  }

  #watch(): void {
    this.#watching?.abort();
    const [take, ended] = [this.#take, new AbortController()];
    this.#watching = ended;
    if (take === null) return;
    for (const [id, tool] of this.#now?.tools ?? [])
      tool
        .watch?.((item) => take(id, item).then(() => undefined), ended.signal)
        .catch((error: unknown) =>
          this.#log('error', 'a tool takes in nothing any more', { tool: id, error: String(error) }),
        );
  }

  async #open(definition: Definition, digest: string): Promise<Map<string, Tool>> {
    if (definition.tools.length === 0) return new Map();
    try {
      const { openTools } = await import('@reeve/connectors');
      // Files of tools are run when they are opened.
      if (definition.tools.some(({ connector }) => connector === 'module'))
        await this.#packs.verify(digest, definition);
      // Programs that a tool starts see nothing of the data directory: neither ledger nor token nor other packs.
      const folders = {
        ...{ data: this.#tools, pack: this.#packs.folder(digest), hidden: this.#hidden },
        secret: (name: string, by: { tool: string; seat: string | undefined }) => this.#secrets.lookup(name, by),
      };
      const orders = this.#orders;
      const isRemote = ({ id }: ToolDef) => orders !== undefined && matches(this.#remote, id);
      const tools = definition.tools.filter((tool) => !isRemote(tool));
      const open = await openTools({ tools, capabilities: definition.capabilities }, folders);
      if (orders) for (const tool of definition.tools.filter(isRemote)) open.set(tool.id, remoteTool(tool, orders));
      return open;
    } catch (error) {
      throw new StartError('tools', (error as Error).message, "check the tool's configuration and its system", error);
    }
  }

  /** Plays `script` and `model` seats, and those of agents from outside while they are there; people are not played. */
  occupant = async (seat: string, def: OccupantDef, run: string | null): Promise<Occupant | null> => {
    const found = await this.#play(seat, def, run);
    return found && watched(found, this.outputs);
  };

  async #play(seat: string, def: OccupantDef, run: string | null): Promise<Occupant | null> {
    if (def.kind === 'mcp' || def.kind === 'command') return this.#agent(seat, def, run);
    if (def.kind === 'a2a') return remoteSeat(this.#secrets, seat, def);
    if (def.kind === 'model' && this.#now !== null)
      return modelSeat({ definition: this.#now.definition, ...this.#model }, seat, def);
    if (def.kind !== 'script' || def.script === undefined || this.#now === null) return null;
    const { pack, definition } = this.#now;
    const script = await this.#packs.script(pack, definition, def.script);
    if (typeof script !== 'function')
      throw new Error(`${def.script} has no default export made by defineScript; export one and apply the pack again`);
    return scriptOccupant(script as Script);
  }

  async #agent(seat: string, def: OccupantDef, run: string | null): Promise<Occupant | null> {
    if (!this.#agents || !this.#now) return null;
    const { grantedTo } = await import('@reeve/workers/agent');
    const { definition } = this.#now;
    const found = definition.seats.find(({ id }) => id === seat);
    if (!found) return null;
    const granted = grantedTo(definition, found);
    return def.kind === 'mcp'
      ? this.#agents.occupant(def, seat, granted, run)
      : (this.programs?.occupant(def, seat, granted) ?? null);
  }

  /** What each open tool says of itself; one that does not answer is not well. */
  async health(): Promise<Map<string, ToolHealth>> {
    const asked = [...(this.#now?.tools ?? [])].map(async ([id, tool]) => [id, await healthOf(tool)] as const);
    return new Map(await Promise.all(asked));
  }

  async close(): Promise<void> {
    this.#watching?.abort();
    await this.programs?.close();
    const before = this.#now;
    this.#now = null;
    await closeAll(before?.tools);
  }
}

/** For command-line use on a stopped organisation: no tool is opened, nothing is done to the world. */
export const idleTools: ToolHost = { get: () => undefined, use: async () => undefined, close: async () => undefined };

/** How long a tool may take to say how it is, in milliseconds. */
const PATIENCE = 3000;

async function healthOf(tool: Tool): Promise<ToolHealth> {
  const late = new Promise<ToolHealth>((resolve) => {
    setTimeout(() => resolve({ ok: false, message: `did not answer within ${PATIENCE / 1000} s` }), PATIENCE).unref();
  });
  return Promise.race([tool.health(), late]).catch((error: Error) => ({ ok: false, message: error.message }));
}

const closeAll = async (tools: ReadonlyMap<string, Tool> | undefined): Promise<void> => {
  await Promise.allSettled([...(tools?.values() ?? [])].map((tool) => tool.close()));
};

const missing = (folder: string): StartError =>
  new StartError(
    'tools',
    `the installed copy of the pack in force is missing: ${folder}`,
    'put it back by applying the same pack while the server is stopped (`reeve apply`)',
  );
