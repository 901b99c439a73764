/**
 * The agent at the payments desk: a program of its own that knows Reeve by its MCP endpoint only. It takes a task, asks for the
 * refund the task is about, and asks again under the same key until it is decided: also when the server was killed meanwhile.
 */
import { Client, ProtocolError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

export interface AgentOptions {
  readonly url: string;
  /** Of the seat. */
  readonly token: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

interface Answer {
  readonly status: string;
  readonly operation?: string;
  readonly note?: string;
}

interface Taken extends Answer {
  readonly work: string;
  readonly briefing: {
    readonly run: string;
    readonly task: {
      readonly id: string;
      readonly packet: { readonly context: { readonly order_id: string; readonly owed: number } };
    };
  };
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** One connection at a time; a call that got no answer is made again over a new one. */
class Line {
  readonly #options: AgentOptions;
  #client: Client | null = null;

  constructor(options: AgentOptions) {
    this.#options = options;
  }

  /** @throws Error once the agent is told to stop, and for what the server answers that asking again cannot help */
  async use<T extends Answer>(name: string, args: Readonly<Record<string, unknown>>): Promise<T> {
    for (;;) {
      this.#options.signal.throwIfAborted();
      try {
        this.#client ??= await connect(this.#options);
        const { content } = await this.#client.callTool({ name, arguments: args }, { signal: this.#options.signal });
        return JSON.parse((content as { text: string }[])[0]!.text) as T;
      } catch (error) {
        if (error instanceof ProtocolError) throw error;
        await this.close();
        await pause(200);
      }
    }
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    await client?.close().catch(() => undefined);
  }
}

async function connect({ url, token, signal }: AgentOptions): Promise<Client> {
  const client = new Client({ name: 'payments-agent', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  const requestInit = { headers: { authorization: `Bearer ${token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit }), { signal });
  return client;
}

/** Works the seat until it is told to stop. */
export async function workPayments(options: AgentOptions): Promise<void> {
  const line = new Line(options);
  try {
    for (;;) {
      const taken = await line.use<Taken>('work_take', { wait: 5 });
      if (taken.status === 'taken') await pay(line, taken, options.say);
    }
  } catch (error) {
    if (!options.signal.aborted) throw error;
  } finally {
    await line.close();
  }
}

async function pay(line: Line, { work: _work, briefing }: Taken, say: AgentOptions['say']): Promise<void> {
  const { order_id, owed } = briefing.task.packet.context;
  const args = { order_id, amount: owed, _work, _key: 'refund', _why: `${briefing.task.id} says that it is owed.` };
  const refund = await decided(line, args, say);
  const paid = refund.status === 'done';
  const report = paid ? { refund: refund.operation } : { refused: refund.note ?? refund.status };
  await line.use('task_complete', { report, declined: !paid, _work, _key: 'complete' });
  const outcome = paid ? 'Paid back.' : 'Not paid back.';
  await line.use('report', { outcome, evidence: paid ? [refund.operation] : [], _work, _key: 'report' });
}

/** Answers in a row that are about no operation: right after its start a server may not be able to go on with work at once. */
const PATIENCE = 50;

/** The same call under the same key, until it is known what became of it. @throws Error when nothing becomes of it */
async function decided(line: Line, args: Readonly<Record<string, unknown>>, say: AgentOptions['say']): Promise<Answer> {
  let waits = false;
  for (let idle = 0; idle < PATIENCE; ) {
    const answer = await line.use<Answer>('orders_refund', args);
    if (answer.operation !== undefined && answer.status !== 'waiting') return answer;
    if (answer.status === 'waiting' && !waits) say(`the agent asked for ${answer.operation} and is told to wait`);
    waits ||= answer.status === 'waiting';
    idle = answer.status === 'waiting' ? 0 : idle + 1;
    await pause(200);
  }
  throw new Error('the refund was neither done nor refused');
}
