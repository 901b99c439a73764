/** What a person is told of an error nobody expected at that place. */
import { StoreUnavailable } from '@reeve/ledger';
import { describe, expect, it } from 'vitest';
import { EXIT, toFailure } from '../src/failure.ts';

class Lost extends StoreUnavailable {
  constructor() {
    super('retryable', 'the connection to the database broke off');
  }
}

describe('failures', () => {
  it('[CLI2] a special kind of a known error is told as that one, with advice instead of a code', () => {
    const { exit, message, why, next } = toFailure(new Lost());
    expect({ exit, message, why, next }).toEqual({
      exit: EXIT.unavailable,
      message: 'the connection to the database broke off',
      why: 'the ledger cannot be used just now',
      next: 'run `reeve doctor` to see what is wrong',
    });
  });

  it('[CLI2] the cause counts where the error itself says nothing', () => {
    expect(toFailure(new Error('it did not start', { cause: new Lost() }))).toMatchObject({ exit: EXIT.unavailable });
  });

  it('[CLI2] what nobody knows is called a defect', () => {
    expect(toFailure(new TypeError('x is not a function'))).toMatchObject({
      exit: EXIT.failed,
      why: expect.stringContaining('a defect of Reeve'),
    });
  });
});
