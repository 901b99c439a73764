import { z } from 'zod';
import type { Call, CallResult } from '../port.ts';
import { optionalTextArg, refused, textArg } from '../shared/call.ts';
import { foldName, pathProblem } from '../shared/paths.ts';
import { workspaceFields } from '../shared/workspace.ts';

const MIB = 1024 * 1024;
/** Files one listing shows. */
export const MAX_LISTED = 1000;

/** Files that steer agents, editors and assistants: writing one is writing configuration [T12]. */
const AGENT_FILES = [
  ...['AGENTS.md', 'CLAUDE.md', 'GEMINI.md', 'SKILL.md', 'copilot-instructions.md', 'mcp.json', 'settings.json'],
  ...['reeve.yaml', 'reeve.json'],
];

export const fsConfig = z.strictObject({
  ...workspaceFields,
  workspace: workspaceFields.workspace.default('tool'),
  /** Names, at any depth, or paths from the workspace that can be read but not changed. Compared without case. */
  protect: z.array(z.string().min(1).max(512)).max(200).default(AGENT_FILES),
  /** Bytes of one file. */
  maxFile: z
    .number()
    .int()
    .min(1)
    .max(64 * MIB)
    .default(5 * MIB),
  /** What one workspace may hold; what was deleted and can be restored may come to as many bytes again. */
  quota: z
    .strictObject({
      bytes: z
        .number()
        .int()
        .min(1)
        .default(1024 * MIB),
      files: z.number().int().min(1).max(100_000).default(10_000),
    })
    .prefault({}),
  /** Milliseconds for which deleted files can be restored. */
  keepFor: z
    .number()
    .int()
    .min(60_000)
    .default(30 * 86_400_000),
});

const encoding = z.enum(['utf8', 'latin1', 'base64']).default('utf8');

export const fsCapability = z.discriminatedUnion('action', [
  /** Arguments `path`, `content`, and `version` when the file must not have changed since it was read. */
  z.strictObject({
    action: z.literal('write'),
    encoding,
    /** `new`: the file must not exist. `existing`: it must. */
    file: z.enum(['any', 'new', 'existing']).default('any'),
  }),
  /** Arguments `path`, `content`. */
  z.strictObject({ action: z.literal('append'), encoding }),
  /** Argument `path`. */
  z.strictObject({ action: z.literal('read'), encoding, missing: z.enum(['found', 'error']).default('found') }),
  /** Argument `path`, a folder; everything when it is left out. */
  z.strictObject({ action: z.literal('list') }),
  /** Arguments `path`, `to`. */
  z.strictObject({ action: z.literal('move') }),
  /** Argument `path`. The result's `kept` is what `restore` needs. */
  z.strictObject({ action: z.literal('delete') }),
  /** Arguments `path`, `kept`. */
  z.strictObject({ action: z.literal('restore') }),
]);

export type FsConfig = z.output<typeof fsConfig>;
export type FsCapability = z.output<typeof fsCapability>;
export type Encoding = z.output<typeof encoding>;

/** Does the action change files? */
export const writes = ({ action }: FsCapability): boolean => action !== 'read' && action !== 'list';

/** The path in argument `name`. Throws a deterministic `ToolError` for one that could mean another file [T10, T11]. */
export function pathArg(call: Call, name = 'path'): string {
  return acceptable(textArg(call, name, 10_000));
}

/** The path of a file that may be changed [T12]. */
export function writablePathArg(call: Call, config: FsConfig, name = 'path'): string {
  const path = pathArg(call, name);
  const folded = foldName(path);
  const names = folded.split('/');
  const taken = config.protect.find((entry) => {
    const fold = foldName(entry);
    return fold.includes('/') ? folded === fold || folded.startsWith(`${fold}/`) : names.includes(fold);
  });
  if (taken === undefined) return path;
  throw refused(`"${path}" is protected ("${taken}"): it steers agents or the organisation; a person must change it`);
}

/** The folder of a listing: undefined for the whole workspace. */
export function folderArg(call: Call): string | undefined {
  const folder = optionalTextArg(call, 'path', 10_000);
  return folder === undefined ? undefined : acceptable(folder);
}

function acceptable(path: string): string {
  const problem = pathProblem(path);
  if (problem) throw refused(`${problem}; give a plain path such as "src/parser.ts"`);
  return path;
}

/** The `content` argument as bytes. */
export function contentArg(call: Call, as: Encoding, max: number): Buffer {
  const text = textArg(call, 'content', max * 2);
  const content = bytesOf(text, as);
  if (content.length > max) throw refused(`"content" has ${content.length} bytes; at most ${max} are accepted`);
  return content;
}

function bytesOf(text: string, as: Encoding): Buffer {
  const content = Buffer.from(text, as);
  // Node decodes leniently; what is written must be exactly what was decided on.
  if (content.toString(as) === text) return content;
  throw refused(`"content" is not ${as}: encoding it changes it; send valid ${as}`);
}

/** The text of a file. Throws a deterministic `ToolError` when it has no such text. */
export function textOf(path: string, content: Buffer, as: Encoding): string {
  if (as !== 'utf8') return content.toString(as);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch (cause) {
    throw refused(`"${path}" is not UTF-8 text; read it with a capability whose encoding is base64`, cause);
  }
}

/** The `version` argument: SHA-256 of the content that is expected. */
export function versionArg(call: Call): string | undefined {
  return optionalTextArg(call, 'version', 64);
}

/** The name under which a deleted file was kept. */
export function keptArg(call: Call): string {
  const kept = textArg(call, 'kept', 40);
  if (/^[0-9a-f]{40}$/.test(kept)) return kept;
  throw refused('"kept" does not name a kept file; give the "kept" of a delete\'s result');
}

/** The answer of a listing, in the order of the paths. */
export function listing(files: readonly { path: string; size: number }[]): CallResult {
  if (files.length > MAX_LISTED)
    throw refused(`there are more than ${MAX_LISTED} files; give the path of a folder to list`);
  const rows = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { value: { rows, count: rows.length } };
}

/** The answer of a read that found nothing. */
export function missingFile(path: string, missing: 'found' | 'error'): CallResult {
  if (missing === 'found') return { value: { found: false } };
  throw noFile(path);
}

export const noFile = (path: string) => refused(`there is no file "${path}"; list the files to see their paths`);
export const taken = (path: string) => refused(`"${path}" exists already; choose another path`);
