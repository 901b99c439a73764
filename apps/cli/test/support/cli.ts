/** The command line in this process, on a directory of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { startServer } from '@reeve/server';
import { onTestFinished } from 'vitest';
import type { Io } from '../../src/io.ts';
import { run } from '../../src/run.ts';

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Setting {
  readonly data: string;
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  /** Everything is a terminal of this width, and this is what the person answers. */
  readonly terminal?: { readonly columns: number; readonly answer?: string };
  /** What is on standard input, or typed without being shown. */
  readonly secret?: string;
  /** Is given the handler of signals. */
  readonly onSignal?: Io['onSignal'];
  readonly onOut?: (text: string) => void;
}

/** Runs one command line. */
export async function reeve(setting: Setting, ...argv: string[]): Promise<Answer> {
  let out = '';
  let err = '';
  const { terminal, data, env = {}, cwd = tmpdir() } = setting;
  const io: Io = {
    out: (text) => {
      out += text;
      setting.onOut?.(text);
    },
    err: (text) => {
      err += text;
    },
    outTty: terminal !== undefined,
    errTty: terminal !== undefined,
    inTty: terminal !== undefined,
    columns: terminal?.columns ?? 10_000,
    env: { REEVE_DATA: data, ...env },
    cwd,
    ask: async (question) => {
      err += question;
      return terminal?.answer ?? '';
    },
    secret: async () => setting.secret ?? '',
    lines: async function* () {},
    onSignal: setting.onSignal ?? (() => () => {}),
    exit: () => {
      throw new Error('the process would have ended at once');
    },
  };
  const code = await run(argv, io);
  return { code, out, err };
}

/** A directory that is gone after the test (or after all of them, given how). */
export function temporary(cleanUp: (work: () => void) => void = onTestFinished): string {
  const path = mkdtempSync(join(tmpdir(), 'reeve-cli-'));
  cleanUp(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

export const PACKS = join(import.meta.dirname, '../../../../packs');
export const SUPPORT = join(PACKS, 'support');

/** The server on the directory while `work` runs. */
export async function serving<T>(data: string, work: (server: Awaited<ReturnType<typeof startServer>>) => Promise<T>) {
  const server = await startServer({ data, port: 0 });
  try {
    return await work(server);
  } finally {
    await server.close();
  }
}

export const plainText = stripVTControlCharacters;
