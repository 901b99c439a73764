import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';

/** Longest line, CSV record or JSON object that is kept; a longer one is a problem, not an allocation. */
export const RECORD_LIMIT = 1024 * 1024;

/**
 * A line, or a part of a line too long to hold: `start` is false on all parts but the first, `end` on all but the last.
 * Without line end and without a leading byte order mark.
 */
export interface Piece {
  readonly line: number;
  readonly bytes: Buffer;
  readonly start: boolean;
  readonly end: boolean;
}

const LF = 10;
const CR = 13;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/** Cuts chunks into pieces. Between calls it holds at most RECORD_LIMIT bytes plus one chunk. */
function lineSplitter() {
  let line = 1;
  let held: Buffer[] = [];
  let size = 0;
  let over = false;

  const piece = (bytes: Buffer, end: boolean): Piece => {
    const start = !over;
    return { line, bytes: trimEnds(bytes, start && line === 1, end), start, end };
  };
  const take = (tail: Buffer): Buffer => {
    const bytes = held.length === 0 ? tail : Buffer.concat([...held, tail]);
    held = [];
    size = 0;
    return bytes;
  };
  const spill = (tail: Buffer, out: Piece[]) => {
    out.push(piece(take(tail), false));
    over = true;
  };
  const close = (tail: Buffer, out: Piece[]) => {
    const tooLong = !over && size + tail.length > RECORD_LIMIT;
    if (tooLong) spill(tail, out);
    out.push(piece(tooLong ? Buffer.alloc(0) : take(tail), true));
    over = false;
    line++;
  };
  const hold = (rest: Buffer, out: Piece[]) => {
    if (over) out.push(piece(rest, false));
    else if (size + rest.length > RECORD_LIMIT) spill(rest, out);
    else {
      held.push(rest);
      size += rest.length;
    }
  };
  return {
    feed(chunk: Buffer): Piece[] {
      const out: Piece[] = [];
      let from = 0;
      for (let to = chunk.indexOf(LF); to !== -1; to = chunk.indexOf(LF, from)) {
        close(chunk.subarray(from, to), out);
        from = to + 1;
      }
      if (from < chunk.length) hold(chunk.subarray(from), out);
      return out;
    },
    /** The last line, if the file does not end with a line end. */
    finish(): Piece[] {
      const out: Piece[] = [];
      if (over || size > 0) close(Buffer.alloc(0), out);
      return out;
    },
  };
}

function trimEnds(bytes: Buffer, first: boolean, end: boolean): Buffer {
  const from = first && bytes.subarray(0, 3).equals(BOM) ? 3 : 0;
  const to = end && bytes.at(-1) === CR ? bytes.length - 1 : bytes.length;
  return bytes.subarray(from, to);
}

/** The lines of a file, in the batches in which it is read. Throws what reading throws. */
export async function* linesOf(path: string): AsyncGenerator<readonly Piece[]> {
  const splitter = lineSplitter();
  for await (const chunk of createReadStream(path)) yield splitter.feed(chunk as Buffer);
  yield splitter.finish();
}

const WINDOWS_1252 = new TextDecoder('windows-1252');

/** UTF-8, or else Windows-1252, in which spreadsheets save: valid UTF-8 is hardly ever anything else by chance. */
export function decodeText(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : WINDOWS_1252.decode(bytes);
}
