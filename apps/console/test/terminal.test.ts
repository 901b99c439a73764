import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hear, SILENCE } from '../src/model/output.ts';
import { terminalText } from '../src/model/terminal.ts';

const ESC = '\u001b';
const COLOURS = new RegExp(`${ESC}\\[[0-9;:]*[mK]`, 'g');
const shown = (...pieces: string[]): string => {
  const take = terminalText();
  return pieces.map(take).join('');
};

describe('what a program wrote, for a terminal', () => {
  it.each([
    [`${ESC}[31mred${ESC}[0m`, `${ESC}[31mred${ESC}[0m`],
    [`${ESC}[38;5;8mgrey${ESC}[48;2;1;8;3mdark${ESC}[K`, `${ESC}[38;5;8mgrey${ESC}[48;2;1;8;3mdark${ESC}[K`],
    [`${ESC}[1;8mhidden`, '⟨1B⟩[1;8mhidden'],
    [`${ESC}[5mblink`, '⟨1B⟩[5mblink'],
    [`${ESC}]0;title\u0007`, '⟨1B⟩]0;title⟨7⟩'],
    [`${ESC}]52;c;eA==\u0007`, '⟨1B⟩]52;c;eA==⟨7⟩'],
    [`${ESC}]8;;https://evil.example${ESC}\\click`, '⟨1B⟩]8;;https://evil.example⟨1B⟩\\click'],
    [`${ESC}[6n${ESC}[2J${ESC}[?1049h`, '⟨1B⟩[6n⟨1B⟩[2J⟨1B⟩[?1049h'],
    [`${ESC}P+q544e${ESC}\\${ESC}c`, '⟨1B⟩P+q544e⟨1B⟩\\⟨1B⟩c'],
    ['\u009b2J\u0008\u202e 10 %\r 20 %\n\t.', '⟨9B⟩2J⟨8⟩⟨202E⟩ 10 %\r 20 %\n\t.'],
  ])('[WEB76] of %j only colours and the end of a line count', (given, expected) =>
    expect(shown(given)).toBe(expected),
  );

  it('[WEB76] holds no control character but those of colours and lines, wherever pieces are cut', () => {
    const part = fc.constantFrom(ESC, '[', ']', 'm', 'K', ';', '8', '31', '0', 'text', '\u0007', '\n', '\u009b', '?');
    const property = fc.property(fc.array(part, { maxLength: 20 }), fc.nat({ max: 20 }), (parts, at) => {
      const [before, after] = [parts.slice(0, at).join(''), parts.slice(at).join('')];
      // What was cut in two is what it would have been in one.
      expect(shown(before, after)).toBe(shown(before + after));
      const left = shown(before, after).replaceAll(COLOURS, '');
      expect([...left].filter((char) => /\p{Cc}/u.test(char) && !'\n\r\t'.includes(char))).toEqual([]);
    });
    fc.assert(property, { numRuns: 300 });
  });
});

describe('what was heard of a run', () => {
  const entry = (kind: 'text' | 'stdout' | 'call', text: string) => ({ at: 1, kind, text });

  it('[WEB75] text that comes in pieces is one, and what the program writes stands apart', () => {
    const one = hear(SILENCE, {
      entries: [entry('text', 'He'), entry('stdout', 'a')],
      next: 3,
      dropped: 0,
      live: true,
    });
    const two = hear(one, { entries: [entry('text', 'llo'), entry('call', 'x\n')], next: 8, dropped: 2, live: false });
    expect(two).toEqual({
      told: [entry('text', 'Hello'), entry('call', 'x\n')],
      pieces: ['a'],
      ...{ first: 0, dropped: 2, live: false },
    });
  });

  it('[WEB75] only the latest is kept, and pieces keep their numbers', () => {
    const entries = Array.from({ length: 5000 }, (_, n) => entry('stdout', String(n)));
    const { pieces, first } = hear(SILENCE, { entries, next: 0, dropped: 0, live: true });
    expect([pieces.length, first, pieces[0]]).toEqual([4000, 1000, '1000']);
  });
});
