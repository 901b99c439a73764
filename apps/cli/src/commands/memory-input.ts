import { usage } from '../context.ts';

/** One of a few words. @throws Failure naming them. */
export function oneOf<T extends string>(text: string | undefined, words: readonly T[], name: string): T | undefined {
  if (text === undefined) return undefined;
  const found = words.find((word) => word === text);
  if (found !== undefined) return found;
  throw usage(`${name} cannot be "${text}"`, `it is one of ${words.join(', ')}`, 'correct it and run it again');
}

/** A number, true or false where the text reads as one, else the text. */
export function scalarOf(text: string | undefined): string | number | boolean | undefined {
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== undefined && /^-?\d{1,15}(\.\d{1,6})?$/.test(text) ? Number(text) : text;
}
