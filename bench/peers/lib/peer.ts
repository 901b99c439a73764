/**
 * What a peer's process answers to the measurement that forked it. A peer gives four functions; how many of them run at
 * once, for how long, and what each took is the same code for all.
 */
import { during, percentile, seconds } from '../../lib/measure.ts';

export interface Place {
  /** `postgres://…` of a database of its own; '' for peers that keep files. */
  readonly url: string;
  /** A folder of its own. */
  readonly directory: string;
  /** Four free ports, the same ones at every start. */
  readonly ports: readonly number[];
}

export interface Peer {
  /** What was read back from the store about durability, e.g. `{ 'fsync': 'on' }`. */
  readonly settings: Readonly<Record<string, string>>;
  /** The five steps (request, admit, lease, effect, verify), each durable before the next. @returns when the last is durable */
  run(i: number): Promise<void>;
  /** The first two steps, and then a wait for a decision. @returns what `approve` needs, once the wait is durable */
  hold(i: number): Promise<string>;
  /** Decides, so that the other three steps are done. @returns when the last is durable */
  approve(held: string): Promise<void>;
  close(): Promise<void>;
}

export interface Speed {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
}
export interface Held {
  readonly count: number;
  readonly seconds: number;
  /** The last one that waits. */
  readonly last: string;
}

/** Requests over the channel to the parent process, and what is replied to each. */
export interface Calls {
  run: { ask: { from: number; seconds: number; width: number }; reply: Speed };
  hold: { ask: { from: number; count: number; limit: number; width: number }; reply: Held };
  approve: { ask: { held: string }; reply: null };
  close: { ask: Record<string, never>; reply: null };
}
export type Ask = { [K in keyof Calls]: { call: K } & Calls[K]['ask'] }[keyof Calls];

async function run(peer: Peer, { from, seconds: long, width }: Calls['run']['ask']): Promise<Speed> {
  const start = process.hrtime.bigint();
  const latencies = await during(long, width, (i) => peer.run(from + i));
  return {
    perSecond: latencies.length / seconds(start),
    p50: percentile(latencies, 50),
    p99: percentile(latencies, 99),
  };
}

async function hold(peer: Peer, { from, count, limit, width }: Calls['hold']['ask']): Promise<Held> {
  const start = process.hrtime.bigint();
  let last = '';
  const one = async (i: number) => {
    last = await peer.hold(from + i);
  };
  const { length } = await during(limit, width, one, count);
  const took = seconds(start);
  globalThis.gc?.();
  return { count: length, seconds: took, last };
}

async function answer(peer: Peer, ask: Ask): Promise<Speed | Held | null> {
  if (ask.call === 'run') return run(peer, ask);
  if (ask.call === 'hold') return hold(peer, ask);
  await (ask.call === 'approve' ? peer.approve(ask.held) : peer.close());
  return null;
}

const send = (message: unknown): void => void process.send?.(message);

/** Opens the peer at the place its parent names and answers until it is closed. Says `{ ready: settings }` first. */
export async function serve(open: (place: Place) => Promise<Peer>): Promise<void> {
  const peer = await open(JSON.parse(process.env.PEER_PLACE ?? '{}') as Place);
  process.on('message', async (ask: Ask) => {
    try {
      send({ reply: await answer(peer, ask) });
    } catch (error) {
      send({ error: String(error) });
    }
    if (ask.call === 'close') process.exit(0);
  });
  send({ ready: peer.settings });
}
