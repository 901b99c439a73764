import { describe, expect, it } from 'vitest';
import { plain } from '../src/text/colour.ts';
import { whyText } from '../src/text/why.ts';

const MINUTE = 60_000;
const view = { paint: plain, width: 200, now: 0, currency: 'USD', definition: null };

describe('why there is a case', () => {
  it('[CLI183] is told from the target to the end of the gap', () => {
    const gap = {
      ...{ target: 'quick', title: 'Time to first response', unit: 'duration' as const, because: 'They wait.' },
      ...{ direction: 'at-most' as const, wanted: 5 * MINUTE, why: 'widening' as const },
      opened: {
        ...{ seq: 40, at: 0, owner: 'desk', value: 9 * MINUTE, expected: 6 * MINUTE },
        points: [7, 8, 9].map((value) => ({ at: 0, value: value * MINUTE })),
      },
      escalated: [{ seq: 50, at: 0, from: 'desk', to: 'lead', level: 1, value: 10 * MINUTE }],
      closed: { seq: 60, at: 0, why: 'met' as const, value: 4 * MINUTE },
    };
    const text = whyText({ asked: 'C-7', operations: [], gap }, view).replace(
      /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g,
      'then',
    );
    expect(text.split('\n')).toEqual([
      'C-7 was opened for the target quick: Time to first response (wanted at most 5 min)',
      '  then  the gap had been getting wider: 9 min, 6 min was expected by then; desk was to close it (record 40)',
      '  the checks before: 7 min → 8 min → 9 min',
      '  why it matters: They wait.',
      '  then  from desk to lead, at 10 min (record 50)',
      '  then  over: 4 min (record 60)',
      'C-7: no operation was asked for',
      '',
    ]);
    expect(whyText({ asked: 'C-7', operations: [], gap: { ...gap, closed: null } }, view)).toContain('the gap is open');
  });
});
