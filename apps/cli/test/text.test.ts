import type { Explanation, Status } from '@reeve/protocol';
import { describe, expect, it } from 'vitest';
import { createContext } from '../src/context.ts';
import { EXIT, Failure, failureText, toFailure } from '../src/failure.ts';
import type { Io } from '../src/io.ts';
import { bar, createProgress } from '../src/progress.ts';
import { outcomes, refusedRules } from '../src/start/facts.ts';
import { progressLine, reasonOf } from '../src/start/summary.ts';
import { plain } from '../src/text/colour.ts';
import { matrixChanges } from '../src/text/plan.ts';
import { agoText, countText, metricText, moneyText, spanText } from '../src/text/quantities.ts';
import { fit, safe, table, widthOf, wrap } from '../src/text/table.ts';
import { whyText } from '../src/text/why.ts';

describe('[CLI9] quantities read as people write them', () => {
  it.each([
    [12_500_000, 'USD', '$12.50'],
    [-1_234_567_890_000, 'EUR', '-€1,234,567.89'],
    [5_000_000, 'CHF', 'CHF 5.00'],
  ])('%d micro-units of %s', (micro, currency, text) => expect(moneyText(micro, currency)).toBe(text));

  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1500, '1.5 s'],
    [42_400, '42 s'],
    [125_000, '2 min 5 s'],
    [12_000_000, '3 h 20 min'],
    [187_200_000, '2 d 4 h'],
  ])('%d milliseconds', (ms, text) => expect(spanText(ms)).toBe(text));

  it('times are told from now', () => {
    expect([agoText(0, 500), agoText(0, 90_000), agoText(172_800_000, 0)]).toEqual(['just now', '2 min ago', 'in 2 d']);
  });

  it('counts and metrics', () => {
    expect([countText(1_234_567), countText(999), countText(1234.5)]).toEqual(['1,234,567', '999', '1,234.5']);
    expect(metricText(null, 'money', 'USD')).toBe('no data yet');
    expect(metricText(92.14, 'percent', 'USD')).toBe('92.1 %');
    expect(metricText(86_400_000, 'duration', 'USD')).toBe('1 d');
  });
});

describe('[CLI8] text fits the terminal and does nothing to it', () => {
  it('width counts what is seen', () => {
    expect([widthOf('abc'), widthOf('日本'), widthOf('e\u0301'), widthOf('\u001b[31mred\u001b[39m')]).toEqual([
      3, 4, 1, 3,
    ]);
    expect(fit('abcdef', 4)).toBe('abc…');
    expect(widthOf(fit('日本語日本語', 5))).toBeLessThanOrEqual(5);
  });

  it('escapes, line feeds and overrides of strangers are taken out', () => {
    expect(safe('a\u001b[2Jb\r\nc\u0007\u202ed')).toBe('ab c d');
  });

  it('tables are aligned, and columns that may shrink give way', () => {
    const columns = [{ title: 'id' }, { title: 'money', align: 'right' }, { title: 'text', shrink: true }] as const;
    const rows = [['A-1', '$5.00', 'x'.repeat(100)]];
    expect(table(columns, rows, 30)).toBe(`id   money  text\nA-1  $5.00  ${'x'.repeat(17)}…\n`);
    expect(table(columns, rows, 200)).toContain('x'.repeat(100));
  });

  it('wraps between words', () => {
    expect(wrap('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrap('unbreakable', 3)).toEqual(['unbreakable']);
  });
});

describe('[CLI2] failures', () => {
  it('are three lines, whatever the texts hold', () => {
    expect(failureText(new Failure(EXIT.invalid, 'what\nelse', 'why', 'next'))).toBe(
      'error: what; else\n  why: why\n  next: next\n',
    );
  });

  it.each([
    ['EADDRINUSE', EXIT.unavailable],
    ['ENOSPC', EXIT.unavailable],
    ['EACCES', EXIT.unavailable],
  ])('of the system, here %s, are told by their name even as a cause', (code, exit) => {
    const cause = Object.assign(new Error('low'), { code });
    expect(toFailure(new Error('high', { cause }))).toMatchObject({
      exit,
      message: 'high',
      why: expect.stringContaining(code),
    });
  });

  it('of the store: full and busy are not available, damaged is not verified', () => {
    const named = (name: string) => toFailure(Object.assign(new Error('x'), { name })).exit;
    expect([named('StoreFull'), named('StoreUnavailable'), named('StoreCorrupt')]).toEqual([5, 5, 6]);
  });

  it('nobody foresaw are defects, with how to report them', () => {
    expect(toFailure(new TypeError('x is not a function'))).toMatchObject({
      exit: 1,
      next: expect.stringContaining('REEVE_DEBUG=1'),
    });
  });
});

describe('[CLI10] progress', () => {
  const progress = (errTty: boolean) => {
    let text = '';
    let now = 0;
    const shown = createProgress(
      { err: (more: string) => (text += more), errTty, columns: 20 } as unknown as Io,
      () => now,
    );
    return { shown, at: (ms: number) => (now = ms), text: () => text };
  };

  it('on a terminal is one line that is written over and never wraps', () => {
    const { shown, at, text } = progress(true);
    shown.update('first');
    shown.update('too soon');
    at(100);
    shown.update('a line much longer than the terminal');
    shown.done();
    expect(text()).toBe('\r\u001b[Kfirst\r\u001b[Ka line much longer…\r\u001b[K');
  });

  it('elsewhere is a line a second', () => {
    const { shown, at, text } = progress(false);
    for (let ms = 0; ms <= 2000; ms += 100) {
      at(ms);
      shown.update(`at ${ms}`);
    }
    expect(text()).toBe('at 1000\nat 2000\n');
  });

  it('a bar says how much of a known whole', () => {
    expect(bar(1, 3)).toBe('[########----------------]  33 %');
    expect(bar(0, 0)).toContain('100 %');
  });
});

describe('[CLI7] colours', () => {
  const io = (outTty: boolean, env: Record<string, string> = {}) =>
    ({ outTty, env, columns: 80, cwd: '/' }) as unknown as Io;
  const isColoured = (...args: Parameters<typeof createContext>) => createContext(...args).paint('bad', 'x') !== 'x';
  it('are for terminals, unless told otherwise', () => {
    expect(isColoured(io(true), {})).toBe(true);
    expect(isColoured(io(false), {})).toBe(false);
    expect(isColoured(io(true, { NO_COLOR: '1' }), {})).toBe(false);
    expect(isColoured(io(true), { color: false })).toBe(false);
    expect(isColoured(io(true), { json: true })).toBe(false);
  });
});

describe('[CLI5] where the data is', () => {
  const io = (env: Record<string, string>) => ({ env, columns: 80, cwd: '/work', outTty: false }) as unknown as Io;
  it('--data, else REEVE_DATA, else ./.reeve; the port likewise', () => {
    const seen = (env: Record<string, string>, options: object) => {
      const { data, port } = createContext(io(env), options);
      return [data, port];
    };
    expect(seen({}, {})).toEqual(['/work/.reeve', 4600]);
    expect(seen({ REEVE_DATA: 'd', REEVE_PORT: '1' }, {})).toEqual(['/work/d', 1]);
    expect(seen({ REEVE_DATA: 'd', REEVE_PORT: '1' }, { data: '/e', port: '2' })).toEqual(['/e', 2]);
    expect(() => seen({}, { port: '99999' })).toThrow('no port');
  });
});

it('[CLI23] the matrix shows what went and what came, with its seat', () => {
  const before = '# head\n\n## a (u, executor)\nmaximum damage: 1\nx | may\n\n## b (u, executor)\nx | no\n';
  const after = '# head\n\n## a (u, executor)\nmaximum damage: 2\nx | may\n\n## b (u, executor)\nx | no\ny | may\n';
  expect(matrixChanges(before, after)).toEqual(['- a | maximum damage: 1', '+ a | maximum damage: 2', '+ b | y | may']);
});

const STATUS = {
  currency: 'USD',
  approvalsPending: 2,
  cases: { open: 5, overdue: 0, byStatus: { closed: 7, waiting_customer: 1, escalated: 3, waiting_internal: 1 } },
  paid: 5_000_000,
  // A seat's budget, its unit's and the organisation's: the same money three times.
  budgets: ['seat', 'unit', 'organisation'].map((id) => ({ id, currency: 'money', spent: 5_000_000 })),
} as unknown as Status;

describe('[CLI71] the summary of the start', () => {
  it('counts on one line', () => {
    expect(progressLine(STATUS, 200)).toBe(
      'tickets 12 of 200 · answered 7 · waiting for the customer 1 · waiting for you 5 · paid $5.00',
    );
  });

  it('tells refused from solved by the last resolution of each case', () => {
    const resolved = (stream: string, summary: string) => ({ stream, body: { summary } }) as never;
    const found = outcomes(STATUS, [
      resolved('case/1', 'Refused: no'),
      resolved('case/1', 'Solved: yes'),
      resolved('case/2', 'Refused: no'),
    ]);
    expect(found).toEqual({ solved: 6, refused: 1 });
  });

  it('says of a decision what is asked for, and why it waits', () => {
    const packet = (rule: string) =>
      ({
        capability: 'orders.change_address',
        args: { reason: 'moved house' },
        reasons: [{ rule, verdict: 'ask', message: 'a step of fraud' }],
        recommendation: '',
      }) as never;
    expect(reasonOf(packet('anonymous'))).toBe('change address: a step of fraud');
    expect(reasonOf(packet('tier-ask'))).toBe('change address: moved house');
  });

  it('names the rules that refused, the most frequent first', () => {
    const denied = (rule: string) =>
      ({ body: { verdict: 'deny', reasons: [{ rule, verdict: 'deny', message: `because ${rule}` }] } }) as never;
    const asked = { body: { verdict: 'ask', reasons: [{ rule: 'z', verdict: 'ask', message: '' }] } } as never;
    expect(refusedRules([denied('a'), denied('b'), denied('b'), asked])).toEqual([
      { rule: 'b', message: 'because b', count: 2 },
      { rule: 'a', message: 'because a', count: 1 },
    ]);
  });
});

/** Every part of an answer filled with a mark of its own. */
const EXPLANATION: Explanation = {
  operation: {
    id: 'OP-1',
    status: 'verified',
    capability: 'orders.refund',
    tool: 'orders',
    effect: 'compensable',
    args: { amount: 5_000_000 },
    requestedAt: 0,
    settledAt: 1500,
    result: { refund: 'mark-result' },
    failure: { category: 'transient', message: 'mark-failure' },
  },
  who: {
    seat: 'billing',
    title: 'mark-title',
    principal: 'mark-principal',
    line: [{ seat: 'boss', title: 'mark-boss', principal: 'mark-founder' }],
  },
  authority: {
    tier: 'executor',
    right: { capability: 'orders.refund', when: 'mark-when', limit: 9_000_000 },
    definition: 'markdigest',
    note: 'mark-note',
  },
  reads: [{ name: 'mark-read', value: { paid: 'mark-paid' }, version: 'mark-version', at: 0 }],
  contract: {
    id: 'mark-contract',
    title: 'mark-contract-title',
    rules: [{ rule: 'mark-rule', when: 'before', that: 'mark-that' }],
  },
  decision: {
    verdict: 'allow',
    flagged: true,
    cost: 5_000_000,
    approval: 'A-1',
    reasons: [
      { check: 'money', rule: 'mark-reason', verdict: 'allow', message: 'mark-message', instead: 'mark-instead' },
    ],
    at: 0,
    seq: 7,
  },
  decisions: [{ seq: 3, at: 0, verdict: 'ask', message: 'mark-earlier' }],
  approval: {
    id: 'A-1',
    status: 'approved',
    approvers: ['boss'],
    by: 'mark-approver',
    bySilence: false,
    way: null,
    note: 'mark-approval-note',
    requestedAt: 0,
    decidedAt: 60_000,
    waited: 60_000,
  },
  attempts: [
    { attempt: 1, executor: 'mark-executor', at: 0, endedAt: 5, outcome: 'succeeded', message: 'mark-attempt' },
  ],
  cost: {
    money: 5_000_000,
    accounts: [{ seq: 4, at: 0, what: 'reserved', from: 'mark-from', to: 'mark-to', amount: 5_000_000 }],
  },
  evidence: [{ kind: 'effect', ref: 'mark-evidence', digest: 'abcdef0123456789' }],
  verification: {
    status: 'failed',
    checks: ['mark-check'],
    failed: [{ rule: 'mark-failed', message: 'mark-failed-message' }],
    after: { value: { paid: 'mark-after' }, at: 0 },
    at: 0,
  },
  uncertainty: { confidence: 0.85, why: 'mark-worker-why' },
  metric: {
    id: 'm',
    title: 'mark-metric',
    unit: 'money',
    current: 5_000_000,
    target: 9_000_000,
    direction: 'at-most',
    met: true,
  },
  case: { id: 'C-1', subject: 'mark-subject', customer: 'mark-customer', status: 'closed' },
  run: { id: 'R-1', worker: 'mark-worker', startedAt: 0, message: 'M-1', outcome: 'mark-outcome' },
  interventions: [
    { seq: 9, at: 0, seat: 'desk', trouble: 'stuck', action: 'restart', reason: 'did nothing', done: 'R-1 runs again' },
  ],
  compensation: { compensates: null, by: 'OP-9' },
  requestedBy: { principal: 'p', seat: 'mark-asker' },
  records: [11, 12],
};

describe('[CLI42] why', () => {
  const view = { paint: plain, width: 120, now: 0, currency: 'USD', definition: null };
  const text = whyText({ asked: 'OP-1', operations: [EXPLANATION] }, view);

  it('shows every part of the answer', () => {
    const marks = new Set(JSON.stringify(EXPLANATION).match(/mark[-a-z]*/g));
    expect(marks.size).toBeGreaterThan(35);
    for (const mark of marks) expect(text).toContain(mark);
    for (const part of ['$5.00', '$9.00', '85 %', '1 min', 'A-1', 'OP-9', 'R-1', '11, 12', 'C-1', 'flagged'])
      expect(text).toContain(part);
  });

  it('stays within the width and says so when there is nothing', () => {
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
    expect(whyText({ asked: 'C-9', operations: [] }, view)).toBe('C-9: no operation was asked for\n');
  });
});
