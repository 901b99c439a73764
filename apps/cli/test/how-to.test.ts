import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acme } from './support/acme.ts';
import { reeve } from './support/cli.ts';

const TEXT = readFileSync(join(import.meta.dirname, '../../../docs/how-to/verify-a-ledger.md'), 'utf8');

/** The commands of the text; what stands in brackets is tried without and with. */
const COMMANDS = TEXT.split('\n')
  .flatMap((line) => /^ {4}reeve (.+)$/.exec(line)?.[1] ?? [])
  .flatMap((line) => [...new Set([line.replace(/ \[.*?\]/g, ''), line.replace(/[[\]]/g, '')])]);

const wordsOf = (line: string, key: string): string[] =>
  line.split(' ').map((word) => (word === '…' || /^'reeve\/acme\+.*…'$/.test(word) ? key : word));

describe('[CLI56] docs/how-to/verify-a-ledger.md', () => {
  it('is true to the letter: every command in it, in its order, does what it says', async () => {
    const data = await acme({ sizes: [1000, 1300] });
    const here = { data, cwd: dirname(data) };
    const key = (await reeve(here, 'ledger', 'key')).out.trim();
    const witness = ['witness', '--key', key, '--seen'];
    // What the reader of the text is given: a witness file of some weeks ago.
    await reeve(here, 'ledger', ...witness, 'seen.jsonl');
    expect(COMMANDS.length).toBeGreaterThanOrEqual(7);
    for (const line of COMMANDS) {
      const words = wordsOf(line, key).map((word) =>
        word === 'proof.json' && line.includes('--out proof.json --file') ? 'proof-2.json' : word,
      );
      expect({ line, ...(await reeve(here, ...words)) }).toMatchObject({ line, code: 0 });
    }
    const read = (name: string) => readFileSync(join(here.cwd, name), 'utf8');
    expect(read('proof-2.json')).toBe(read('proof.json'));
    expect(JSON.parse(read('ledger.jsonl').split('\n')[0]!).keys.at(-1)).toBe(key);
  });

  it('names no option and no fault there is not', async () => {
    const help = (
      await Promise.all(
        [['up'], ...['verify', 'export', 'key', 'prove', 'witness'].map((name) => ['ledger', name])].map((names) =>
          reeve({ data: '' }, ...names, '--help'),
        ),
      )
    )
      .map(({ out }) => out)
      .join('');
    for (const [option] of TEXT.matchAll(/--[a-z]+/g)) expect(help).toContain(option);
  });
});
