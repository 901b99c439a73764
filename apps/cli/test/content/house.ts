/** The content pack with its real tools in a folder of its own, on a ledger in memory: briefs go in, articles come out. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DatabaseSync } from '@photostructure/sqlite';
import { CONNECTORS, openTools, type Tool } from '@reeve/connectors';
import { type Case, type CommandKind, type Definition, EVOLVE, type Operation, type State } from '@reeve/kernel';
import { open, type Store } from '@reeve/ledger';
import { memoryStore } from '@reeve/ledger/memory';
import { formatProblems, loadPack } from '@reeve/packs';
import { openRuntime, type Runtime } from '@reeve/runtime';
import { type Script, scriptOccupant } from '@reeve/workers';

const PACK = join(import.meta.dirname, '../../../../packs/content');
const same = <T>(what: T): T => what;
const OWNER = { principal: 'owner' };
const CHIEF = { principal: 'chief', seat: 'editor-in-chief' };
const CLIENT = 'marketing@client.example';

async function contentDefinition(): Promise<Definition> {
  const loaded = await loadPack(PACK, { connectors: CONNECTORS, eventKinds: EVOLVE.keys() });
  if (loaded.ok) return loaded.pack.definition;
  throw new Error(formatProblems(loaded.problems));
}

const packScript = async (path: string): Promise<Script> =>
  ((await import(pathToFileURL(join(PACK, path)).href)) as { default: Script }).default;

export interface Studio {
  readonly runtime: Runtime;
  readonly store: Store;
  /** Rows of the studio's database, as they are outside. */
  rows(query: string): Record<string, unknown>[];
  /** Opens a case with these lines and waits until nothing more happens by itself. */
  brief(lines: Record<string, string>, subject?: string): Promise<Case>;
  submit(
    kind: CommandKind,
    body: Record<string, unknown>,
    actor?: typeof OWNER | typeof CHIEF,
  ): Promise<Record<string, unknown>>;
  /** As the editor in chief. */
  asChief(kind: CommandKind, body: Record<string, unknown>): Promise<Record<string, unknown>>;
  case(id: string): Promise<Case>;
  /** What the seats reported, in the order of the tasks. */
  reports(id: string): Promise<Record<string, unknown>[]>;
  operations(id: string, capability?: string): Promise<Operation[]>;
  atRest(id: string): Promise<void>;
  close(): Promise<void>;
}

interface Different {
  /** What is different from the pack. */
  readonly change?: (definition: Definition) => Definition;
  /** Other scripts in place of the pack's, by path. */
  readonly scripts?: Readonly<Record<string, Script>>;
  /** Around each tool, as a weak network would be. */
  readonly around?: (tool: Tool) => Tool;
}

export async function openStudio({ change = same, around = same, scripts = {} }: Different = {}): Promise<Studio> {
  const folder = mkdtempSync(join(tmpdir(), 'reeve-content-'));
  const definition = change(await contentDefinition());
  const opened = await openTools(definition, { data: folder, pack: PACK });
  const tools = new Map([...opened].map(([id, tool]) => [id, around(tool)]));
  const store = memoryStore();
  const runtime = await openRuntime({
    ...{ org: 'content', store },
    tools: { get: (id) => tools.get(id), use: async () => {}, close: async () => {} },
    occupants: async (_seat, { kind, script }) =>
      kind === 'script' && script !== undefined ? scriptOccupant(scripts[script] ?? (await packScript(script))) : null,
  });
  let number = 0;
  const submit: Studio['submit'] = async (kind, body, actor = OWNER) => {
    const reply = await runtime.submit({ id: `studio-${++number}`, kind, actor, body });
    if (reply.ok) return reply.result;
    throw new Error(`${kind}: ${reply.rejection.message}`);
  };
  await submit('organisation.apply', { base: '', reason: 'first', definition });
  const read = <T>(view: (state: State) => T) => runtime.read((state) => structuredClone(view(state)));
  const studio: Studio = {
    ...{ runtime, store, submit },
    asChief: (kind, body) => submit(kind, body, CHIEF),
    rows: (query) => {
      const db = new DatabaseSync(join(folder, 'studio/studio.db'), { readOnly: true });
      const rows = db.prepare(query).all() as Record<string, unknown>[];
      db.close();
      return rows.map((row) => ({ ...row }));
    },
    brief: async (lines, subject = lines.Title ?? 'A brief') => {
      const text = Object.entries(lines).map(([name, value]) => `${name}: ${value}`);
      const { case: id } = await submit('case.open', { subject, text: text.join('\n'), customer: CLIENT });
      await studio.atRest(String(id));
      return studio.case(String(id));
    },
    case: (id) => read((state) => state.cases.cases.get(id)!),
    reports: (id) =>
      read((state) =>
        [...state.cases.tasks.values()].flatMap(({ case: of, report }) => (of === id && report ? [report] : [])),
      ),
    operations: (id, capability) =>
      read((state) =>
        [...state.operations.operations.values()].filter(
          (one) => one.case === id && (capability === undefined || one.capability === capability),
        ),
      ),
    atRest: (id) => atRest(runtime, id),
    close: async () => {
      await runtime.stop();
      await store.close();
      await Promise.all([...tools.values()].map((tool) => tool.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return studio;
}

/** Milliseconds until it is wrong that something still goes on. */
const PATIENCE = 60_000;

async function atRest(runtime: Runtime, id: string): Promise<void> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; ) {
    await runtime.idle();
    if (await runtime.read((state) => resting(state, id))) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`${id} did not come to rest`);
}

const resting = (state: State, id: string): boolean =>
  ![...state.runs.runs.values()].some((run) => run.case === id && run.status !== 'parked') &&
  ![...state.inbox.ready].some((seat) => seat !== 'editor-in-chief') &&
  ![...state.operations.operations.values()].some((one) =>
    ['requested', 'admitted', 'leased', 'retry_wait', 'reconciling'].includes(one.status),
  );

/** All records of the ledger, in order, as kind and body. */
export async function records(store: Store): Promise<{ kind: string; body: Record<string, unknown> }[]> {
  const found: { kind: string; body: Record<string, unknown> }[] = [];
  for await (const sealed of store.load(0)) {
    const { kind, body } = open(sealed);
    found.push({ kind, body: body as Record<string, unknown> });
  }
  return found;
}
