/** The benchmark's files: their shape, and what is wrong with one that has another. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const change = z.object({
  path: z.array(z.union([z.string(), z.number().int().nonnegative()])).min(2),
  op: z.enum(['set', 'add', 'remove']).optional(),
  old: z.unknown().optional(),
  new: z.unknown().optional(),
});

const action = z.object({
  name: z.string().min(1),
  type: z.enum(['READ', 'WRITE', 'GENERIC']),
  arguments: z.record(z.string(), z.unknown()),
  /** What the benchmark's own tool said when it refused. */
  error: z.string().nullable().default(null),
  patch: z.array(change).default([]),
});

const task = z.object({
  id: z.union([z.string().min(1), z.number()]).transform(String),
  /** Who was authenticated; nobody when absent. */
  session: z.object({ user: z.string().min(1).nullish() }),
  initial_db_patch: z.array(change).default([]),
  initial_hash: z.string().optional(),
  actions: z.array(action),
  final_hash: z.string().min(1),
});

const benchmark = z.object({ tasks: z.array(task).min(1) });
const database = z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown())));

const violation = z.object({
  task: z.union([z.string(), z.number()]).transform(String),
  name: z.string().min(1),
  arguments: z.record(z.string(), z.unknown()),
  session: z.object({ user: z.string().min(1).nullish() }),
  state_patch: z.array(change).default([]),
});

export type Change = z.output<typeof change>;
export type Action = z.output<typeof action>;
export type Task = z.output<typeof task>;
export type Violation = z.output<typeof violation>;
/** Collection → id → document. */
export type Database = z.output<typeof database>;

export interface Benchmark {
  readonly tasks: readonly Task[];
  readonly database: Database;
}

/** Something wrong with a file, in a sentence that names the file and, where there is one, the field. */
export class DataError extends Error {
  override readonly name = 'DataError';
}

const FILES = { tasks: 'tau-retail.json', database: 'tau-retail-db.json' } as const;

/** [TAU1] The tasks and the database of a folder. @throws DataError */
export function readBenchmark(folder: string): Benchmark {
  const file = join(folder, FILES.tasks);
  const { tasks } = readJson(file, benchmark);
  const ids = new Set<string>();
  for (const [i, { id }] of tasks.entries()) {
    if (ids.has(id)) throw new DataError(`${file}: tasks[${i}].id: there are two tasks "${id}"; rename one`);
    ids.add(id);
  }
  return { tasks, database: readJson(join(folder, FILES.database), database) };
}

/** [TAU1] Requests that must be refused; each names a task of the benchmark. @throws DataError */
export function readViolations(file: string, { tasks }: Benchmark): Violation[] {
  const violations = readJson(file, z.array(violation));
  const known = new Set(tasks.map(({ id }) => id));
  const lost = violations.findIndex((each) => !known.has(each.task));
  if (lost === -1) return violations;
  throw new DataError(`${file}: [${lost}].task: there is no task "${violations[lost]?.task}" in ${FILES.tasks}`);
}

function readJson<S extends z.ZodType>(file: string, schema: S): z.output<S> {
  const parsed = schema.safeParse(parseJson(file, textOf(file)));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const more = parsed.error.issues.length > 1 ? ` (and ${parsed.error.issues.length - 1} more)` : '';
  throw new DataError(`${file}: ${fieldOf(issue?.path ?? [])}: ${issue?.message}${more}`);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new DataError(`${file}: ${missing ? 'there is no such file; check the path' : (cause as Error).message}`, {
      cause,
    });
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DataError(`${file}: not valid JSON: ${(cause as Error).message}`, { cause });
  }
}

const fieldOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '') || 'the file';
