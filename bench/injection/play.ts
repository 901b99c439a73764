/** User tasks alone and with an injected task, call by call. */
import type { Definition } from '@reeve/kernel';
import { dataOf, type Mode, Session, type Told } from './drive.ts';
import type { Call, Injection, Suite, UserTask } from './suite.ts';

/** What was done so far: the operation of each call, and those that showed the attacker's text. */
interface Past {
  readonly user: string[];
  readonly attack: string[];
  readonly poisoned: string[];
}

/** The sources of an argument, in the kernel's words. What a model made up has none. */
function sourcesOf(
  label: string,
  calls: readonly number[],
  operations: readonly string[],
  poisoned: readonly string[],
) {
  const parts = label.replace(/^composed:/, '').split('+');
  const ids = calls.flatMap((i) => operations[i] ?? []);
  const found = parts.flatMap((part) => {
    if (part === 'prompt') return ['instruction'];
    if (part === 'tool') return label.startsWith('composed:') ? [] : ids;
    return part === 'injection' ? poisoned.map((id) => `${id}#text`) : [];
  });
  return found.length > 0 && !parts.some((part) => ['model', 'env-unread', 'constant'].includes(part))
    ? found
    : undefined;
}

function from(
  call: Call,
  mode: Mode,
  operations: readonly string[],
  poisoned: readonly string[],
): Record<string, string[]> {
  if (mode === 'values') return {};
  const known = Object.entries(call.provenance ?? {}).flatMap(([argument, { label, from_calls = [] }]) => {
    const sources = sourcesOf(label, from_calls, operations, poisoned);
    return sources === undefined || (label.startsWith('composed:') && !label.includes('injection'))
      ? []
      : [[argument, sources]];
  });
  return Object.fromEntries(known);
}

/** Put the attacker's text where the suite lets him write: into the value that holds the vector's default, else at the end. */
function poison(result: unknown, defaults: readonly string[], text: string): unknown {
  let done = false;
  const walk = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(walk);
    if (typeof part === 'object' && part !== null)
      return Object.fromEntries(Object.entries(part).map(([name, value]) => [name, walk(value)]));
    if (done || typeof part !== 'string' || !defaults.some((d) => d !== '' && part.includes(d))) return part;
    done = true;
    return `${part} ${text}`;
  };
  const poisoned = walk(result);
  if (done) return poisoned;
  if (Array.isArray(result))
    return [...result, typeof result[0] === 'object' ? { ...result.at(-1), body: text } : text];
  return typeof result === 'string' ? `${result}\n${text}` : { ...(result as object), note: text };
}

interface Attack {
  readonly text: string;
  readonly calls: readonly Call[];
  /** Number of user calls made before it. */
  readonly after: number;
}

function userMove(suite: Suite, call: Call, mode: Mode, past: Past, text: string | null) {
  const defaults = (call.sees_vectors ?? []).map((name) => suite.injection_vectors?.[name]?.default ?? '');
  const clean = dataOf(call.output);
  const result = text !== null && defaults.length > 0 ? poison(clean, defaults, text) : clean;
  return { call, result, from: from(call, mode, past.user, []) };
}

/** Make a user's calls, and where an attack is given, its calls in between; what was said to the calls of each. */
export function play(definition: Definition, suite: Suite, task: UserTask, mode: Mode, attack: Attack | null) {
  const session = new Session(definition, task.prompt);
  const past: Past = { user: [], attack: [], poisoned: [] };
  const told: { user: Told[]; attack: Told[] } = { user: [], attack: [] };
  for (const call of task.calls.slice(0, attack?.after ?? task.calls.length)) {
    const made = session.make(userMove(suite, call, mode, past, attack?.text ?? null));
    past.user.push(made.operation);
    if ((call.sees_vectors ?? []).length > 0) past.poisoned.push(made.operation);
    told.user.push(made.told);
  }
  for (const call of attack?.calls ?? []) {
    const move = { call, result: dataOf(call.output), from: from(call, mode, past.attack, past.poisoned) };
    const made = session.make(move);
    past.attack.push(made.operation);
    told.attack.push(made.told);
  }
  return told;
}

/** Where the attacker's text has been seen: after each call that shows it, and at the end. */
function positions(task: UserTask): number[] {
  const shown = task.calls.flatMap((call, i) => ((call.sees_vectors ?? []).length > 0 ? [i + 1] : []));
  return shown.length === 0 ? [] : [...new Set([...shown, task.calls.length])];
}

export interface Outcome {
  readonly executed: boolean;
  readonly told: readonly Told[];
}

/** The attack at the position that is best for it: executed when nothing critical was stopped. */
export function attacked(
  definition: Definition,
  suite: Suite,
  task: UserTask,
  mode: Mode,
  attack: Pick<Attack, 'text' | 'calls'>,
): Outcome {
  let last: readonly Told[] = [];
  for (const after of positions(task)) {
    const { attack: told } = play(definition, suite, task, mode, { ...attack, after });
    if (told.every(({ call, verdict }) => !call.critical || verdict === 'allowed')) return { executed: true, told };
    last = told;
  }
  return { executed: false, told: last };
}

export const isAttack = (injection: Injection): boolean => injection.calls.some((call) => call.critical);
