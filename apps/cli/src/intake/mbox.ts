import { linesOf, type Piece } from './lines.ts';
import { MESSAGE_LIMIT, mailToIntake, tooLarge } from './mail.ts';
import { type Intake, type Place, problem } from './outcome.ts';

interface Message {
  readonly at: Place;
  /** Grows as needed; the first `size` bytes count. A buffer per line would cost far more than the lines. */
  bytes: Buffer;
  /** Undefined once the message is over the limit; the rest of it is then passed over. */
  size: number | undefined;
}

const FROM = Buffer.from('From ');
const LF = Buffer.from('\n');
const GREATER = 0x3e;
const FIRST_BYTES = 16 * 1024;

/** Tickets of an mbox file. A message ends where a line starts with `From ` after a blank line. */
export async function* readMbox(file: string): AsyncGenerator<Intake> {
  let message: Message | undefined;
  let item = 0;
  let blank = true;
  for await (const batch of linesOf(file)) {
    for (const piece of batch) {
      if (piece.start && blank && startsWith(piece.bytes, FROM)) {
        if (message !== undefined) yield await finish(message);
        message = { at: { file, line: piece.line, item: ++item }, bytes: Buffer.alloc(FIRST_BYTES), size: 0 };
      } else if (message !== undefined) keep(message, piece);
      blank = piece.start && piece.end && piece.bytes.length === 0;
    }
  }
  if (message !== undefined) yield await finish(message);
}

function keep(message: Message, piece: Piece) {
  append(message, piece.start ? unquoted(piece.bytes) : piece.bytes);
  if (piece.end) append(message, LF);
}

function append(message: Message, bytes: Buffer) {
  if (message.size === undefined) return;
  const size = message.size + bytes.length;
  if (size > message.bytes.length)
    message.bytes = Buffer.concat([message.bytes], Math.max(size, message.bytes.length * 2));
  bytes.copy(message.bytes, message.size);
  message.size = size;
  if (size <= MESSAGE_LIMIT) return;
  message.size = undefined;
  message.bytes = LF;
}

/** mboxrd: every `From ` in a message, quoted before or not, got one more `>`. */
function unquoted(line: Buffer): Buffer {
  if (line[0] !== GREATER) return line;
  let at = 1;
  while (line[at] === GREATER) at++;
  return startsWith(line.subarray(at), FROM) ? line.subarray(1) : line;
}

function startsWith(bytes: Buffer, prefix: Buffer): boolean {
  return bytes.subarray(0, prefix.length).equals(prefix);
}

async function finish({ at, bytes, size }: Message): Promise<Intake> {
  if (size === undefined) return tooLarge(at);
  const result = await mailToIntake(bytes.subarray(0, size), at);
  return !result.ok && result.problem.field === 'customer' ? withoutSender(at) : result;
}

function withoutSender(at: Place): Intake {
  return problem(at, 'the message has no sender (From header)', {
    field: 'customer',
    hint: 'if this line belongs to the message before, write it as ">From " and import the file again',
  });
}
