import { describe, expect, it } from 'vitest';
import {
  agoText,
  gistOf,
  metricText,
  moneyText,
  parseMoney,
  plainText,
  spanText,
  valueText,
  wordsOf,
} from '../src/model/format.ts';

describe('amounts and times', () => {
  it.each([
    [12_500_000, 'USD', '$12.50'],
    [-1_234_567_890_000, 'EUR', '−€1,234,567.89'],
    [12_345, 'USD', '$0.0123'],
    [5_000_000, 'CHF', 'CHF 5.00'],
  ])('[WEB35] %i micro-units of %s read %s', (micro, currency, text) => expect(moneyText(micro, currency)).toBe(text));

  it.each([
    ['$12.50', 12_500_000],
    ['3', 3_000_000],
    ['0,05', 50_000],
    ['12.5.1', null],
    ['-3', null],
    ['', null],
  ])('[WEB35] "%s" is the amount %s', (text, micro) => expect(parseMoney(text)).toBe(micro));

  it.each([
    [39_900_000, 'money', '$39.90'],
    [90_000, 'duration', '1 min 30 s'],
    [2, 'integer', '2'],
    ['Erfurt', 'text', 'Erfurt'],
    [['a'], undefined, '["a"]'],
  ])('[WEB35] the value %j of type %s reads %s', (value, type, text) =>
    expect(valueText(value, type, 'USD')).toBe(text),
  );

  it('[WEB35] spans and distances have one or two units', () => {
    expect([340, 1500, 65_000, 12_600_000, 180_000_000].map(spanText)).toEqual([
      '340 ms',
      '1.5 s',
      '1 min 5 s',
      '3 h 30 min',
      '2 d 2 h',
    ]);
    expect([agoText(0, 5000), agoText(0, 90_000), agoText(7_200_000, 0)]).toEqual(['just now', '1 min ago', 'in 2 h']);
    expect(metricText(null, 'percent', 'USD')).toBe('no data yet');
    expect(metricText(73.333, 'percent', 'USD')).toBe('73.3 %');
  });

  it('[WEB35] ids read as words, and recommendations without what the packet shows anyway', () => {
    expect(wordsOf('billing-specialist')).toBe('Billing specialist');
    expect(gistOf('"billing-specialist" wants to orders.refund moving 189.00 for a@b.c (late)')).toBe(
      'for a@b.c (late)',
    );
    expect(gistOf('do it')).toBe('do it');
  });
});

describe('text of others', () => {
  it('[WEB20] what nobody sees is made visible; line breaks stay', () => {
    expect(plainText('pay\u202E05$\u202C now')).toBe('pay⟨202E⟩05$⟨202C⟩ now');
    expect(plainText('a\u200Bb\u0007c\uFEFF')).toBe('a⟨200B⟩b⟨7⟩c⟨FEFF⟩');
    expect(plainText('one\r\ntwo\tthree')).toBe('one\ntwo\tthree');
    expect(plainText('tag \u{E0041}')).toBe('tag ⟨E0041⟩');
    expect(plainText('Grüße, 日本語 👍')).toBe('Grüße, 日本語 👍');
  });
});
