/** What the checks want to know of a source file, found in one walk over its tree. */
import { type Node, type SourceFile, SyntaxKind } from 'typescript/unstable/ast';
import { parseAll } from './parse.ts';
import type { TextFile } from './repo.ts';

export interface Import {
  readonly specifier: string;
  /** Leaves nothing behind at run time. */
  readonly typeOnly: boolean;
  /** Loaded when it is asked for. */
  readonly lazy?: boolean;
  readonly line: number;
}

interface FunctionFact {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

/** An identifier that is not a declaration or the name of a member: `Date.now()` is Date, now, call. */
export interface Use {
  readonly name: string;
  readonly member: string | null;
  readonly form: 'call' | 'new' | 'other';
  readonly args: number;
  readonly line: number;
}

export interface Text {
  readonly text: string;
  readonly line: number;
}

export interface Facts {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
  readonly functions: readonly FunctionFact[];
  readonly uses: readonly Use[];
  /** Every identifier, members and declarations too, but not the keys of literals, which are data. */
  readonly identifiers: readonly Text[];
  readonly members: readonly Text[];
  readonly keywords: readonly Text[];
  readonly strings: readonly Text[];
  readonly comments: readonly Text[];
  /** Names given to commands: `.command('x')`, `new Command('x')`, `name: 'x'`. */
  readonly named: readonly Text[];
}

type Building = { -readonly [K in keyof Facts]: Facts[K] extends readonly (infer T)[] ? T[] : Facts[K] };

/** Facts of all files, in the order given. */
export function factsOf(files: readonly TextFile[]): Facts[] {
  const all: Facts[] = [];
  parseAll(files, (file, tree) => all.push(collect(file, tree)));
  return all;
}

interface Walk {
  readonly facts: Building;
  readonly tree: SourceFile;
  readonly lineOf: (position: number) => number;
  /** Ranges of literals, in order: where `//` is not a comment. */
  readonly literals: { pos: number; end: number }[];
}

function collect({ path, text }: TextFile, tree: SourceFile): Facts {
  const empty = { imports: [], functions: [], uses: [], identifiers: [], members: [], keywords: [], strings: [] };
  const facts: Building = { path, lines: lineCount(text), ...empty, comments: [], named: [] };
  const walk: Walk = { facts, tree, lineOf: lineFinder(text), literals: [] };
  visit(walk, tree, tree);
  facts.comments = comments(text, walk);
  return facts;
}

const lineCount = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);

function lineFinder(text: string): (position: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (position) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (starts[middle]! <= position) low = middle;
      else high = middle;
    }
    return low + 1;
  };
}

function visit(walk: Walk, node: Node, parent: Node): void {
  NOTES[node.kind]?.(walk, node, parent);
  node.forEachChild((child) => {
    visit(walk, child, node);
    return undefined;
  });
}

/** Parts of a node that its kind promises; a tree gives kinds, not types. */
type Any = Node & {
  readonly [K in
    | 'name'
    | 'expression'
    | 'moduleSpecifier'
    | 'argument'
    | 'literal'
    | 'argumentExpression'
    | 'body']?: Any;
} & { readonly [K in 'propertyName' | 'initializer' | 'importClause' | 'right' | 'exportClause']?: Any } & {
  readonly text?: string;
  readonly arguments?: readonly Any[];
  readonly elements?: readonly Any[];
  readonly isTypeOnly?: boolean;
  readonly phaseModifier?: SyntaxKind;
  readonly namedBindings?: Any;
};

const start = (walk: Walk, node: Node): number => walk.lineOf(node.getStart(walk.tree));

function noteImport(walk: Walk, node: Node): void {
  const declaration = node as Any;
  const target = declaration.moduleSpecifier ?? declaration.argument?.literal;
  if (target?.text === undefined) return;
  const typeOnly = node.kind === SyntaxKind.ImportType || isTypeOnly(declaration);
  walk.facts.imports.push({ specifier: target.text, typeOnly, line: start(walk, node) });
}

function isTypeOnly(declaration: Any): boolean {
  if (declaration.isTypeOnly || declaration.importClause?.phaseModifier === SyntaxKind.TypeKeyword) return true;
  const clause = declaration.importClause ?? declaration;
  if (clause.name) return false;
  const elements = (clause.namedBindings ?? clause.exportClause)?.elements;
  return elements !== undefined && elements.length > 0 && elements.every((element) => element.isTypeOnly === true);
}

/** Functions with a name or a block. An arrow without either is part of the expression around it. */
function noteFunction(walk: Walk, node: Node, parent: Node): void {
  const { name, body } = node as Any;
  if (!body) return;
  const given = name?.text ?? named(node, parent);
  if (given === undefined && body.kind !== SyntaxKind.Block) return;
  const line = start(walk, node);
  walk.facts.functions.push({ name: given ?? '(anonymous)', line, lines: walk.lineOf(node.end) - line + 1 });
}

const named = (node: Node, parent: Node): string | undefined =>
  (parent as Any).initializer === node ? (parent as Any).name?.text : undefined;

function noteIdentifier(walk: Walk, node: Node, parent: Node): void {
  const text = (node as Any).text!;
  const noted = { text, line: start(walk, node) };
  const around = parent as Any;
  const isKey = parent.kind === SyntaxKind.PropertyAssignment && around.name === node;
  if (!isKey) walk.facts.identifiers.push(noted);
  if (parent.kind === SyntaxKind.PropertyAccessExpression && around.name === node) walk.facts.members.push(noted);
  else if (parent.kind === SyntaxKind.ShorthandPropertyAssignment) pushUse(walk, node, parent);
  else if (around.name !== node && around.propertyName !== node && around.right !== node) pushUse(walk, node, parent);
}

/** `right` of a qualified type name is no use, but that of `a + b` is. */
function noteRight(walk: Walk, node: Node): void {
  const right = (node as Any).right!;
  if (right.kind === SyntaxKind.Identifier) pushUse(walk, right, node);
}

function pushUse(walk: Walk, node: Node, parent: Node): void {
  const called = parent.kind === SyntaxKind.CallExpression || parent.kind === SyntaxKind.NewExpression;
  if (called && (parent as Any).expression === node) return;
  const member = memberOf(node, parent as Any);
  const base = { name: (node as Any).text!, line: start(walk, node) };
  walk.facts.uses.push({ ...base, member, form: 'other', args: 0 });
}

function memberOf(node: Node, parent: Any): string | null {
  if (parent.expression !== node) return null;
  if (parent.kind === SyntaxKind.PropertyAccessExpression) return parent.name?.text ?? null;
  if (parent.kind === SyntaxKind.ElementAccessExpression) return parent.argumentExpression?.text ?? null;
  return null;
}

/** `f()` and `Date.now()` are noted as calls; the `Date` of the latter also as a use of the member. */
function noteCall(walk: Walk, node: Node): void {
  const call = node as Any;
  const callee = call.expression!;
  const [first] = call.arguments ?? [];
  const form = node.kind === SyntaxKind.NewExpression ? 'new' : 'call';
  if (callee.kind === SyntaxKind.ImportKeyword && first?.text !== undefined)
    walk.facts.imports.push({ specifier: first.text, typeOnly: false, lazy: true, line: start(walk, node) });
  const member = callee.kind === SyntaxKind.PropertyAccessExpression ? (callee.name?.text ?? null) : null;
  const root = member === null ? callee : callee.expression!;
  if (root.kind === SyntaxKind.Identifier)
    walk.facts.uses.push({
      name: root.text!,
      member,
      form,
      args: call.arguments?.length ?? 0,
      line: start(walk, node),
    });
  const naming = form === 'call' ? member === 'command' : root.text === 'Command';
  if (naming && first?.text !== undefined) walk.facts.named.push({ text: first.text, line: start(walk, node) });
}

function noteNaming(walk: Walk, node: Node): void {
  const { name, initializer } = node as Any;
  if (name?.text === 'name' && initializer?.kind === SyntaxKind.StringLiteral)
    walk.facts.named.push({ text: initializer.text!, line: start(walk, node) });
}

function noteLiteral(walk: Walk, node: Node): void {
  const from = node.getStart(walk.tree);
  walk.literals.push({ pos: from, end: node.end });
  walk.facts.strings.push({ text: (node as Any).text ?? '', line: walk.lineOf(from) });
}

const noteKeyword =
  (text: string) =>
  (walk: Walk, node: Node): void =>
    void walk.facts.keywords.push({ text, line: start(walk, node) });

type Note = (walk: Walk, node: Node, parent: Node) => void;
const each = (kinds: readonly SyntaxKind[], note: Note) => Object.fromEntries(kinds.map((kind) => [kind, note]));

const NOTES: Readonly<Partial<Record<number, Note>>> = {
  ...each([SyntaxKind.ImportDeclaration, SyntaxKind.ExportDeclaration, SyntaxKind.ImportType], noteImport),
  ...each([SyntaxKind.FunctionDeclaration, SyntaxKind.FunctionExpression, SyntaxKind.ArrowFunction], noteFunction),
  ...each([SyntaxKind.MethodDeclaration, SyntaxKind.GetAccessor, SyntaxKind.SetAccessor], noteFunction),
  ...each([SyntaxKind.Constructor], noteFunction),
  ...each([SyntaxKind.CallExpression, SyntaxKind.NewExpression], noteCall),
  ...each([SyntaxKind.StringLiteral, SyntaxKind.NoSubstitutionTemplateLiteral, SyntaxKind.TemplateHead], noteLiteral),
  ...each([SyntaxKind.TemplateMiddle, SyntaxKind.TemplateTail, SyntaxKind.RegularExpressionLiteral], noteLiteral),
  ...each([SyntaxKind.JsxText], noteLiteral),
  [SyntaxKind.Identifier]: noteIdentifier,
  [SyntaxKind.BinaryExpression]: noteRight,
  [SyntaxKind.PropertyAssignment]: noteNaming,
  [SyntaxKind.AnyKeyword]: noteKeyword('any'),
  [SyntaxKind.AsyncKeyword]: noteKeyword('async'),
  [SyntaxKind.AwaitKeyword]: noteKeyword('await'),
  [SyntaxKind.AwaitExpression]: noteKeyword('await'),
};

/** Comments are not in the tree: they are the `//` and `/*` outside literals. */
function comments(text: string, { literals, lineOf }: Walk): Text[] {
  const found: Text[] = [];
  let next = 0;
  for (let at = 0; at < text.length; at += 1) {
    while (next < literals.length && literals[next]!.end <= at) next += 1;
    if (next < literals.length && literals[next]!.pos <= at) {
      at = literals[next]!.end - 1;
      continue;
    }
    const end = commentEnd(text, at);
    if (end === -1) continue;
    found.push({ text: text.slice(at, end), line: lineOf(at) });
    at = end - 1;
  }
  return found;
}

/** End of the comment that begins here, or -1. */
function commentEnd(text: string, at: number): number {
  if (text[at] !== '/') return -1;
  if (text[at + 1] !== '/' && text[at + 1] !== '*') return -1;
  const close = text[at + 1] === '/' ? text.indexOf('\n', at) : text.indexOf('*/', at + 2);
  if (close === -1) return text.length;
  return text[at + 1] === '/' ? close : close + 2;
}
