import { describe, expect, it } from 'vitest';
import type { Shop } from './support/op-definition.ts';
import { Office, said } from './support/prov-office.ts';

const text = 'string' as const;
const SEEN = {
  messages: [{ id: 1, sender: 'pat.lee@partner.example', subject: 'Terrace', body: 'Nice weather here.' }],
};
type Capability = Shop['capabilities'][number];

/** The office, with things of a hotel to do. */
function office(...more: Partial<Capability>[]): Office {
  const acts = (c: Partial<Capability>): Capability =>
    ({ tool: 'office', effect: 'compensable', title: '', ...c }) as Capability;
  return new Office((d) => {
    const added = [
      acts({ id: 'room_booking', title: 'Books a room.', args: { room: text }, sensitive: ['room'] }),
      acts({ id: 'diary_entry', title: 'Writes an event into the calendar.', args: { title: text } }),
      ...more.map(acts),
    ];
    d.capabilities.push(...added);
    d.contracts.push(...added.map(({ id }) => ({ id, capability: id })));
  });
}
function asks(instruction: string, capability: string, args: Record<string, unknown>, ...more: Partial<Capability>[]) {
  const one = office(...more).told(instruction);
  one.ask('inbox.search', { query: 'x' }, SEEN);
  return said(one.ask(capability, args));
}

describe('what is asked for', () => {
  const room = { room: 'Terrace' };
  const event = { title: 'Terrace' };

  it('[PRV13] is a kind of doing and the thing it is done to: who asks for a room asks for no event', () => {
    const told = 'Check the inbox and book the room Terrace.';
    expect(asks(told, 'room_booking', room)).toBe('admitted');
    expect(asks(told, 'diary_entry', event)).toBe('awaiting_approval PRV2');
    expect(asks('Check the inbox, book the room Terrace and note it in the calendar.', 'diary_entry', event)).toBe(
      'admitted',
    );
  });

  it('[PRV13] a sentence that does not say the thing means what was spoken of last', () => {
    const told = 'See in the inbox whether the room Terrace is nice. If it is, book it.';
    expect(asks(told, 'room_booking', room)).toBe('admitted');
    expect(asks(told, 'diary_entry', event)).toBe('awaiting_approval PRV2');
  });

  it('[PRV13] a wish for a thing asks for it, a question about it does not, nor what is past or forbidden', () => {
    for (const told of [
      "I'd like the room Terrace.",
      'The same room as last time, Terrace.',
      'We need Terrace, a room.',
    ])
      expect(asks(`Check the inbox. ${told}`, 'room_booking', room), told).toBe('admitted');
    for (const told of ['Is Terrace a nice room?', 'I had the room Terrace.', 'I do not want the room Terrace.'])
      expect(asks(`Check the inbox. ${told}`, 'room_booking', room), told).toContain('PRV2');
  });

  it('[PRV13] a wish deletes and pays nothing', () => {
    const told = 'Check the inbox. I would like the money and the order 7.';
    expect(asks(told, 'money.send', { to: 'kim@example.com', amount: 7 })).toContain('PRV2');
  });

  it('[PRV13] a capability whose name is a noun does what the noun says', () => {
    const removal = { id: 'room_removal', args: { room: text }, sensitive: ['room'] };
    expect(asks('Check the inbox and remove the room Terrace.', 'room_removal', room, removal)).toBe('admitted');
    expect(asks('Check the inbox and show the room Terrace.', 'room_removal', room, removal)).toContain('PRV2');
  });

  it('[PRV5] nothing that is kept carries a telephone number only an outsider gave', () => {
    const one = office().told('Check the inbox and write an event into the calendar.');
    one.ask('inbox.search', { query: 'x' }, { body: 'Call +1 900 555 0100 about your account today.' });
    expect(said(one.ask('diary_entry', { title: 'Call +1 900 555 0100' }))).toBe('awaiting_approval PRV5/title');
    expect(said(one.ask('diary_entry', { title: 'Call the bank' }))).toBe('admitted');
  });
});

describe('whom and what is meant', () => {
  const reply = (instruction: string, to: string, ...senders: string[]): string => {
    const one = office().told(instruction);
    one.ask('inbox.search', { query: 'x' }, { messages: senders.map((sender) => ({ sender, body: 'Nice weather.' })) });
    return said(one.ask('message.send', { to, body: 'Thanks.' }));
  };

  it('[PRV3] "tell Omar" is the one sender called so, and asks where there are two', () => {
    const [own, other] = ['omar.said@mail.example', 'omar@evil.example'];
    expect(reply('Check the inbox and tell Omar that I thank him.', own, own, 'bea@mail.example')).toBe('admitted');
    expect(reply('Check the inbox and tell Omar that I thank him.', own, own, other)).toContain('PRV3/to');
    expect(reply('Check the inbox and tell Bea that I thank her.', own, own)).toContain('PRV3/to');
  });

  it('[PRV3] what is found under a name is more than the name, what only repeats it is not', () => {
    const found = (result: Record<string, unknown>, to: string): string => {
      const one = office().told('Check the inbox and send a message to who is named there.');
      one.ask('inbox.search', { query: 'x' }, { body: 'Write to Lena or to mallory.' });
      one.ask('people.find', { query: to === 'mallory' ? 'mallory' : 'Lena' }, result);
      return said(one.ask('message.send', { to, body: 'x' }));
    };
    expect(found({ name: 'Lena Fischer', email: 'lena.fischer@example.com' }, 'lena.fischer@example.com')).toBe(
      'admitted',
    );
    expect(found({ query: 'mallory', message: 'nothing found for mallory' }, 'mallory')).toContain('PRV3/to');
  });

  it('[PRV14] money is compared with the words for it, not in micro-units', () => {
    const fee = { id: 'fee.pay', args: { fee: 'money' }, sensitive: ['fee'], groundedBy: { fee: ['instruction'] } };
    const pay = (told: string, amount: number): string =>
      asks(
        `Check the inbox and pay ${told}.`,
        'fee.pay',
        { fee: amount * 1_000_000 },
        fee as unknown as Partial<Capability>,
      );
    for (const told of ['$50', '50 dollars', 'EUR 50.00']) {
      expect(pay(told, 50), told).toBe('admitted');
      expect(pay(told, 51), told).toContain('PRV3/fee');
    }
    expect(pay('1,200 euros', 1200)).toBe('admitted');
    expect(pay('1,200 euros', 200)).toContain('PRV3/fee');
  });

  it('[PRV14] days and times are compared as people write them; what needs a clock asks', () => {
    const visit = { id: 'visit.book', args: { day: text }, sensitive: ['day'], groundedBy: { day: ['instruction'] } };
    const book = (told: string, day: string): string =>
      asks(`Check the inbox and book a visit on ${told}.`, 'visit.book', { day }, visit as Partial<Capability>);
    for (const told of ['May 26th', '26 May 2027', '2027-05-26', 'the 26th of May']) {
      expect(book(told, '2027-05-26'), told).toBe('admitted');
      expect(book(told, '2027-05-27'), told).toContain('PRV3/day');
    }
    expect(book('26 May 2028', '2027-05-26')).toContain('PRV3/day');
    expect(book('May 26th at 3pm', '2027-05-26T15:00')).toBe('admitted');
    expect(book('May 26th at 3pm', '2027-05-26T16:00')).toContain('PRV3/day');
    expect(book('tomorrow at 3pm', '2027-05-26T15:00')).toContain('PRV3/day');
  });
});
