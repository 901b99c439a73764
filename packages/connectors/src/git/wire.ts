import { z } from 'zod';
import type { Call } from '../port.ts';
import { hasControls, optionalTextArg, refused, textArg } from '../shared/call.ts';
import { secretRef } from '../shared/credentials.ts';
import { grantedAddresses, webAddress } from '../shared/origin.ts';
import { pathProblem, relativePath } from '../shared/paths.ts';

/** Bytes of a file that is read or written, and of a difference that is shown. */
export const MAX_FILE = 1024 * 1024;
const MAX_FILES = 200;
/** `main`, `feature/x`: no options, no revisions in disguise (`..`, `@{`, `^`, `~`, `:`), no locks, nothing hidden. */
const BRANCH = /^(?![-/.])(?!.*(\.\.|\/\/|\/\.|@\{|\.lock(\/|$)))[\w][\w./-]{0,150}(?<![/.])$/;
const branchName = z.string().regex(BRANCH, 'expected the name of a branch such as main or feature/x');
const person = z.string().regex(/^[^<>\p{Cc}]{1,100} <[^<>\s\p{Cc}]{1,200}>$/u, 'expected "Name <user@host>"');

export const gitConfig = z
  .strictObject({
    /** `https://…`, or `file:///…` for a repository on this machine. */
    remote: z.union([webAddress, z.string().regex(/^file:\/\/\/[^\p{Cc}]+$/u, 'expected https://… or file:///…')]),
    /** Against which branches are begun and changes are shown. */
    base: branchName.default('main'),
    /** Branches that may be written: exact, or beginnings such as `feature/`. */
    branches: z.array(z.string().min(1).max(150)).min(1).default(['reeve/']),
    author: person.default('Reeve <reeve@localhost>'),
    /** For https: sent as user and password (a token, mostly). */
    user: z.string().min(1).max(200).default('git'),
    password: secretRef.optional(),
    addresses: grantedAddresses,
    /** Milliseconds for one command of git. */
    time: z.number().int().min(100).max(600_000).default(60_000),
  })
  .refine(
    ({ password, remote }) => !password || remote.startsWith('https:') || remote.startsWith('http://127.'),
    'a password is for https only',
  );

export const gitCapability = z.discriminatedUnion('action', [
  /** Arguments `path`, `branch`. */
  z.strictObject({ action: z.literal('read') }),
  /** Arguments `path`, `branch`. */
  z.strictObject({ action: z.literal('list') }),
  /** Arguments `path`, `branch`. */
  z.strictObject({ action: z.literal('log'), limit: z.number().int().min(1).max(500).default(50) }),
  /** Argument `branch`: what it changes against `base`. */
  z.strictObject({ action: z.literal('diff') }),
  /**
   * Arguments `branch`, `message`, `files: [{path, content}]` (`content: null` deletes), and `version`, the commit the branch is
   * expected at. A branch that is not there begins at `base`. `below`: paths that may be written, nothing else.
   */
  z.strictObject({ action: z.literal('commit'), below: z.array(relativePath).max(50).optional() }),
  /** Arguments `branch`, `version`: `base` goes forward to the branch, when it is an ancestor of it. */
  z.strictObject({ action: z.literal('merge') }),
]);

export type GitConfig = z.output<typeof gitConfig>;
export type GitCapability = z.output<typeof gitCapability>;
export const writesGit = ({ action }: GitCapability): boolean => action === 'commit' || action === 'merge';

export function branchOf(call: Call, otherwise?: string): string {
  const name =
    otherwise === undefined ? textArg(call, 'branch', 200) : (optionalTextArg(call, 'branch', 200) ?? otherwise);
  if (BRANCH.test(name)) return name;
  throw refused('"branch" is no name of a branch; give one such as feature/x');
}

/** A branch that this tool may write. */
export function writableBranch(call: Call, { branches }: GitConfig): string {
  const name = branchOf(call);
  if (branches.some((one) => one === name || (one.endsWith('/') && name.startsWith(one)))) return name;
  throw refused(`the branch "${name}" may not be written; this tool writes ${branches.join(', ')}`);
}

export function gitPath(call: Call, optional = false): string {
  const path = optional ? (optionalTextArg(call, 'path', 1000) ?? '') : textArg(call, 'path', 1000);
  if (optional && path === '') return '';
  return checkedPath(path);
}

/** Names that begin with a dot are read, not written: `.gitattributes`, `.github` steer machines. */
function checkedPath(path: string): string {
  const problem = pathProblem(path.replace(/(^|\/)\.(?=[a-z])/gi, '$1'));
  if (problem === undefined && !/(^|\/)\.git(\/|$)/i.test(path)) return path;
  throw refused(`"${path.slice(0, 100)}" is no path in a repository: ${problem ?? "it is git's own"}`);
}

export interface Change {
  readonly path: string;
  /** Null: deleted. */
  readonly content: string | null;
}

export function changesOf(call: Call, below: readonly string[] | undefined): Change[] {
  const { files } = call.args;
  if (!Array.isArray(files) || files.length === 0 || files.length > MAX_FILES)
    throw refused(`"files" is not a list of 1 to ${MAX_FILES} files {path, content}`);
  const changes = files.map((one) => changeOf(one, below));
  if (new Set(changes.map(({ path }) => path)).size < changes.length) throw refused('"files" names a path twice');
  return changes;
}

function changeOf(file: unknown, below: readonly string[] | undefined): Change {
  const { path, content } = Object(file) as Record<string, unknown>;
  const problem = typeof path === 'string' ? pathProblem(path) : 'it is missing';
  if (problem !== undefined) throw refused(`a path of "files" cannot be used: ${problem}`);
  const allowed =
    below === undefined || below.some((folder) => path === folder || String(path).startsWith(`${folder}/`));
  if (!allowed) throw refused(`"${String(path)}" may not be written; only what is below ${below.join(', ')}`);
  if (content === null) return { path: String(path), content };
  if (typeof content !== 'string' || /\p{Cs}/u.test(content))
    throw refused(`the content of "${String(path)}" is not text`);
  if (Buffer.byteLength(content) > MAX_FILE) throw refused(`"${String(path)}" has more than ${MAX_FILE} bytes`);
  return { path: String(path), content };
}

export function messageOf(call: Call): string {
  const message = textArg(call, 'message', 10_000).trim();
  if (message !== '' && !hasControls(message)) return message;
  throw refused('"message" is empty or has control characters');
}

/** The commit a call expects, or undefined. */
export function versionOf(call: Call): string | undefined {
  const version = optionalTextArg(call, 'version', 64);
  if (version === undefined || /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(version)) return version;
  throw refused('"version" is no commit; give the one that was shown');
}

export const otherVersion = (branch: string): Error =>
  refused(`"${branch}" has gone on since it was read; read it again; nothing was changed`);
