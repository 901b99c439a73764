/** What tests of A2A have in common: requests as they stand on the wire. */
import type { AgentCard, Task } from '@reeve/workers/a2a';
import type { Served } from './agents.ts';

export interface Answered {
  readonly status: number;
  readonly result?: { task?: Task } & Record<string, unknown>;
  readonly error?: { code: number; message: string; data: Record<string, unknown>[] };
}

/** A request of a peer; `headers` replace what is sent otherwise. */
export async function rpc(
  url: string,
  token: string,
  method: string,
  params: unknown,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const response = await post(url, token, JSON.stringify({ jsonrpc: '2.0', id: 7, method, params }), headers);
  return { status: response.status, ...((await response.json()) as object) };
}

export const post = (url: string, token: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/a2a`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'a2a-version': '1.0', ...headers },
    body,
  });

let count = 0;
export const words = (text: string, more: Record<string, unknown> = {}) => ({
  message: { messageId: `m-${++count}`, role: 'ROLE_USER', parts: [{ text }], ...more },
  configuration: { returnImmediately: true },
});

/** The task of a first message. */
export async function asked(url: string, token: string, params: unknown = words('A refund, please.')): Promise<Task> {
  const { result, error } = await rpc(url, token, 'SendMessage', params);
  if (!result?.task) throw new Error(JSON.stringify(error));
  return result.task;
}

export const cardAt = async (url: string): Promise<AgentCard> =>
  (await (await fetch(`${url}/.well-known/agent-card.json`)).json()) as AgentCard;

/** What somebody of the organisation does with a case. */
export const doing =
  ({ server }: Served) =>
  async (
    kind: 'case.start' | 'case.wait' | 'case.cancel' | 'case.note',
    body: Record<string, unknown>,
  ): Promise<void> => {
    const reply = await server.house.runtime.submit({ id: '', kind, actor: { principal: 'kim', seat: 'owner' }, body });
    if (!reply.ok) throw new Error(reply.rejection.message);
  };
