import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleaning, redactorOf } from '../src/index.ts';

const SECRETS = ['sk-canary/7+f00?', 'sk-canary/7+f00?-longer', '"quoted" secret'];

/** What is given on of `text` when it comes in pieces of these lengths. */
function given(text: string, lengths: readonly number[], secrets: readonly string[]): string[] {
  const told: string[] = [];
  const { write, end } = cleaning(redactorOf(secrets), (piece) => told.push(piece));
  let at = 0;
  for (const length of lengths) {
    write(text.slice(at, at + length));
    at += length;
  }
  write(text.slice(at));
  end();
  return told;
}

describe('cleaning a text that comes in pieces', () => {
  const forms = SECRETS.flatMap((each) => [each, encodeURIComponent(each), Buffer.from(each).toString('base64')]);
  const text = fc.array(fc.oneof(fc.constantFrom(...forms), fc.string({ maxLength: 12 })), { maxLength: 8 });

  it('[T14] finds what it would find in the whole, wherever the pieces are cut', () => {
    fc.assert(
      fc.property(text, fc.array(fc.nat({ max: 20 }), { maxLength: 30 }), (parts, lengths) => {
        const whole = parts.join('');
        const shown = given(whole, lengths, SECRETS).join('');
        expect(redactorOf(SECRETS).found(shown)).toBe(false);
        for (const secret of SECRETS) expect(shown).not.toContain(secret);
      }),
      { numRuns: 500 },
    );
  });

  it('[T14] gives on at once what no secret begins with, and the longer of two secrets goes as one', () => {
    const told: string[] = [];
    const { write } = cleaning(redactorOf(SECRETS), (piece) => told.push(piece));
    write('ready. ');
    expect(told).toEqual(['ready. ']);
    write('the key is sk-canary');
    expect(told.join('')).toBe('ready. the key is ');
    write('/7+f00?-longer, good');
    expect(told.join('')).toBe('ready. the key is [secret removed], good');
  });

  it('[T14] with nothing to hide holds nothing back', () => {
    expect(given('plain', [2, 2], [])).toEqual(['pl', 'ai', 'n']);
  });
});
