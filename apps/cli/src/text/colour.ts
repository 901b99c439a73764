/** How a text is meant; the terminal decides how it looks. */
export type Tone = 'bold' | 'dim' | 'good' | 'bad' | 'warn';
export type Paint = (tone: Tone, text: string) => string;

const CODES: Readonly<Record<Tone, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  good: [32, 39],
  bad: [31, 39],
  warn: [33, 39],
};

export const plain: Paint = (_, text) => text;

export const coloured: Paint = (tone, text) => {
  const [on, off] = CODES[tone];
  return `\u001b[${on}m${text}\u001b[${off}m`;
};
