import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Call } from '../port.ts';
import { optionalTextArg, refused, textArg } from '../shared/call.ts';
import { pathProblem, relativePath } from '../shared/paths.ts';

/** Bytes of one document. */
export const MAX_BYTES = 5 * 1024 * 1024;
/** Documents one listing shows. */
export const MAX_LISTED = 1000;

export const documentsConfig = z.strictObject({
  /** Folder of the documents in the tool's directory. */
  root: relativePath.default('documents'),
});

export const documentsCapability = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('write') }),
  z.strictObject({
    action: z.literal('read'),
    /** `{found: false}`, or an error. */
    missing: z.enum(['found', 'error']).default('found'),
  }),
  z.strictObject({ action: z.literal('list') }),
]);

export type DocumentsCapability = z.output<typeof documentsCapability>;

/** The folders and the name of a path. */
export interface Place {
  readonly folders: readonly string[];
  readonly name: string;
}

/** Split a path that `pathProblem` accepts. */
export function placeOf(path: string): Place {
  const parts = path.split('/');
  return { folders: parts.slice(0, -1), name: parts.at(-1) ?? '' };
}

/** The `path` argument. Throws a deterministic `ToolError` for a path that could mean another file [T10, T11]. */
export function pathArg(call: Call): string {
  return acceptable(textArg(call, 'path', 10_000));
}

/** The `path` argument of a listing, a folder: undefined for everything. */
export function folderArg(call: Call): string | undefined {
  const folder = optionalTextArg(call, 'path', 10_000);
  return folder === undefined ? undefined : acceptable(folder);
}

function acceptable(path: string): string {
  const problem = pathProblem(path);
  if (problem) throw refused(`${problem}; give a plain path such as "reports/2026-11.md"`);
  return path;
}

/** The `content` argument as UTF-8. */
export function contentArg(call: Call): Buffer {
  const text = textArg(call, 'content', MAX_BYTES);
  if (/\p{Cs}/u.test(text)) throw refused('"content" has half a character (a lone surrogate); send valid text');
  const content = Buffer.from(text, 'utf8');
  if (content.length > MAX_BYTES)
    throw refused(`"content" has ${content.length} bytes; at most ${MAX_BYTES} are accepted`);
  return content;
}

/** SHA-256 of the bytes: the version of a document. */
export function versionOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Text of a stored document. Throws a deterministic `ToolError` when it is not UTF-8. */
function textOf(path: string, content: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(content);
  } catch (cause) {
    throw refused(`"${path}" is not UTF-8 text; only text documents can be read`, cause);
  }
}

/** The answer of a read. */
export function foundDocument(path: string, content: Uint8Array): { value: Record<string, unknown>; version: string } {
  const value = { found: true, path, content: textOf(path, content), size: content.length };
  return { value, version: versionOf(content) };
}

/** The answer of a read that found nothing. */
export function missingDocument(path: string, missing: 'found' | 'error'): { value: Record<string, unknown> } {
  if (missing === 'found') return { value: { found: false } };
  throw refused(`there is no document "${path}"; list the documents to see their paths`);
}

/** The answer of a listing: documents in the order of their paths, at most `MAX_LISTED`. */
export function listing(files: readonly { path: string; size: number }[]): { value: Record<string, unknown> } {
  if (files.length > MAX_LISTED)
    throw refused(`there are more than ${MAX_LISTED} documents; give the path of a folder to list`);
  const rows = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { value: { rows, count: rows.length } };
}
