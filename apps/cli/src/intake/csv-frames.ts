/**
 * Finds where CSV records begin and end; csv-parse then cuts each into values. csv-parse alone stops at the first
 * misplaced quote and cannot go on, and its record limit counts against memory only after it was used.
 *
 * Invariants:
 * - What a quoted value holds is never read as a row, however long the value is: otherwise a customer who writes lines
 *   that look like rows could file tickets in the name of others. So a record that is too long is followed to its end
 *   without being kept, and a quote still open at the end of the file gives one problem, not rows.
 * - Only after a misplaced quote, which no correct export contains, are the lines after the first read again as rows.
 * - At most RECORD_LIMIT bytes and one line are held.
 */
import { type Piece, RECORD_LIMIT } from './lines.ts';

/** A record starting at `line`, or why it cannot be read. */
export type Frame =
  | { readonly line: number; readonly bytes: Buffer; readonly fault?: undefined }
  | { readonly line: number; readonly fault: 'quote' | 'unclosed' | 'long' };

/**
 * Where the scanner is: at the start of a value, in a bare one, in a quoted one, just after a quote in a quoted one (its
 * end, or the first half of `""`), after its end, or after a quote that may not be there.
 */
type State = 'start' | 'bare' | 'quoted' | 'quote' | 'closed' | 'broken';

const QUOTE = 0x22;
const LF = Buffer.from('\n');

/** What a held line costs beyond its bytes, so that a quoted million of empty lines is too long as well. */
const LINE_COST = 16;

/** Frames the pieces of a file that uses `delimiter` (one ASCII character). */
export function recordFramer(delimiter: string) {
  const separator = delimiter.charCodeAt(0);
  let open: Piece[] = [];
  let first: number | undefined;
  let size = 0;
  let state: State = 'start';

  function* offer(piece: Piece): Generator<Frame> {
    // Lines to read, the next one last: a loop rather than a recursion, however many rows in a row are broken.
    const waiting = [piece];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      accept(next);
      if (!next.end || state === 'quoted') continue;
      const lines = open;
      const frame = settle(first ?? next.line);
      if (frame.fault === 'quote') for (let index = lines.length - 1; index > 0; index--) waiting.push(lines[index]!);
      yield frame;
    }
  }

  function accept(piece: Piece) {
    first ??= piece.line;
    state = scan(piece.bytes, state, separator);
    size += piece.bytes.length + LINE_COST;
    if (size > RECORD_LIMIT) open = [];
    else open.push(piece);
  }

  function settle(line: number): Frame {
    const fault = state === 'broken' ? 'quote' : size > RECORD_LIMIT ? 'long' : undefined;
    const frame: Frame = fault === undefined ? { line, bytes: joined(open) } : { line, fault };
    reset();
    return frame;
  }

  function reset() {
    open = [];
    first = undefined;
    size = 0;
    state = 'start';
  }

  return {
    offer,
    /** What the end of the file leaves open. */
    *finish(): Generator<Frame> {
      if (first !== undefined) yield { line: first, fault: 'unclosed' };
    },
  };
}

function joined(lines: readonly Piece[]): Buffer {
  if (lines.length === 1) return lines[0]!.bytes;
  return Buffer.concat(lines.flatMap(({ bytes }, index) => (index === 0 ? [bytes] : [LF, bytes])));
}

function scan(bytes: Buffer, from: State, separator: number): State {
  if (from === 'start' && !bytes.includes(QUOTE)) return bytes.at(-1) === separator ? 'start' : 'bare';
  let state = from;
  for (const byte of bytes) state = next(state, byte, separator);
  return state;
}

function next(state: State, byte: number, separator: number): State {
  if (state === 'broken') return 'broken';
  if (state === 'quoted') return byte === QUOTE ? 'quote' : 'quoted';
  if (byte === separator) return 'start';
  const blank = byte === 0x20 || byte === 0x09;
  if (state === 'start') return byte === QUOTE ? 'quoted' : blank ? 'start' : 'bare';
  if (state === 'bare') return byte === QUOTE ? 'broken' : 'bare';
  return state === 'quote' && byte === QUOTE ? 'quoted' : blank ? 'closed' : 'broken';
}
