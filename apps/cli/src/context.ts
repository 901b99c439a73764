import { resolve } from 'node:path';
import { formatDuration, parseDuration } from '@reeve/kernel/units';
import { EXIT, Failure } from './failure.ts';
import type { Io } from './io.ts';
import { coloured, type Paint, plain } from './text/colour.ts';

/** Options every command takes. */
export interface GlobalOptions {
  readonly data?: string;
  readonly port?: string;
  readonly store?: string;
  readonly at?: string;
  readonly json?: boolean;
  readonly color?: boolean;
}

/** What every command knows: where the data is, how the reader wants to be answered. */
export interface Context {
  readonly io: Io;
  /** Absolute path of the data directory. */
  readonly data: string;
  readonly port: number;
  /** `postgres://…` of the ledger; undefined when it is in the data directory. */
  readonly store: string | undefined;
  /** Address of an organisation at a server or at nodes elsewhere; undefined when it is that of the data directory. */
  readonly at: string | undefined;
  readonly json: boolean;
  readonly paint: Paint;
  readonly width: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export const DEFAULT_PORT = 4600;

export function createContext(io: Io, options: GlobalOptions): Context {
  const json = options.json ?? false;
  return {
    io,
    data: resolve(io.cwd, options.data ?? (io.env.REEVE_DATA || '.reeve')),
    port: portOf(options.port ?? (io.env.REEVE_PORT || String(DEFAULT_PORT))),
    store: options.store ?? (io.env.REEVE_STORE || undefined),
    at: options.at ?? (io.env.REEVE_AT || undefined),
    json,
    paint: !json && wantsColour(io, options) ? coloured : plain,
    width: Math.max(60, io.columns),
    now: Date.now,
  };
}

/** https://no-color.org: any value but the empty one counts. */
const wantsColour = (io: Io, { color }: GlobalOptions): boolean =>
  io.outTty && color !== false && !io.env.NO_COLOR && io.env.TERM !== 'dumb';

function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw usage(`"${text}" is no port`, 'ports are whole numbers from 0 to 65535', 'give one with --port or REEVE_PORT');
}

export const usage = (what: string, why: string, next: string): Failure => new Failure(EXIT.usage, what, why, next);

/** Prints the answer of a command: data for programs, text for people. */
export function print(context: Context, value: unknown, text: string | (() => string)): void {
  if (context.json) context.io.out(`${JSON.stringify(value)}\n`);
  else context.io.out(typeof text === 'string' ? text : text());
}

/** A span of time such as "5m", from the command line, in milliseconds. */
export function spanOption(text: string, name: string, least: number): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms >= least) return ms;
  throw usage(
    `${name} cannot be "${text}"`,
    `it is a span of at least ${formatDuration(least)}, such as 30s, 15m, 4h or 3d`,
    'correct it and run the command again',
  );
}

/** A whole number within bounds, from the command line. */
export function wholeNumber(text: string, name: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw usage(
    `${name} cannot be "${text}"`,
    `it is a whole number from ${least} to ${most}`,
    'correct it and run the command again',
  );
}
