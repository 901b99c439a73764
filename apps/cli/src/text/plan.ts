/** What applying a pack would change, for a person to agree to. */
import type { Definition } from '@reeve/kernel';
import { RESOURCE_KINDS } from '@reeve/kernel';
import { authorisationMatrix, type Change, formatDiff, formatProblems, NOUNS, type Problem } from '@reeve/packs';
import type { Paint } from './colour.ts';
import { plural } from './quantities.ts';

/** Mistakes of a pack with file, line, column and field, and how many there are. */
export function problemsText(directory: string, problems: readonly Problem[], warnings: readonly Problem[]): string {
  const also = warnings.length > 0 ? ` and ${plural(warnings.length, 'warning')}` : '';
  return `${formatProblems(problems)}\n\n${directory}: ${plural(problems.length, 'problem')}${also}; nothing was changed\n`;
}

export interface PlanParts {
  readonly name: string;
  readonly directory: string;
  readonly before: Definition | null;
  readonly after: Definition;
  readonly changes: readonly Change[];
  readonly warnings: readonly Problem[];
  /** Show how the authorisation matrix changes. */
  readonly matrix: boolean;
  /** Show the warnings themselves, not only how many there are. */
  readonly verbose: boolean;
}

export function planText(plan: PlanParts, paint: Paint): string {
  const { before, after, changes, directory, name } = plan;
  const head = `${paint('bold', name)} (${directory}): ${contents(after)}\n`;
  const diff = before === null ? newText(after) : `${coloured(formatDiff(changes), paint)}\n`;
  return (
    head +
    warningText(plan) +
    `\n${before === null ? 'A new organisation:' : 'Changes to the organisation in force:'}\n${diff}` +
    matrixText(plan, paint)
  );
}

const contents = (definition: Definition): string =>
  (['seats', 'capabilities', 'contracts', 'policies', 'budgets', 'targets'] as const)
    .map((kind) => plural(definition[kind].length, NOUNS[kind], kind))
    .join(', ');

function warningText({ warnings, verbose, directory }: PlanParts): string {
  if (warnings.length === 0) return '';
  if (verbose) return `\n${formatProblems(warnings)}\n`;
  return `${plural(warnings.length, 'warning')}; read with: reeve plan ${directory} --warnings\n`;
}

/** The first time everything is added: names by kind read better than a hundred lines. */
function newText(definition: Definition): string {
  const lines = RESOURCE_KINDS.flatMap((kind) => {
    const ids = definition[kind].map(({ id }) => id);
    return ids.length === 0 ? [] : [`+ ${plural(ids.length, NOUNS[kind], kind)}: ${ids.join(', ')}\n`];
  });
  const scripts = Object.keys(definition.scripts).length;
  return lines.join('') + (scripts > 0 ? `+ ${plural(scripts, 'script')}\n` : '');
}

const coloured = (text: string, paint: Paint): string =>
  text
    .split('\n')
    .map((line) => (line.startsWith('+') ? paint('good', line) : line.startsWith('-') ? paint('bad', line) : line))
    .join('\n');

function matrixText({ matrix, before, after }: PlanParts, paint: Paint): string {
  if (!matrix) return '';
  const now = authorisationMatrix(after);
  if (before === null) return `\nWho may do what:\n${now}`;
  const changes = matrixChanges(authorisationMatrix(before), now);
  return `\nWho may do what, changes:\n${changes.length === 0 ? 'none' : coloured(changes.join('\n'), paint)}\n`;
}

/** Lines of the authorisation matrix that went (`-`) or came (`+`), each with its seat. */
export function matrixChanges(before: string, after: string): string[] {
  const old = rowsOf(before);
  const now = rowsOf(after);
  const gone = [...old].filter((row) => !now.has(row));
  const come = [...now].filter((row) => !old.has(row));
  return [...gone.map((row) => `- ${row}`), ...come.map((row) => `+ ${row}`)].sort((a, b) => {
    const [x, y] = [a.slice(2), b.slice(2)];
    return x === y ? 0 : x < y ? -1 : 1;
  });
}

function rowsOf(matrix: string): Set<string> {
  const rows = new Set<string>();
  let seat = '';
  for (const line of matrix.split('\n')) {
    if (line.startsWith('## ')) seat = line.slice(3).split(' ')[0] ?? '';
    else if (line.startsWith('# all seats')) rows.add(line.slice(2));
    else if (line !== '' && !line.startsWith('#')) rows.add(`${seat} | ${line}`);
  }
  return rows;
}
