/** Values of operations: money by its declared type, everything else as text. */
import type { Catalogue } from '@reeve/protocol';
import { useQuery } from '@tanstack/react-query';
import { catalogueQuery } from '../app/queries.ts';
import { moneyText, spanText, wordsOf } from '../model/format.ts';
import { Untrusted } from './parts.tsx';

type Types = Catalogue['capabilities'][number]['args'];
const NO_TYPES: Types = {};
const EMPTY: Catalogue = { currency: 'USD', capabilities: [], contracts: [], units: [], topics: [] };

/** The words of the definition in force; empty until they are there. */
export const useCatalogue = (): Catalogue => useQuery(catalogueQuery()).data ?? EMPTY;
export const useCurrency = (): string => useCatalogue().currency;

/** What a capability does, in the words of its definition; its id where it has none. */
export function useCapabilityName(): (id: string) => string {
  const { capabilities } = useCatalogue();
  return (id) => capabilities.find((each) => each.id === id)?.title || wordsOf(id);
}

export const argTypes = (catalogue: Catalogue, capability: string): Types =>
  catalogue.capabilities.find(({ id }) => id === capability)?.args ?? NO_TYPES;
const resultTypes = (catalogue: Catalogue, capability: string | undefined): Types =>
  catalogue.capabilities.find(({ id }) => id === capability)?.returns ?? NO_TYPES;
/** Types of what a contract reads under a name. */
export const readTypes = (catalogue: Catalogue, capability: string, name: string): Types =>
  resultTypes(catalogue, catalogue.contracts.find((each) => each.capability === capability)?.reads[name]);
export const afterTypes = (catalogue: Catalogue, capability: string): Types =>
  resultTypes(catalogue, catalogue.contracts.find((each) => each.capability === capability)?.verify ?? undefined);

function Value({ value, type, currency }: { value: unknown; type: string | undefined; currency: string }) {
  if (value === null || value === undefined || value === '') return <span className="text-faint">–</span>;
  if (type === 'money' && typeof value === 'number')
    return <span className="font-medium">{moneyText(value, currency)}</span>;
  if (type === 'duration' && typeof value === 'number') return <>{spanText(value)}</>;
  if (typeof value === 'string') return <Untrusted text={value} block />;
  if (typeof value === 'object') return <Untrusted text={JSON.stringify(value, null, 1)} block />;
  return <>{String(value)}</>;
}

/** Names and values, one a line; long texts keep their line breaks and scroll. */
export function Values({ values, types = NO_TYPES }: { values: Readonly<Record<string, unknown>>; types?: Types }) {
  const currency = useCurrency();
  const rows = Object.entries(values);
  if (rows.length === 0) return <span className="text-faint">–</span>;
  return (
    <dl className="grid grid-cols-[minmax(5rem,max-content)_1fr] gap-x-4 gap-y-0.5">
      {rows.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="font-mono text-xs leading-5 text-faint">{name}</dt>
          <dd className="max-h-60 min-w-0 overflow-auto scroll-thin">
            <Value value={value} type={types[name]?.type} currency={currency} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Raw JSON, as it is kept. */
export const Json = ({ value }: { value: unknown }) => (
  <pre
    tabIndex={0}
    className="untrusted max-h-[32rem] overflow-auto rounded-md bg-sunken p-3 font-mono text-xs whitespace-pre-wrap scroll-thin"
  >
    <Untrusted text={JSON.stringify(value, null, 2)} />
  </pre>
);
