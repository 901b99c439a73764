import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readCsv } from './csv.ts';
import { readJsonArray, readJsonl } from './json.ts';
import { mailToIntake } from './mail.ts';
import { readMbox } from './mbox.ts';
import { type Intake, problem, type ReadOptions } from './outcome.ts';
import { type Format, sniff } from './sniff.ts';

const MAX_PROBLEMS = 100;

/**
 * The tickets of a file, or of all files directly in a directory in the order of their names (hidden ones and
 * directories passed over). Bad rows come as problems between the tickets; nothing about the files makes it throw.
 * Memory stays within a few megabytes per record whatever the size of the file (one message: up to 25 MB, several
 * times over while it is parsed). Tickets seen before are not dropped: the caller compares `externalId`.
 */
export async function* readTickets(path: string, options: ReadOptions = {}): AsyncGenerator<Intake> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) yield* readDirectory(path, options);
    else if (found.isFile()) yield* readOne(path, options);
    else yield problem({ file: path }, 'this is not a regular file', { hint: 'save what it gives to a file first' });
  } catch (error) {
    yield unreadable(path, error);
  }
}

async function* readDirectory(path: string, options: ReadOptions): AsyncGenerator<Intake> {
  const names = (await readdir(path)).filter((name) => !name.startsWith('.')).sort();
  let files = 0;
  for (const name of names) {
    const file = join(path, name);
    const isFile = await stat(file).then(
      (found) => found.isFile(),
      () => true,
    );
    if (!isFile) continue;
    files++;
    yield* readOne(file, options);
  }
  if (files > 0) return;
  yield problem({ file: path }, 'there are no files in this directory', {
    hint: 'directories inside it are not searched; name one of them',
  });
}

/** One file, with at most so many problems. Errors of the file system end this file only. */
async function* readOne(file: string, options: ReadOptions): AsyncGenerator<Intake> {
  const most = options.maxProblems ?? MAX_PROBLEMS;
  let tickets = 0;
  let problems = 0;
  try {
    for await (const step of stepsOf(file, options)) {
      if (step.ok) tickets++;
      else if (++problems > most) return yield stopped(file, most);
      yield step;
    }
    if (tickets + problems === 0)
      yield problem({ file }, 'there are no tickets in this file', { hint: 'export the tickets again' });
  } catch (error) {
    yield unreadable(file, error);
  }
}

async function* stepsOf(file: string, options: ReadOptions): AsyncGenerator<Intake> {
  const sniffed = await sniff(file);
  if ('format' in sniffed) yield* READERS[sniffed.format](file, options);
  else yield problem({ file }, sniffed.message, { hint: sniffed.hint });
}

const READERS: Readonly<Record<Format, (file: string, options: ReadOptions) => AsyncGenerator<Intake>>> = {
  eml: readEml,
  mbox: readMbox,
  csv: readCsv,
  jsonl: readJsonl,
  json: readJsonArray,
};

/** `sniff` has refused messages over 25 MB, so that reading the whole file is safe. */
async function* readEml(file: string): AsyncGenerator<Intake> {
  yield await mailToIntake(await readFile(file), { file, item: 1 });
}

function stopped(file: string, most: number): Intake {
  return problem({ file }, `and more; stopped reading after ${most} ${most === 1 ? 'problem' : 'problems'}`, {
    hint: 'correct what is wrong above and import the file again; known ids are recognised',
  });
}

const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  ENOENT: ['there is no such file or directory', 'check the path'],
  ENOTDIR: ['there is no such file or directory', 'check the path'],
  EACCES: ['reading it is not permitted', 'change its permissions, or import it as a user who may read it'],
  EPERM: ['reading it is not permitted', 'change its permissions, or import it as a user who may read it'],
  ELOOP: ['the link points to itself', 'check the path'],
};

/** What the file system refused, as a problem. Any other error is a defect of this program and is thrown on. */
function unreadable(file: string, error: unknown): Intake {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  const isSystemError = error instanceof Error && 'syscall' in error;
  const isBadPath = code === 'ERR_INVALID_ARG_VALUE';
  if (code === undefined || !(isSystemError || isBadPath)) throw error;
  const [message, hint] = REASONS[code] ?? [`it cannot be read (${code})`, 'check the path and the disk'];
  return problem({ file }, message, { hint });
}
