import type { Definition } from '@reeve/kernel';
import { moneyText } from './quantities.ts';
import { fit, safe } from './table.ts';

/** The fields of an argument list or a result, as a definition declares them. */
export type FieldTypes = Readonly<Record<string, { readonly type: string }>>;

const NONE: FieldTypes = {};

/** Types of a capability's arguments; none when the definition in force does not know it any more. */
export const argsOf = (definition: Definition | null, capability: string): FieldTypes =>
  definition?.capabilities.find(({ id }) => id === capability)?.args ?? NONE;

export const returnsOf = (definition: Definition | null, capability: string | undefined): FieldTypes =>
  definition?.capabilities.find(({ id }) => id === capability)?.returns ?? NONE;

/** Types of what a contract reads under `name`. */
export function readTypes(definition: Definition | null, contract: string | undefined, name: string): FieldTypes {
  const found = definition?.contracts.find(({ id }) => id === contract);
  return returnsOf(definition, found?.reads[name]?.capability);
}

/** Types of what is read again after an operation of a contract. */
export function afterTypes(definition: Definition | null, contract: string | undefined): FieldTypes {
  return returnsOf(definition, definition?.contracts.find(({ id }) => id === contract)?.verify?.capability);
}

/** "order_id: AC-7906, amount: $24.90": money by its declared type, long texts cut. */
export function valuesText(values: Readonly<Record<string, unknown>>, types: FieldTypes, currency: string): string {
  return Object.entries(values)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name}: ${valueText(value, types[name]?.type, currency)}`)
    .join(', ');
}

const LONGEST = 120;

function valueText(value: unknown, type: string | undefined, currency: string): string {
  if (type === 'money' && typeof value === 'number') return moneyText(value, currency);
  return fit(safe(typeof value === 'string' ? value : JSON.stringify(value)), LONGEST);
}
