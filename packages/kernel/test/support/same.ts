import { expect } from 'vitest';

/** For what is asked hundreds of thousands of times: an expectation is made only of what differs, and fails then. */
export function same(name: string, what: string, actual: unknown, expected: unknown): void {
  if (!Object.is(actual, expected)) expect([name, what, actual]).toEqual([name, what, expected]);
}
