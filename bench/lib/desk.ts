/** An organisation on a store, and a clerk whose operations are measured: those that go through, and those that wait for a decision. */
import type { Actor, Command, CommandKind } from '@reeve/kernel';
import type { Store } from '@reeve/ledger';
import { openRuntime, type Published, type Runtime } from '@reeve/runtime';
import { threadReplica } from '@reeve/server/replica';
import { hostOf, InstantTool, OWNER, organisation } from './world.ts';

/** Operations are spread over this many cases; one case with thousands of them is not what an organisation looks like. */
const CASES = 500;
/** Of the 20 seats. A seat may ask for 10,000 decisions an hour, so that 100,000 that wait take several. */
const CLERKS = 19;
/** Who owns a case asks for what it needs. */
const clerk = (of: number) => ({ principal: `p-${of % CLERKS}`, seat: `clerk-${of % CLERKS}` });

/** An operation that waits for a decision. */
export interface Waiting {
  readonly operation: string;
  readonly approval: string;
}

export interface Desk {
  /** One operation, from request to verification. */
  operate(i: number): Promise<void>;
  /** Asks for what one of the policies wants decided. @returns once it waits, durably */
  ask(i: number): Promise<Waiting>;
  /** Approves it. @returns once it is verified */
  approve(waiting: Waiting): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the organisation on this store, and makes it where it is not there yet. Closing the desk closes the store. Where the
 * ledger is files in `directory`, snapshots are taken on a thread, as the server does.
 */
export async function openDesk(store: Store, directory?: string): Promise<Desk> {
  const runtime = await openRuntime({
    ...{ org: 'bench', store, tools: hostOf(new InstantTool()), occupants: () => null },
    ...(directory === undefined ? {} : { replica: threadReplica({ org: 'bench', ledger: directory }) }),
  });
  const there = await runtime.read((state) => state.organisation.seats.size > 0);
  if (!there) await furnish(runtime);
  const { verified, asked, end } = follow(runtime);
  const request = async (id: string, i: number, args: { entry: string; amount: number }): Promise<string> => {
    const about = i % CASES;
    const body = { capability: 'book.write', case: `C-${1 + about}`, args };
    return (await submit(runtime, id, 'operation.request', clerk(about), body)).operation as string;
  };
  return {
    operate: async (i) => verified(await request(`op-${i}`, i, { entry: `entry-${i}`, amount: 10 })).then(() => {}),
    // What policy-1 of the organisation asks about, and no other.
    ask: async (i) => {
      const operation = await request(`ask-${i}`, i, { entry: `never-1-${i}`, amount: 2_000_000 });
      return { operation, approval: await asked(operation) };
    },
    approve: async ({ operation, approval }) => {
      const done = verified(operation);
      await submit(runtime, `approve-${approval}`, 'approval.decide', OWNER, { approval, verdict: 'approve' });
      await done;
    },
    close: async () => {
      end();
      await runtime.stop();
      await store.close();
    },
  };
}

async function furnish(runtime: Runtime): Promise<void> {
  const body = { base: '', reason: 'bench', definition: organisation() };
  await submit(runtime, 'apply', 'organisation.apply', OWNER, body);
  for (let n = 0; n < CASES; n++) {
    const about = {
      subject: `Case ${n}`,
      customer: `c${n}@d.example`,
      priority: 'high' as const,
      owner: clerk(n).seat,
    };
    await submit(runtime, `open-${n}`, 'case.open', OWNER, about);
  }
}

async function submit(
  runtime: Runtime,
  id: string,
  kind: CommandKind,
  actor: Actor,
  body: Command['body'],
): Promise<Record<string, unknown>> {
  const reply = await runtime.submit({ id, kind, actor, body });
  if (!reply.ok) throw new Error(`${kind} was refused: ${reply.rejection.message}`);
  return reply.result;
}

/** What is told once for a name, whether it is asked for before or after. */
class Once {
  readonly #told = new Map<string, string | Error>();
  readonly #asked = new Map<string, (value: string | Error) => void>();

  tell(name: string, value: string | Error): void {
    const wake = this.#asked.get(name);
    if (this.#asked.delete(name)) wake?.(value);
    else this.#told.set(name, value);
  }

  /** Throws what was told where that is an error. */
  async of(name: string): Promise<string> {
    const told = this.#told.get(name);
    const value = this.#told.delete(name)
      ? told!
      : await new Promise<string | Error>((tell) => this.#asked.set(name, tell));
    if (typeof value !== 'string') throw value;
    return value;
  }
}

/** Tells when an operation is verified and which approval it waits for; both, as an error, where it can be neither. */
function heard({ record }: Published, verified: Once, asked: Once): void {
  const stuck = (body: { operation: string }) => {
    const error = new Error(`${record.kind}: ${JSON.stringify(body)}`);
    for (const once of [verified, asked]) once.tell(body.operation, error);
  };
  if (record.kind === 'operation.verified') verified.tell(record.body.operation, '');
  if (record.kind === 'approval.requested') asked.tell(record.body.operation, record.body.approval);
  if (record.kind === 'operation.deferred' || record.kind === 'operation.failed') stuck(record.body);
  if (record.kind === 'operation.decided' && record.body.verdict === 'deny') stuck(record.body);
}

function follow(runtime: Runtime) {
  const [verified, asked, stop] = [new Once(), new Once(), new AbortController()];
  void (async () => {
    for await (const published of runtime.subscribe({ signal: stop.signal })) heard(published, verified, asked);
  })();
  return {
    verified: (operation: string) => verified.of(operation),
    asked: (operation: string) => asked.of(operation),
    end: () => stop.abort(),
  };
}
