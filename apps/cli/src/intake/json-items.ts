import { RECORD_LIMIT } from './lines.ts';

/** One element of a JSON array, unparsed; `bytes` is undefined for one that is too long. `item` and `line` count from 1. */
export interface ArrayItem {
  readonly item: number;
  readonly line: number;
  readonly bytes: Buffer | undefined;
}

const [LF, QUOTE, COMMA, OPEN, BACKSLASH, CLOSE, OPEN_OBJECT, CLOSE_OBJECT] = Buffer.from('\n",[\\]{}');

/**
 * Cuts a JSON array into its elements without parsing them: it follows strings and brackets only, so it holds one
 * element (at most RECORD_LIMIT bytes and one chunk) however deep or long the array. The first byte that is not white
 * space must be `[`; the caller has looked. What comes after the closing bracket is ignored.
 */
export function itemSplitter() {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let closed = false;
  let line = 1;
  let item = 1;
  let itemLine: number | undefined;
  let parts: Buffer[] = [];
  let size = 0;

  const keep = (part: Buffer) => {
    size += part.length;
    if (size > RECORD_LIMIT) parts = [];
    else if (part.length > 0) parts.push(part);
  };
  const finish = (): ArrayItem => {
    const done = { item, line: itemLine ?? line, bytes: size > RECORD_LIMIT ? undefined : Buffer.concat(parts) };
    parts = [];
    size = 0;
    item++;
    itemLine = undefined;
    return done;
  };
  const step = (byte: number) => {
    if (byte === LF) line++;
    else if (depth > 0 && byte > 0x20 && byte !== COMMA) itemLine ??= line;
    if (inString) {
      if (escaped) escaped = false;
      else if (byte === BACKSLASH) escaped = true;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === OPEN || byte === OPEN_OBJECT) depth++;
    else if (byte === CLOSE || byte === CLOSE_OBJECT) depth--;
  };

  function* feed(chunk: Buffer): Generator<ArrayItem> {
    let from = 0;
    for (let at = 0; at < chunk.length && !closed; at++) {
      const byte = chunk[at]!;
      const outside = depth === 0;
      step(byte);
      if (outside) from = at + 1;
      else if (!inString && (depth === 0 || (depth === 1 && byte === COMMA))) {
        keep(chunk.subarray(from, at));
        from = at + 1;
        closed = depth === 0;
        const done = finish();
        if (!closed || !isBlank(done)) yield done;
      }
    }
    if (!closed && depth > 0) keep(chunk.subarray(from));
  }
  return { feed, closed: () => closed };
}

/** `[]`, and the nothing after a last comma. */
function isBlank({ bytes }: ArrayItem): boolean {
  return bytes !== undefined && bytes.toString('latin1').trim() === '';
}
