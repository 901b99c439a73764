/** What every handler of a route gets and gives. */
import type { CommandKind, State } from '@reeve/kernel';
import type { Store } from '@reeve/ledger';
import type { ParsedOf, ResponseOf, RouteName } from '@reeve/protocol';
import type { Runtime } from '@reeve/runtime';
import { actorFor } from '../caller.ts';
import type { Packs } from '../data/packs.ts';
import { refusalOf } from '../errors.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { House, Log } from '../house.ts';
import type { Sessions } from '../sessions/sessions.ts';
import type { ToolHealth } from '../views/tools.ts';

/** What the handlers work with. */
export interface Services extends Pick<House, 'applyPack'> {
  readonly runtime: Runtime;
  readonly store: Store;
  readonly packs: Packs;
  readonly evidence: Evidence;
  readonly sessions: Sessions;
  /** Asks every open tool how it is. */
  readonly toolsHealth: () => Promise<ReadonlyMap<string, ToolHealth>>;
  readonly log: Log;
  readonly heartbeat: number;
  /** Aborted when the house closes. */
  readonly ended: AbortSignal;
}

export interface Call {
  /** Command id of a write, '' without an `Idempotency-Key`. */
  readonly id: string;
  readonly request: Request;
  /** The session that asks; null for the local token, or where none is needed. */
  readonly session: string | null;
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

export interface Written {
  readonly result: Readonly<Record<string, unknown>>;
  readonly seq: number;
  readonly repeated: boolean;
}

/** Submit a command as the caller; a rejection becomes a refusal. */
export async function write(
  { runtime }: Services,
  { id }: Pick<Call, 'id'>,
  kind: CommandKind,
  body: object,
): Promise<Written> {
  const actor = await runtime.read((state) => actorFor(state, id, kind, body));
  const reply = await runtime.submit({ id, kind, actor, body: body as Readonly<Record<string, unknown>> });
  if (!reply.ok) throw refusalOf(reply.rejection);
  return { result: reply.result, seq: reply.result.seq as number, repeated: reply.repeated };
}
