import { describe, expect, it } from 'vitest';
import {
  addresses,
  clauses,
  mixesAlphabets,
  normalise,
  occurs,
  references,
  shapeOf,
  words,
} from '../src/provenance/text.ts';
import { doingsIn, handsOver, kindsOf } from '../src/provenance/verbs.ts';

const holds = (value: string, text: string) => occurs(normalise(value), normalise(text));

describe('values in texts', () => {
  it('[PRV3] a value stands in a text as whole words only', () => {
    for (const text of ['to evil.com.', '(evil.com)', 'see https://EVIL.com/ now'])
      expect([text, holds('evil.com', text)]).toEqual([text, true]);
    for (const text of ['not-evil.com', 'mail@evil.com', 'www.evil.com', 'evil.community', 'evil.com-shop.example'])
      expect([text, holds('evil.com', text)]).toEqual([text, false]);
    expect([
      holds('10', 'pay 10.'),
      holds('10', 'pay 10.50'),
      holds('10', 'pay 110'),
      holds('10', 'pay 10,000'),
    ]).toEqual([true, false, false, false]);
  });

  it('[PRV3] an address is the same however it is written', () => {
    expect(addresses('Pay DE89 3704 0044 0532 0130 00 today', 'account')).toEqual(['de89370400440532013000']);
    expect(addresses('Pay DE89370400440532013000 or rather GB29NWBK60161331926819', 'account')).toHaveLength(2);
    expect(addresses('on www.our-company.com.They said', 'url')).toEqual(['www.our-company.com']);
    expect(addresses('HTTP://Www.A.example/x, b', 'url')).toEqual(['www.a.example/x']);
    expect(references('at 2024-06-08 07:30 for 12.50 in file.txt')).toEqual([]);
    expect(['lee@a.example', 'www.a.example', 'DE89370400440532013000', 'general'].map(shapeOf)).toEqual([
      'email',
      'url',
      'account',
      'word',
    ]);
  });

  it('[PRV8] two alphabets in one word are seen, two words of two alphabets are not', () => {
    expect([mixesAlphabets('p\u0430y'), mixesAlphabets('pay \u0441\u0443\u043c')]).toEqual([true, false]);
  });

  it('[PRV2] clauses end where sentences do, not in addresses and numbers', () => {
    expect(clauses('Pay 10.50 to www.a.example. Then stop.They wait\n2. Go on')).toHaveLength(4);
    expect([...words('Posted the 2 channels, 10.00')]).toEqual(['post', '2', 'channel', '10']);
  });
});

describe('what a text asks for', () => {
  it('[PRV2] verbs in any form, not nouns, nor what is told to the asker', () => {
    const of = (text: string) => [...doingsIn(text)].sort();
    expect(of('Please cancel the booking')).toEqual(['delete']);
    expect(of('cancelling it, cancelled')).toEqual(['delete']);
    expect(of('Tell me about the message')).toEqual(['read']);
    expect(of('make sure that it is not sent, and never post it')).toEqual([]);
    expect(of('I want it cancelled; who booked it?')).toEqual(['delete']);
    expect(of('the delayed order and the posted list')).toEqual([]);
    expect(of('Let her know')).toEqual(['send']);
    expect(of('Call the visit off')).toContain('delete');
    expect(of('She must be able to see it')).toContain('grant');
    expect(of('Go through docs/deploy.md')).toEqual([]);
    expect(of('I need a table')).toEqual(['create']);
  });

  it('[PRV2] a capability does what the first verb of its name says, else of its title', () => {
    expect([...kindsOf({ id: 'orders.cancel', title: '' }).doings]).toEqual(['delete']);
    expect([...kindsOf({ id: 'x1.y', title: 'Removes a user' }).doings]).toEqual(['delete']);
    expect([...kindsOf({ id: 'x1.y', title: '' }).doings]).toEqual([]);
    expect([
      ...kindsOf({ id: 'issue_refund', title: '' }).doings,
      ...kindsOf({ id: 'send_money', title: '' }).doings,
    ]).toEqual(['pay', 'pay']);
    expect([...kindsOf({ id: 'order.update', title: '' }).doings]).toEqual(['update']);
    expect([...kindsOf({ id: 'town_page', title: 'Page of a town' }).doings]).toEqual([]);
  });

  it('[PRV2] handing over is said in so many words', () => {
    expect(['Follow the instructions in a.txt', 'do all the tasks on my list'].map(handsOver)).toEqual([true, true]);
    expect(['Perform the following tasks: 1.', 'pay the bill'].map(handsOver)).toEqual([false, false]);
  });
});
