import { z } from 'zod';

const MAX_PATH = 512;
/** Bytes; leaves room for suffixes below the usual limit of 255. */
const MAX_SEGMENT = 200;
const MAX_DEPTH = 16;
/** Control, format (bidi marks, Unicode tags, joiners), surrogate and private-use characters. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;
const ENCODED = /%[0-9a-f]{2}/i;
/** Characters that separate, root or stream a path on some system. */
const SPECIAL = /[\\:*?"<>|]/;
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\..*)?$/i;

/**
 * Why `path` is not an acceptable relative path inside a tool's folder, or undefined when it is [T10, T11].
 * Purely textual: links are dealt with when the path is walked.
 */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'the path is empty: it would name the folder itself';
  if (path.length > MAX_PATH) return `the path is longer than ${MAX_PATH} characters`;
  if (UNPRINTABLE.test(path)) return 'the path has control or invisible characters';
  if (path !== path.normalize('NFC')) return 'the path is not in Unicode normal form C';
  if (ENCODED.test(path)) return 'the path has a percent-encoded character; write the character itself';
  if (SPECIAL.test(path)) return 'the path has one of \\ : * ? " < > |';
  const segments = path.split('/');
  if (segments.length > MAX_DEPTH) return `the path is deeper than ${MAX_DEPTH} folders`;
  for (const segment of segments) {
    const problem = segmentProblem(segment);
    if (problem) return problem;
  }
  return undefined;
}

function segmentProblem(segment: string): string | undefined {
  if (segment === '') return 'the path is absolute or has an empty part';
  if (segment.startsWith('.')) return 'a part of the path begins with a dot (hidden, "." or "..")';
  if (/^[\s~]|[\s.]$/.test(segment))
    return 'a part of the path begins with a space or "~", or ends with a space or dot';
  if (Buffer.byteLength(segment) > MAX_SEGMENT) return `a part of the path is longer than ${MAX_SEGMENT} bytes`;
  if (DEVICE.test(segment)) return 'a part of the path is a device name on some systems';
  return undefined;
}

/** Names that some file system takes for the same one fold to the same text. */
export function foldName(name: string): string {
  return name.normalize('NFKC').toUpperCase().toLowerCase();
}

/** A relative path in a pack's tool configuration. */
export const relativePath = z.string().superRefine((path, ctx) => {
  const problem = pathProblem(path);
  if (problem) ctx.addIssue({ code: 'custom', message: problem });
});
