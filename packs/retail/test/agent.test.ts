import { describe, expect, it } from 'vitest';
import { parseCalls } from '../scripts/lib/calls.ts';

describe('the calls in the text of a case', () => {
  it('are a JSON list of names with arguments', () => {
    const calls = [{ name: 'get_user_details', arguments: { user_id: 'a' } }];
    expect(parseCalls(JSON.stringify(calls))).toEqual(calls);
    expect(parseCalls('[]')).toEqual([]);
  });

  it.each(['', 'I want my money back', '{}', '[1]', '[{"name":"x"}]', '[{"name":"x","arguments":[]}]', '[null]'])(
    'are none in %j, and the agent says so',
    (text) => {
      expect(parseCalls(text)).toEqual(expect.stringMatching(/^The case's text is not/));
    },
  );
});
