import { canonical, plainText } from '@reeve/kernel';

export { quote } from '@reeve/kernel';

/**
 * RFC 8785 text of a JSON value, the same as the kernel's `canonical`; but what would not be readable again is refused.
 * A property test holds it equal to the reference implementation.
 *
 * @throws TypeError for what JSON cannot say: functions, bigints, NaN, infinities, cycles, or no value at all.
 */
export function canonicalText(value: unknown): string {
  return plainText(value) ?? viaReference(value);
}

function viaReference(value: unknown): string {
  try {
    const text = canonical(value);
    // The reference writes a nested function as the bare word `undefined`; what is sealed must be readable again.
    JSON.parse(text);
    return text;
  } catch (error) {
    throw new TypeError(
      'the value has no JSON form: remove functions, bigints, symbols, cycles and non-finite numbers',
      {
        cause: error,
      },
    );
  }
}
