import { describe, expect, it } from 'vitest';
import { copyOf } from '../src/copy.ts';

describe('a copy of plain data', () => {
  it('[WRK1] shares nothing with what it was made of, and keeps every field', () => {
    const made = JSON.parse('{"a":[{"b":null}],"__proto__":{"c":1},"d":"x"}') as { a: { b: unknown }[] };
    const copy = copyOf(made);
    expect(JSON.stringify(copy)).toBe(JSON.stringify(made));
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    copy.a[0]!.b = 2;
    expect(made.a[0]!.b).toBeNull();
  });
});
