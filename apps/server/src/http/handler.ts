/** What every handler of a route gets and gives. */
import type { HttpBindings } from '@hono/node-server';
import type { HookRequest } from '@reeve/connectors';
import type { State } from '@reeve/kernel';
import type { History, PersonalBlobs, Store } from '@reeve/ledger';
import type { ParsedOf, ResponseOf, RouteName } from '@reeve/protocol';
import type { Runtime } from '@reeve/runtime';
import type { Peers } from '../a2a/peers.ts';
import type { Agents } from '../agents/agents.ts';
import type { SeatTokens } from '../agents/tokens.ts';
import type { Backups } from '../backup/backups.ts';
import type { Packs } from '../data/packs.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { Orders } from '../executors/orders.ts';
import type { ExecutorToken, ExecutorTokens } from '../executors/tokens.ts';
import type { House, Log } from '../house.ts';
import type { Notices } from '../notices.ts';
import type { Outputs } from '../output/output.ts';
import type { PeopleDesk } from '../people/desk.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { AnswerOf } from '../views/run.ts';
import type { ToolHealth } from '../views/tools.ts';

/** What the handlers work with. */
export interface Services extends Pick<House, 'applyPack'> {
  readonly runtime: Runtime;
  readonly store: Store;
  readonly packs: Packs;
  readonly evidence: Evidence;
  readonly backups: Backups;
  readonly notices: Notices;
  readonly orders: Orders;
  readonly history: History;
  readonly sessions: Sessions;
  readonly agents: Agents;
  readonly seatTokens: SeatTokens;
  readonly executorTokens: ExecutorTokens;
  readonly peers: Peers;
  /** Where this organisation is served; absent when nobody told. */
  readonly url: string | undefined;
  /** How long peers that wait for a task are kept waiting, in milliseconds. */
  readonly patience: number;
  readonly telemetry: Telemetry;
  /** Asks every open tool how it is. */
  readonly toolsHealth: () => Promise<ReadonlyMap<string, ToolHealth>>;
  /** Answers a request to a tool's own address. */
  readonly hook: (tool: string, request: HookRequest) => Promise<Response>;
  /** What runs write while they work. */
  readonly outputs: Outputs;
  /** What people do with the links of their mails; null where nobody works. */
  readonly people: PeopleDesk | null;
  /** What runs got from outside, out of their journals. */
  readonly answer: AnswerOf;
  /** Where desks are kept; what is about a customer is sealed. */
  readonly blobs: PersonalBlobs;
  readonly log: Log;
  /** Does this process work, or only look? */
  readonly works: boolean;
  readonly heartbeat: number;
  /** Aborted when the house closes. */
  readonly ended: AbortSignal;
}

/** What goes along with a request: Node's own objects, and who asked when another node passed it on. */
export interface Asked extends Partial<HttpBindings> {
  /** Network address. */
  readonly from?: string;
}

/** Whose token came with a request. */
export interface Asking {
  /** The session that asks; null for the local token, or where none is needed. */
  readonly session: string | null;
  /** The executor whose token it is; null for all others. */
  readonly executor: ExecutorToken | null;
}

export interface Call extends Asking {
  /** Command id of a write, '' without an `Idempotency-Key`. */
  readonly id: string;
  readonly request: Request;
}

export interface Answer<T> {
  readonly body: T;
  /** 200 unless told otherwise. */
  readonly status?: number;
  /** This is the first answer again. */
  readonly repeated?: boolean;
}

export type Handler<K extends RouteName> = (
  services: Services,
  input: ParsedOf<K>,
  call: Call,
) => Promise<Answer<ResponseOf<K>> | Response>;

/** A route that looks at the state and at nothing else. */
export const view =
  <K extends RouteName>(look: (state: State, input: ParsedOf<K>, services: Services) => ResponseOf<K>): Handler<K> =>
  async (services, input) => ({ body: await services.runtime.read((state) => look(state, input, services)) });

/** The present for what ends by time without an event: never before the newest record. */
export const present = (state: State): number => Math.max(Date.now(), state.now);
