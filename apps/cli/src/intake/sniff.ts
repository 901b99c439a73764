import { open } from 'node:fs/promises';
import { extname } from 'node:path';
import { knownColumns } from './csv.ts';
import { decodeText } from './lines.ts';
import { MESSAGE_LIMIT } from './mail.ts';

export type Format = 'eml' | 'mbox' | 'csv' | 'jsonl' | 'json';

/** The format of a file, or why it is none. */
export type Sniffed = { readonly format: Format } | { readonly message: string; readonly hint: string };

const EXTENSIONS: Readonly<Record<string, Format>> = {
  '.eml': 'eml',
  '.mbox': 'mbox',
  '.mbx': 'mbox',
  '.csv': 'csv',
  '.tsv': 'csv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.json': 'json',
};
const MAIL_HEADER = /^(?:from|to|subject|date|received|message-id|mime-version|return-path|delivered-to):/im;
const HEAD = 64 * 1024;
const KINDS = 'Reeve reads .eml, mbox, .csv (comma, semicolon or tab), .jsonl and .json files of tickets';

/** Files people hand in by mistake, by their first bytes (as Latin-1). */
const FOREIGN: readonly (readonly [string, string, string])[] = [
  ['PK\x03\x04', 'a zip archive or an office document', 'unpack it, or save the spreadsheet as CSV (UTF-8)'],
  ['\x1f\x8b', 'a gzip archive', 'unpack it with gunzip first'],
  [
    '\xd0\xcf\x11\xe0',
    'an old office document or an Outlook .msg',
    'save the message as .eml, the spreadsheet as CSV (UTF-8)',
  ],
  ['%PDF-', 'a PDF', 'export the tickets as CSV or JSONL instead'],
  ['\xff\xfe', 'UTF-16 text', 'save it as UTF-8'],
  ['\xfe\xff', 'UTF-16 text', 'save it as UTF-8'],
  ['SQLite format 3', 'an SQLite database', 'export its table of tickets as CSV'],
];

/** Looks at the first 64 KB of a file. Throws what opening and reading throw. */
export async function sniff(path: string): Promise<Sniffed> {
  const { head, size } = await headOf(path);
  const format = EXTENSIONS[extname(path).toLowerCase()];
  const sniffed = foreign(head) ?? (format === undefined ? byContent(head) : checked(format, head));
  return 'format' in sniffed && sniffed.format === 'eml' && size > MESSAGE_LIMIT ? TOO_LARGE : sniffed;
}

const TOO_LARGE: Sniffed = {
  message: 'the message is larger than 25 MB',
  hint: 'remove its attachments; only their names are imported',
};

async function headOf(path: string): Promise<{ head: Buffer; size: number }> {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(HEAD, size)), 0);
    return { head: withoutBom(buffer.subarray(0, bytesRead)), size };
  } finally {
    await handle.close();
  }
}

function withoutBom(head: Buffer): Buffer {
  return head.subarray(0, 3).toString('latin1') === '\xef\xbb\xbf' ? head.subarray(3) : head;
}

function foreign(head: Buffer): Sniffed | undefined {
  if (head.length === 0) return { message: 'the file is empty', hint: 'export the tickets again' };
  const start = head.subarray(0, 16).toString('latin1');
  const known = FOREIGN.find(([magic]) => start.startsWith(magic));
  if (known !== undefined) return { message: `the file is ${known[1]}, not a file of tickets`, hint: known[2] };
  if (head.toString('latin1').trim() !== '') return undefined;
  return { message: 'the file holds nothing but blank space', hint: 'export the tickets again' };
}

/** Does a file with this extension begin like one? Mail may hold any byte, so only its first line is looked at. */
function checked(format: Format, head: Buffer): Sniffed {
  const text = head.toString('latin1').trimStart();
  if (format === 'mbox' && !text.startsWith('From ')) {
    return { message: 'not an mbox file: it does not begin with a "From " line', hint: 'name a single message .eml' };
  }
  if (format === 'eml') return text.startsWith('From ') ? { format: 'mbox' } : checkedMail(text);
  if (format === 'mbox') return { format };
  if (isBinary(head)) return binary;
  if (format === 'csv' && /^[^\n]*\r[^\n]/.test(text) && !text.includes('\n')) return oldMac;
  return format === 'json' ? jsonKind(text) : { format };
}

const binary: Sniffed = { message: 'the file is binary data, not text', hint: KINDS };
const oldMac: Sniffed = { message: 'the file ends its lines with CR only', hint: 'save it with LF or CRLF line ends' };

function checkedMail(text: string): Sniffed {
  if (/^[!-9;-~]{1,100}[ \t]*:/.test(text)) return { format: 'eml' };
  return { message: 'not an e-mail message: it does not begin with a header such as "From: …"', hint: KINDS };
}

/** A `.json` file with an object in its first line is JSONL by another name. */
function jsonKind(text: string): Sniffed {
  if (text.startsWith('[')) return { format: 'json' };
  const [line = ''] = text.split('\n', 1);
  if (line.startsWith('{') && (line.trimEnd().endsWith('}') || line.length === text.length)) return { format: 'jsonl' };
  return {
    message: 'the file does not hold a list of tickets',
    hint: 'write [ticket, ticket, …], or one JSON object per line',
  };
}

function byContent(head: Buffer): Sniffed {
  const text = head.toString('latin1').trimStart();
  if (text.startsWith('From ')) return { format: 'mbox' };
  if (MAIL_HEADER.test(text) && 'format' in checkedMail(text)) return { format: 'eml' };
  if (isBinary(head)) return binary;
  if (/^[[{]/.test(text)) return jsonKind(text);
  const [line = ''] = decodeText(head).trimStart().split('\n', 1);
  if (knownColumns(line.trimEnd()) >= 2) return { format: 'csv' };
  return { message: 'this is not a file of tickets that Reeve can read', hint: KINDS };
}

/** Text has no NUL and hardly any other control characters. */
function isBinary(head: Buffer): boolean {
  let controls = 0;
  for (const byte of head) if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) controls++;
  return head.includes(0) || controls > head.length * 0.05;
}
