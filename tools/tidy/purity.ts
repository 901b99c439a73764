/** The kernel computes: no clock, no chance, no I/O, no waiting, nothing that differs between machines. */
import type { Facts, Use } from './facts.ts';
import { type Problem, problem } from './problem.ts';

const PURE = 'packages/kernel/src/';

const INPUT = 'time, ids and chance come in through Context (core/context.ts)';
const OUTSIDE = 'effects belong to the runtime';

/** Globals that reach outside, with what to do instead. */
const GLOBALS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'].map((name) => [name, INPUT])),
  ...Object.fromEntries(['performance', 'crypto', 'WeakRef', 'FinalizationRegistry'].map((name) => [name, INPUT])),
  ...Object.fromEntries(['process', 'fetch', 'console', 'require', 'Buffer', 'globalThis'].map((n) => [n, OUTSIDE])),
  ...Object.fromEntries(
    ['window', 'self', 'global', 'Promise', 'XMLHttpRequest', 'WebSocket'].map((n) => [n, OUTSIDE]),
  ),
  Intl: 'it depends on the language data of the machine',
};

/** Members that read the clock of the machine, its time zone, its language or chance, whatever they are called on. */
const MEMBERS =
  /^(get(Full)?(Year|Month|Date|Day|Hours|Minutes|Seconds|Milliseconds|TimezoneOffset)|toLocale\w+|localeCompare)$/;

/** Everything in the kernel that is not a pure computation. */
export function purityProblems(all: readonly Facts[]): Problem[] {
  return all.filter(({ path }) => path.startsWith(PURE)).flatMap(impurities);
}

function impurities({ path, imports, keywords, uses, members }: Facts): Problem[] {
  const at = (line: number, what: string, why: string) => problem(path, line, `${what} in the kernel: ${why}.`);
  return [
    ...imports
      .filter(({ specifier }) => specifier.startsWith('node:'))
      .map(({ line, specifier }) => at(line, `import of ${specifier}`, OUTSIDE)),
    ...keywords
      .filter(({ text }) => text !== 'any')
      .map(({ line, text }) => at(line, `\`${text}\``, 'decisions are synchronous; prefetch in the runtime')),
    ...uses.flatMap((use) => {
      const found = impure(use);
      return found ? [at(use.line, `\`${found[0]}\``, found[1])] : [];
    }),
    ...members
      .filter(({ text }) => MEMBERS.test(text))
      .map(({ line, text }) => at(line, `\`.${text}\``, 'it depends on the time zone or language of the machine')),
  ];
}

/** What is impure about this use, and why; undefined when nothing is. */
function impure({ name, member, form, args }: Use): readonly [string, string] | undefined {
  if (Object.hasOwn(GLOBALS, name)) return form === 'other' || member === null ? [name, GLOBALS[name]!] : undefined;
  if (name === 'Math') return impureMath(member, form);
  return name === 'Date' ? impureDate(member, form, args) : undefined;
}

function impureMath(member: string | null, form: Use['form']): readonly [string, string] | undefined {
  if (form !== 'other') return undefined;
  if (member === 'random') return ['Math.random', INPUT];
  return member === null ? ['Math', 'as a value it hides Math.random; name the function'] : undefined;
}

function impureDate(member: string | null, form: Use['form'], args: number): readonly [string, string] | undefined {
  if (member !== null) return form === 'other' && member !== 'UTC' ? [`Date.${member}`, INPUT] : undefined;
  if (form === 'new') return args === 0 ? ['new Date()', INPUT] : undefined;
  return form === 'call' ? ['Date()', INPUT] : ['Date', 'as a value it hides the clock; write `new Date(time)`'];
}
