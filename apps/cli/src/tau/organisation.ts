/** The retail organisation on a folder of its own: the pack, its shop, its ledger, and the agent that works in it. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CONNECTORS } from '@reeve/connectors';
import { importFile } from '@reeve/connectors/importing';
import { type CommandKind, type Definition, EVOLVE, isSettled, type Operation, type State } from '@reeve/kernel';
import type { Store } from '@reeve/ledger';
import { formatProblems, loadPack } from '@reeve/packs';
import { openRuntime, type Runtime } from '@reeve/runtime';
import { type OccupantOf, type Script, scriptOccupant } from '@reeve/workers';
import { type Places, type ShopHost, shopHost } from './shop.ts';

export const PACK = fileURLToPath(new URL('../../../../packs/retail', import.meta.url));

/** The retail pack as a definition. @throws Error listing what is wrong with it. */
export async function retailDefinition(): Promise<Definition> {
  const loaded = await loadPack(PACK, { connectors: CONNECTORS, eventKinds: EVOLVE.keys() });
  if (loaded.ok) return loaded.pack.definition;
  throw new Error(`the retail pack does not load:\n${formatProblems(loaded.problems)}`);
}

/** Plays the seats of the pack that have a script; people stay away. */
export const packOccupants: OccupantOf = async (_seat, { kind, script }) => {
  if (kind !== 'script' || script === undefined) return null;
  const module = (await importFile(join(PACK, script))) as { default: Script };
  return scriptOccupant(module.default);
};

/** Nobody works: requests are made from outside in the name of a seat. Tools are still called. */
export const nobody: OccupantOf = () => null;

export interface Organisation {
  readonly runtime: Runtime;
  readonly host: ShopHost;
  readonly store: Store;
  /** Does somebody work here? */
  readonly occupied: boolean;
  /** The command's result; the same id gives the same result again. @throws Error when it is rejected. */
  submit(id: string, kind: CommandKind, body: Record<string, unknown>, actor?: Actor): Promise<Record<string, unknown>>;
  /** Operations of the case, oldest first. */
  operations(caseId: string): Promise<Operation[]>;
  stop(): Promise<void>;
}

interface Actor {
  readonly principal: string;
  readonly seat?: string;
}

export interface OrganisationOptions {
  readonly definition: Definition;
  readonly places: Places;
  readonly store: Store;
  readonly occupants: OccupantOf;
}

const OWNER = { principal: 'owner' };

/** Open the organisation on its ledger; the definition is applied when the ledger is new. */
export async function openOrganisation(options: OrganisationOptions): Promise<Organisation> {
  const { definition, places, store, occupants } = options;
  const host = shopHost(places);
  const runtime = await openRuntime({ org: 'retail', store, tools: host, occupants });
  const submit: Organisation['submit'] = async (id, kind, body, actor = OWNER) => {
    const reply = await runtime.submit({ id, kind, actor, body });
    if (reply.ok) return reply.result;
    throw new Error(`${kind} was rejected: ${reply.rejection.message}`);
  };
  await submit('apply', 'organisation.apply', { base: '', reason: 'replay', definition });
  return {
    runtime,
    host,
    store,
    occupied: occupants !== nobody,
    submit,
    operations: (caseId) => operationsOf(runtime, caseId),
    stop: async () => {
      await runtime.stop();
      await store.close();
    },
  };
}

const operationsOf = (runtime: Runtime, caseId: string): Promise<Operation[]> =>
  runtime.read((state) =>
    structuredClone([...state.operations.operations.values()].filter((operation) => operation.case === caseId)),
  );

/** How long a session may take, in milliseconds; one takes a fraction of a second, after a crash a few. */
const PATIENCE = 120_000;

/**
 * Wait until nothing more will happen on the case by itself: what is left, if anything, waits for a person.
 * @throws Error when that takes too long.
 */
export async function atRest({ runtime, occupied }: Organisation, caseId: string): Promise<void> {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(10)) {
    await runtime.idle();
    if (await runtime.read((state) => !(occupied && toBeTaken(state)) && resting(state, caseId))) return;
  }
  throw new Error(`the case ${caseId} did not come to rest within ${PATIENCE / 1000} s; see the log of the runtime`);
}

/** Is there something the agent has not begun to work on? */
const toBeTaken = (state: State): boolean => state.inbox.ready.has('agent');

function resting(state: State, caseId: string): boolean {
  const busy = [...state.runs.runs.values()].some((run) => run.case === caseId && run.status !== 'parked');
  return (
    !busy && [...state.operations.operations.values()].every((each) => each.case !== caseId || waitsForPerson(each))
  );
}

const waitsForPerson = (operation: Operation): boolean =>
  isSettled(operation) || operation.status === 'awaiting_approval' || operation.status === 'escalated';

/** The customer of a session in which nobody was authenticated: no user has this id. */
const NOBODY = '(not authenticated)';

/** [TAU2] Open the case of a session: its customer is the user who was authenticated. Gives the case's id. */
export async function openCase(
  { submit }: Organisation,
  id: string,
  session: { user?: string | null | undefined },
  text: string,
): Promise<string> {
  const customer = session.user ?? NOBODY;
  const opened = await submit(id, 'case.open', { subject: `Session ${id}`, customer, channel: 'chat', text });
  return String(opened.case);
}
