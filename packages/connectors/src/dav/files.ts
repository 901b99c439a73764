/** Documents of a WebDAV folder: configuration and checks, shared by the connector and its fake. */
import { z } from 'zod';
import type { Call } from '../port.ts';
import { optionalTextArg, refused, textArg } from '../shared/call.ts';
import { pathProblem } from '../shared/paths.ts';
import { davAccount } from './server.ts';

/** Bytes of a document. */
export const MAX_DOCUMENT = 5 * 1024 * 1024;
export const webdavConfig = z.strictObject(davAccount);
/** Arguments: `path`; `content` to write; `version`, of the last look, to write or delete only that. */
export const webdavCapability = z.strictObject({ action: z.enum(['list', 'read', 'write', 'delete']) });
export type WebdavCapability = z.output<typeof webdavCapability>;
export const writesFiles = ({ action }: WebdavCapability): boolean => action === 'write' || action === 'delete';

/** The checked path of a call; empty for the folder itself, when it may be left out. */
export function pathOf(call: Call, optional = false): string {
  const path = optional ? (optionalTextArg(call, 'path', 1000) ?? '') : textArg(call, 'path', 1000);
  const problem = optional && path === '' ? undefined : pathProblem(path);
  if (problem === undefined) return path;
  throw refused(`"path" cannot be used: ${problem}`);
}

export function contentOf(call: Call): string {
  const content = textArg(call, 'content', MAX_DOCUMENT);
  if (/\p{Cs}/u.test(content)) throw refused('"content" has half a character; send valid text');
  if (Buffer.byteLength(content, 'utf8') > MAX_DOCUMENT) throw refused(`"content" has more than ${MAX_DOCUMENT} bytes`);
  return content;
}

/** A document's bytes as text. @throws ToolError deterministic when they are none. */
export function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw refused('the document is not UTF-8 text; it is not read here', cause);
  }
}
