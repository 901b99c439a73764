/**
 * What a statement of a pack may be, judged from its text when the pack is loaded [T8]. SQLite's own authoriser judges
 * it again when the tool is opened (client.ts), so a gap in this reading is not a hole.
 */

type Kind = 'word' | 'param' | 'text' | 'symbol';

interface Token {
  readonly kind: Kind;
  /** Words in upper case, parameters without their colon. */
  readonly text: string;
  /** How many parentheses are open around it. */
  readonly depth: number;
}

const SKIP = /(?:\s+|--[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const SCANNERS: readonly (readonly [Kind, RegExp])[] = [
  ['text', /'(?:[^']|'')*'/y],
  ['text', /"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]/y],
  ['text', /\d[\w.]*/y],
  ['param', /:[A-Za-z_]\w*/y],
  ['word', /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y],
  ['symbol', /[-+*%<>=!|&~(),.;]|\/(?!\*)/y],
];
const VERBS = new Set(['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'REPLACE', 'VALUES']);

/** The tokens of a statement, or a sentence about what cannot be read. */
function tokens(sql: string): readonly Token[] | string {
  const found: Token[] = [];
  let depth = 0;
  for (let at = skip(sql, 0); at < sql.length; at = skip(sql, at)) {
    const [kind, text] = scan(sql, at) ?? [];
    if (kind === undefined || text === undefined)
      return `"${sql.slice(at, at + 12)}" cannot be read; parameters are written :name`;
    if (text === ')') depth -= 1;
    found.push({ kind, text: kind === 'word' ? text.toUpperCase() : kind === 'param' ? text.slice(1) : text, depth });
    if (text === '(') depth += 1;
    at += text.length;
  }
  return found;
}

function skip(sql: string, at: number): number {
  SKIP.lastIndex = at;
  return at + (SKIP.exec(sql)?.[0].length ?? 0);
}

function scan(sql: string, at: number): readonly [Kind, string] | undefined {
  for (const [kind, pattern] of SCANNERS) {
    pattern.lastIndex = at;
    const text = pattern.exec(sql)?.[0];
    if (text !== undefined) return [kind, text];
  }
  return undefined;
}

/** Why `sql` may not be used as a read, or undefined. */
export function readProblem(sql: string): string | undefined {
  const parsed = single(sql);
  if (typeof parsed === 'string') return parsed;
  return verbOf(parsed) === 'SELECT' ? undefined : 'a read is one SELECT (or WITH … SELECT)';
}

/** Why `sql` may not be used as a write, or undefined. */
export function writeProblem(sql: string): string | undefined {
  const parsed = single(sql);
  if (typeof parsed === 'string') return parsed;
  const verb = verbOf(parsed);
  if (verb !== 'INSERT' && verb !== 'UPDATE' && verb !== 'DELETE') {
    return 'a write is one INSERT, UPDATE or DELETE; schema changes belong into the seed';
  }
  if (parsed.some(({ text, kind, depth }) => kind === 'word' && depth === 0 && text === 'RETURNING')) {
    return 'RETURNING is not used; give the SELECT as "returning"';
  }
  if (verb !== 'INSERT' && !isNarrowed(parsed)) {
    return `${verb} needs a WHERE that compares with a parameter, such as WHERE id = :id; it would change every row`;
  }
  return undefined;
}

/** The parameters of a statement that has no problem. */
export function parametersOf(sql: string): readonly string[] {
  const parsed = tokens(sql);
  if (typeof parsed === 'string') return [];
  return [...new Set(parsed.filter(({ kind }) => kind === 'param').map(({ text }) => text))];
}

/** The statement with its parameters as `$1`, `$2` …, and their names in that order. For one that has no problem. */
export function numbered(sql: string): { readonly text: string; readonly names: readonly string[] } {
  const names: string[] = [];
  let text = '';
  let from = 0;
  for (let at = skip(sql, 0); at < sql.length; at = skip(sql, at)) {
    const [kind, found] = scan(sql, at) ?? ['symbol', sql.slice(at)];
    if (kind === 'param') {
      const name = found.slice(1);
      if (!names.includes(name)) names.push(name);
      text += `${sql.slice(from, at)}$${names.indexOf(name) + 1}`;
      from = at + found.length;
    }
    at += found.length;
  }
  return { text: text + sql.slice(from), names };
}

function single(sql: string): readonly Token[] | string {
  const parsed = tokens(sql);
  if (typeof parsed === 'string') return parsed;
  const body = parsed.at(-1)?.text === ';' ? parsed.slice(0, -1) : parsed;
  if (body.some(({ kind, text }) => kind === 'symbol' && text === ';'))
    return 'only one statement is allowed in a string';
  if (body.some(({ text }) => /^["`[]?reeve_/i.test(text)))
    return "tables named reeve_… are the tool's own record of effects";
  return body;
}

/** The first verb outside parentheses: in a WITH, that of the statement proper. Undefined for anything else. */
function verbOf(statement: readonly Token[]): string | undefined {
  const first = statement[0]?.text ?? '';
  if (first !== 'WITH') return VERBS.has(first) ? first : undefined;
  return statement.find(({ kind, depth, text }) => kind === 'word' && depth === 0 && VERBS.has(text))?.text;
}

function isNarrowed(statement: readonly Token[]): boolean {
  const where = statement.findIndex(({ kind, depth, text }) => kind === 'word' && depth === 0 && text === 'WHERE');
  return where >= 0 && statement.slice(where).some(({ kind }) => kind === 'param');
}
