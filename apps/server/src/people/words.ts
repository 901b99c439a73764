/** What somebody wrote himself in a mail, without what he answers and his signature. Each line is looked at once. */
import { cut } from '@reeve/connectors/text';

/** Stands at the head of what can be answered by mail: who answers writes above it. */
export const MARK = '[Write your answer above this line]';

/** Characters that are looked through, and that an answer can have. */
const MOST = { read: 50_000, kept: 20_000 } as const;

const isBlank = (line: string): boolean => line.trim() === '';
const isQuoted = (line: string): boolean => line.startsWith('>');
/** "-----Original Message-----" in any language, or the rule that webmail draws. */
const RULE = /^(-{3,}[^-]{3,60}-{3,}|_{10,})$/;
/** "From: Ann <ann@acme.example>", as some programs write above what they quote. */
const HEADER = /^\*?[\p{L}]{2,12}\s?:\*?\s/u;

/** Four headers in a row are no sentence of a person's. */
function isHeaders(lines: readonly string[], at: number): boolean {
  const block = lines.slice(at, at + 4);
  return block.length === 4 && block.every((line) => HEADER.test(line)) && block.some((line) => line.includes('@'));
}

/** Takes "On Friday Ann wrote:" away from the end of what was kept; it may be broken over three lines. */
function dropAttribution(kept: string[]): void {
  while (kept.length > 0 && isBlank(kept.at(-1)!)) kept.pop();
  if (!kept.at(-1)?.trimEnd().endsWith(':')) return;
  let last = kept.pop()!;
  for (let more = 0; more < 2 && !/\d/.test(last) && kept.length > 0 && !isBlank(kept.at(-1)!); more++)
    last = kept.pop()!;
}

function withoutQuotes(lines: readonly string[]): string[] {
  const kept: string[] = [];
  let signature = false;
  for (const [i, line] of lines.entries()) {
    if (RULE.test(line.trim()) || isHeaders(lines, i)) break;
    if (line === '--' || line === '-- ') signature = true;
    if (isQuoted(line)) {
      if (!isQuoted(lines[i - 1] ?? '')) dropAttribution(kept);
      signature = false;
    } else if (!signature) kept.push(line);
  }
  return kept;
}

/** '' when there is nothing of his own in it. Line ends are `\n`. */
export function ownWords(text: string): string {
  const lines = cut(text, MOST.read).split('\n');
  const mark = lines.findIndex((line) => line.includes(MARK));
  const above = withoutQuotes(mark === -1 ? lines : lines.slice(0, mark));
  if (mark !== -1) dropAttribution(above);
  const words = above.join('\n').trim();
  // Below the quotation, by those who write there.
  const below = words === '' && mark !== -1 && isQuoted(lines[mark]!) ? withoutQuotes(lines.slice(mark + 1)) : [];
  return cut(words || below.join('\n').trim(), MOST.kept);
}
