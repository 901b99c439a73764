import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
import { formatPath, type Path, type Problem } from './problem.ts';

/** Aliases expanded in one file, at most (YAML's "billion laughs" stays small). */
const MAX_ALIASES = 100;
/** Values nested this deep are a mistake, and would overflow the stack of what reads them later. */
const MAX_DEPTH = 40;
const MAX_VALUES = 200_000;
/** One broken line can produce hundreds of messages; the first few tell it all. */
const MAX_PROBLEMS_PER_FILE = 20;

/** A YAML file that was read: its plain value, and enough to find the place of any part of it. */
export interface SourceFile {
  readonly file: string;
  readonly value: unknown;
  readonly document: Document;
  readonly lines: LineCounter;
}

export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Read YAML text. The value holds only what JSON can say: text, finite numbers, booleans, null, lists, mappings. */
export function parseSource(file: string, text: string): { source: SourceFile } | { problems: Problem[] } {
  const lines = new LineCounter();
  try {
    const options = { lineCounter: lines, prettyErrors: false, stringKeys: true, logLevel: 'error' } as const;
    const document: Document = parseDocument(text, options);
    const problems = [...document.errors, ...document.warnings].map((error) => {
      const { line, col } = lines.linePos(error.pos[0]);
      return { file, line: Math.max(line, 1), column: Math.max(col, 1), ...describe(error.code, error.message) };
    });
    if (problems.length > 0) return { problems: problems.slice(0, MAX_PROBLEMS_PER_FILE) };
    return checkValue({ file, value: document.toJS({ maxAliasCount: MAX_ALIASES }), document, lines });
  } catch (error) {
    return { problems: [unreadable(file, error)] };
  }
}

function describe(code: string, message: string): { rule: string; message: string; hint: string } {
  const rule = 'PCK4';
  if (code === 'DUPLICATE_KEY') {
    return {
      rule,
      message: 'this key is given twice in one mapping',
      hint: 'keep one of the two, or merge their values',
    };
  }
  if (code === 'MULTIPLE_DOCS') {
    return { rule, message: 'the file holds several YAML documents', hint: 'remove the "---" line, or use two files' };
  }
  if (code === 'TAG_RESOLVE_FAILED') {
    return { rule, message: `tags are not supported here: ${message}`, hint: 'remove the tag ("!…")' };
  }
  const hint = 'check the indentation, quotes and colons on this line and the one before it';
  return { rule, message: `not valid YAML: ${message}`, hint };
}

function unreadable(file: string, error: unknown): Problem {
  if (error instanceof ReferenceError) {
    const message = `the file's aliases ("*name") cannot be followed, or expand to more than ${MAX_ALIASES} values`;
    return { file, rule: 'PCK5', message, hint: 'write the values out' };
  }
  const message = `the file cannot be read as YAML: ${error instanceof Error ? error.message : String(error)}`;
  return { file, rule: 'PCK4', message, hint: 'is it nested too deeply? Split it into several resources' };
}

function checkValue(source: SourceFile): { source: SourceFile } | { problems: Problem[] } {
  const fault = findFault(source.value);
  if (!fault) return { source };
  const field = formatPath(fault.path);
  return { problems: [{ ...positionOf(source, fault.path), field, ...fault.problem }] };
}

interface Fault {
  readonly path: Path;
  readonly problem: { rule: string; message: string; hint: string };
}

/** The first value that JSON cannot say, or that is nested or repeated beyond the limits. Does not recurse. */
function findFault(root: unknown): Fault | undefined {
  const waiting: { value: unknown; path: Path }[] = [{ value: root, path: [] }];
  for (let seen = 0; waiting.length > 0; seen++) {
    const { value, path } = waiting.pop()!;
    if (path.length > MAX_DEPTH || seen > MAX_VALUES) {
      const message = `nested more than ${MAX_DEPTH} deep, or more than ${MAX_VALUES} values`;
      return { path: path.slice(0, 4), problem: { rule: 'PCK5', message, hint: 'make it flatter, or split the file' } };
    }
    if (!isPlain(value)) {
      const message = `${String(value).slice(0, 40)} is not text, a number, a boolean, null, a list or a mapping`;
      return { path, problem: { rule: 'PCK4', message, hint: 'write it as text in quotes, or as an ordinary number' } };
    }
    if (typeof value === 'object' && value !== null) {
      for (const [key, child] of Object.entries(value)) {
        waiting.push({ value: child, path: [...path, Array.isArray(value) ? Number(key) : key] });
      }
    }
  }
  return undefined;
}

function isPlain(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return false;
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

/** Where `path` is written; the nearest part that is, when it is absent. `key` points at the name, not its value. */
export function positionOf(source: SourceFile, path: Path, key = false): Position {
  let node: Node | null = source.document.contents;
  let offset = node?.range?.[0] ?? 0;
  for (const [depth, part] of path.entries()) {
    const found: { node: Node | null; key: number | undefined } | undefined = child(source.document, node, part);
    if (!found) break;
    const last = depth === path.length - 1;
    offset = (last && key ? found.key : found.node?.range?.[0]) ?? found.key ?? offset;
    node = found.node;
  }
  const { line, col } = source.lines.linePos(offset);
  return { file: source.file, line: Math.max(line, 1), column: Math.max(col, 1) };
}

function child(document: Document, parent: Node | null, part: string | number) {
  const node = isAlias(parent) ? (parent.resolve(document) ?? null) : parent;
  if (isSeq<Node>(node) && typeof part === 'number') {
    const item = node.items[part];
    return item && { node: item, key: item.range?.[0] };
  }
  if (!isMap<Node, Node | null>(node)) return undefined;
  const pair = node.items.find((item) => keyName(item) === String(part));
  return pair && { node: pair.value, key: pair.key.range?.[0] };
}

function keyName(pair: Pair<Node, Node | null>): string {
  return isScalar(pair.key) ? String(pair.key.value) : '';
}
