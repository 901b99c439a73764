/** Tokens, words of replies, limits: without a server. */
import { NOTICE_ACTIONS, type Notice, type NoticeAction } from '@reeve/kernel';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Limit } from '../src/people/limit.ts';
import { Links } from '../src/people/links.ts';
import { MARK, ownWords } from '../src/people/words.ts';

const key = (n: number) => new Uint8Array(32).fill(n);
const text = fc.string({ maxLength: 60 });
const notice = fc.record({
  id: fc.nat().map((n) => `N-${n}`),
  ...{ seat: text, principal: text, digest: text, nonce: text },
  expires: fc.integer({ min: 0, max: 2 ** 45 }),
}) as unknown as fc.Arbitrary<Notice>;
const action = fc.constantFrom<NoticeAction>(...NOTICE_ACTIONS);

describe('[SRV364] a token', () => {
  const links = new Links(key(1), 'acme');

  it('says what it was made for, and nothing when any character of it is another one', () => {
    const printable = fc.constantFrom(...'ABCxyz019-_.=+/ é');
    fc.assert(
      fc.property(notice, action, fc.nat(), printable, (of, does, at, put) => {
        const token = links.token(of, does);
        const { id, seat, principal, digest, expires } = of;
        expect(links.read(token)).toEqual({ notice: id, seat, principal, action: does, digest, expires });
        const i = at % token.length;
        const other = `${token.slice(0, i)}${put}${token.slice(i + 1)}`;
        if (other !== token) expect(links.read(other)).toBeNull();
        expect(links.read(token.slice(0, -1))).toBeNull();
        expect(links.read(`${token}${put}`)).toBeNull();
      }),
      { numRuns: 200 },
    );
  });

  it('of another key or organisation is none, nor is one spliced out of two', () => {
    fc.assert(
      fc.property(notice, notice, action, action, (a, b, x, y) => {
        const [one, other] = [links.token(a, x), links.token(b, y)];
        expect(new Links(key(2), 'acme').read(one)).toBeNull();
        expect(new Links(key(1), 'other').read(one)).toBeNull();
        const [version, claim] = one.split('.');
        const spliced = [version, claim, other.split('.')[2]].join('.');
        expect(links.read(spliced) === null).toBe(one !== other);
      }),
      { numRuns: 100 },
    );
  });

  it('that is random text is none', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (random) => {
        expect(links.read(random)).toBeNull();
      }),
    );
  });
});

describe('[SRV368] the key a mail is sent under', () => {
  const links = new Links(key(1), 'acme');

  it('names its notice, and cannot be worked out without the key of the data directory', () => {
    const sent = links.sending({ id: 'N-7', nonce: 'n' });
    expect(Links.noticeOf(sent)).toBe('N-7');
    expect(sent).not.toBe(new Links(key(2), 'acme').sending({ id: 'N-7', nonce: 'n' }));
    expect(sent).not.toBe(links.sending({ id: 'N-7', nonce: 'm' }));
    for (const other of ['acme/OP-7/123', 'acme/notice/N-7/short', `x/${sent}`])
      expect(Links.noticeOf(other)).toBeNull();
  });
});

describe('[SRV367] links in what is passed on to us', () => {
  it('are taken out, whatever stands around them', () => {
    const token = new Links(key(1), 'acme').token(
      { id: 'N-1', seat: 's', principal: 'p', digest: 'd', expires: 1 } as Notice,
      'approve',
    );
    expect(Links.scrub(`look: https://acme.example/answer/${token}> and v1.2 of it`)).toBe(
      'look: https://acme.example/answer/[link removed]> and v1.2 of it',
    );
  });
});

describe('[SRV368] the words of a reply', () => {
  const mail = [
    MARK,
    '',
    '"desk" writes:',
    '',
    '> Which colour?',
    '',
    'To answer:',
    'https://acme.example/answer/v1.x.y',
  ];
  const quote = mail.map((line) => `> ${line}`);
  const cases: [string, string[], string][] = [
    [
      'above a quotation',
      ['Red.', '', 'On Fri, 20 Nov 2026 at 10:01, Desk <desk@acme.example> wrote:', '', ...quote],
      'Red.',
    ],
    [
      'with a broken attribution',
      ['Red.', '', 'On Fri, 20 Nov 2026 at 10:01, Desk', '<desk@acme.example> wrote:', ...quote],
      'Red.',
    ],
    ['in another language', ['Rot.', '', 'Am 20.11.26 um 10:01 schrieb Desk:', '', ...quote], 'Rot.'],
    [
      'above a quotation that is not marked',
      ['Red.', 'Or blue:', 'as you like', '', 'Desk wrote on 20 Nov:', ...mail],
      'Red.\nOr blue:\nas you like',
    ],
    ['below the quotation', [...quote, '', 'Red.'], 'Red.'],
    ['with a signature', ['Red.', '', '-- ', 'Ann, Acme', ...quote], 'Red.'],
    ['as Outlook quotes', ['Red.', '', '-----Original Message-----', 'From: Desk', ...mail], 'Red.'],
    [
      'with headers of a mail',
      ['Red.', '', 'From: Desk <desk@acme.example>', 'Sent: Friday', 'To: Ann', 'Subject: Question', '', ...mail],
      'Red.',
    ],
    ['that were passed on without any', [...quote], ''],
    ['that are only a signature', ['--', 'Ann', ...quote], ''],
    ['with a colon, and no quotation', ['Two things:', 'red', 'blue'], 'Two things:\nred\nblue'],
  ];
  it.each(cases)('%s are found', (_, lines, words) => expect(ownWords(lines.join('\n'))).toBe(words));

  it('are bounded, and found in time that grows with their length', () => {
    expect(ownWords('x'.repeat(100_000))).toHaveLength(20_000);
    for (const evil of ['On a ', '>', 'From: ', ':\n', '-'.repeat(80)]) ownWords(evil.repeat(20_000));
  });
});

describe('[SRV369] a limit', () => {
  it('counts each key by itself, and begins anew when its time is over', () => {
    let now = 0;
    const limit = new Limit(2, 1000, () => now);
    expect([limit.take('a'), limit.take('a'), limit.take('a'), limit.take('b')]).toEqual([0, 0, 1000, 0]);
    now = 1000;
    expect(limit.take('a')).toBe(0);
  });
});
