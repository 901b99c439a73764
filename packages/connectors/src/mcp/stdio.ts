/** A server that is a program of this machine: shut in, with nothing inherited, ended with everything it started. */
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import { ToolError } from '../port.ts';
import { canIsolate } from '../shell/client.ts';
import { killGroup, start } from '../shell/process.ts';
import { shellConfig } from '../shell/wire.ts';
import type { Program } from './wire.ts';

export interface StdioOptions {
  readonly server: Program;
  /** Secrets put in. */
  readonly env: Readonly<Record<string, string>>;
  /** The tool's own folder. */
  readonly directory: string;
  readonly hidden: readonly string[];
  readonly maxMessage: number;
}

/** After the lifeline is let go everything is ended within 300 ms; then the group is killed from here. */
const BACKSTOP = 600;
const DAY = 86_400;

/** One line of JSON in, one line out. */
export async function stdioTransport(options: StdioOptions): Promise<Transport> {
  const { server, directory, env } = options;
  const isolated = await canIsolate();
  if (!isolated && server.isolation === 'required')
    throw new ToolError(
      'deterministic',
      'programs cannot be shut in here (Linux namespaces); allow them, or set isolation: preferred; nothing was sent',
    );
  mkdirSync(join(directory, 'files'), { recursive: true });
  const workspace = realpathSync(join(directory, 'files'));
  const own = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: workspace, TMPDIR: workspace, LANG: 'C.UTF-8' };
  const { limits } = shellConfig.parse({ programs: { it: server.program } });
  const hidden = options.hidden.map((path) => realpathSync(path));
  return transportOf(
    () =>
      start(
        {
          ...{ argv: [server.program, ...server.args], workspace, env: { ...env, ...own } },
          limits: { ...limits, memory: server.memory, cpu: DAY },
          isolation: isolated ? { network: server.network, writable: true, hidden } : undefined,
        },
        'pipe',
      ),
    options.maxMessage,
  );
}

function transportOf(begin: () => ChildProcess, most: number): Transport {
  let child: ChildProcess | null = null;
  const end = () => {
    const running = child;
    child = null;
    if (!running) return;
    (running.stdio[3] as { destroy(): void } | null)?.destroy();
    setTimeout(() => killGroup(running), BACKSTOP).unref();
  };
  const transport: Transport = {
    start: async () => {
      const started = begin();
      child = started;
      started.once('exit', () => {
        end();
        transport.onclose?.();
      });
      started.once('error', (error) => transport.onerror?.(error));
      started.stdin?.on('error', () => undefined);
      started.stderr?.resume();
      (started.stdio[4] as { resume(): void } | null)?.resume();
      readLines(started, most, transport, end);
    },
    send: (message) =>
      new Promise((resolve, reject) => {
        if (!child?.stdin?.writable) return reject(new Error('the server has ended'));
        child.stdin.write(`${JSON.stringify(message)}\n`, (error) => (error ? reject(error) : resolve()));
      }),
    close: async () => {
      end();
      transport.onclose?.();
    },
  };
  return transport;
}

function readLines(child: ChildProcess, most: number, transport: Transport, end: () => void): void {
  let rest = '';
  child.stdout?.setEncoding('utf8');
  child.stdout?.on('data', (chunk: string) => {
    rest += chunk;
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > most) {
      end();
      transport.onerror?.(new Error(`the server wrote a message of more than ${most} bytes`));
      transport.onclose?.();
      return;
    }
    for (const line of lines) read(line, transport);
  });
}

/** What is no message is noise, such as a greeting. */
function read(line: string, transport: Transport): void {
  if (line.trim() === '') return;
  try {
    transport.onmessage?.(JSON.parse(line) as JSONRPCMessage);
  } catch (error) {
    transport.onerror?.(error as Error);
  }
}
