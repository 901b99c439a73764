/** What would the gate say? Asked of the real gate, in a copy in which nothing has happened. */
import type { Organisation, WhatIfAnswer } from '@reeve/protocol';
import { useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useAct } from '../app/act.ts';
import { client } from '../app/client.ts';
import { parseMoney, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Field, Input, Select } from '../ui/forms.tsx';
import { Badge, Button, Section, Untrusted } from '../ui/parts.tsx';
import { VERDICT_TONES } from '../ui/states.tsx';

type Definition = NonNullable<Organisation['definition']>;
type Capability = Definition['capabilities'][number];
type Types = Capability['args'];
type Texts = Readonly<Record<string, string>>;

/** A field's text as the value its type wants; undefined for an empty optional one. Pure. */
function typedValue(text: string, type: string): unknown {
  if (text.trim() === '') return undefined;
  if (type === 'money') return parseMoney(text) ?? text;
  if (type === 'number' || type === 'integer') return Number.isFinite(Number(text)) ? Number(text) : text;
  if (type === 'boolean') return text === 'true';
  if (type === 'strings') return text.split(',').map((each) => each.trim());
  if (type !== 'object' && type !== 'list' && type !== 'any') return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const valuesOf = (texts: Texts, types: Types): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(types).flatMap(([name, { type }]) => {
      const value = typedValue(texts[name] ?? '', type);
      return value === undefined ? [] : [[name, value]];
    }),
  );

export function WhatIf({ definition }: { definition: Definition }) {
  const search = useSearch({ from: '/policies' });
  const writes = definition.capabilities.filter(({ effect }) => effect !== 'read');
  const [seat, setSeat] = useState(search.seat ?? definition.seats[0]?.id ?? '');
  const [id, setId] = useState(search.capability ?? writes[0]?.id ?? '');
  const [args, setArgs] = useState<Texts>({});
  const [facts, setFacts] = useState<Readonly<Record<string, Texts>>>({});
  const [on, setOn] = useState('');
  const capability = definition.capabilities.find((each) => each.id === id);
  const contract = definition.contracts.find((each) => each.capability === id);
  const reads = Object.entries(contract?.reads ?? {}).map(([name, read]) => ({
    name,
    types: definition.capabilities.find((each) => each.id === read.capability)?.returns ?? {},
  }));
  const ask = useAct(() =>
    client.whatIf({
      ...{ seat, capability: id, args: valuesOf(args, capability?.args ?? {}) },
      reads: Object.fromEntries(reads.map(({ name, types }) => [name, valuesOf(facts[name] ?? {}, types)])),
      ...(on.trim() ? { on: on.trim().toUpperCase() } : {}),
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate();
  };
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <form onSubmit={submit}>
        <Section title={t.whatIf.title}>
          <p className="mb-4 text-soft">{t.whatIf.intro}</p>
          <div className="grid gap-3 sm:grid-cols-2">
            <Field label={t.ops.seat}>
              {(field) => (
                <Select
                  id={field}
                  value={seat}
                  choices={definition.seats.map((each) => ({ value: each.id, label: each.title }))}
                  onChange={setSeat}
                />
              )}
            </Field>
            <Field label={t.ops.capability}>
              {(field) => (
                <Select
                  id={field}
                  value={id}
                  choices={definition.capabilities.map((each) => ({ value: each.id, label: each.id }))}
                  onChange={setId}
                />
              )}
            </Field>
            <Field label={t.whatIf.on} hint={t.whatIf.onHint}>
              {(field) => (
                <Input id={field} value={on} placeholder="C-12" onChange={(event) => setOn(event.target.value)} />
              )}
            </Field>
          </div>
          <Fields title={t.approvals.args} types={capability?.args ?? {}} texts={args} onChange={setArgs} />
          {reads.map(({ name, types }) => (
            <Fields
              key={name}
              title={`${t.whatIf.reads} ${name}`}
              types={types}
              texts={facts[name] ?? {}}
              onChange={(texts) => setFacts({ ...facts, [name]: texts })}
            />
          ))}
          <Button type="submit" look="primary" className="mt-4" busy={ask.isPending}>
            {t.whatIf.ask}
          </Button>
        </Section>
      </form>
      <Section title={t.whatIf.answer}>
        {ask.data ? <Answer of={ask.data} /> : <p className="text-soft">{t.whatIf.none}</p>}
      </Section>
    </div>
  );
}

function Fields({
  title,
  types,
  texts,
  onChange,
}: {
  title: string;
  types: Types;
  texts: Texts;
  onChange: (texts: Texts) => void;
}) {
  const names = Object.keys(types);
  if (names.length === 0) return null;
  return (
    <fieldset className="mt-4 border-t pt-3">
      <legend className="sr-only">{title}</legend>
      <p aria-hidden className="mb-2 text-xs font-semibold text-soft">
        {title}
      </p>
      <div className="grid gap-3 sm:grid-cols-2">
        {names.map((name) => {
          const { type } = types[name]!;
          const change = (value: string) => onChange({ ...texts, [name]: value });
          return (
            <Field
              key={name}
              label={
                <>
                  {wordsOf(name)} <span className="font-normal text-faint">{type}</span>
                </>
              }
            >
              {(field) =>
                type === 'boolean' ? (
                  <Select
                    id={field}
                    value={texts[name] ?? ''}
                    choices={[
                      { value: '', label: '–' },
                      { value: 'true', label: t.common.yes },
                      { value: 'false', label: t.common.no },
                    ]}
                    onChange={change}
                  />
                ) : (
                  <Input
                    id={field}
                    value={texts[name] ?? ''}
                    placeholder={type === 'money' ? '$12.50' : ''}
                    onChange={(event) => change(event.target.value)}
                  />
                )
              }
            </Field>
          );
        })}
      </div>
    </fieldset>
  );
}

function Answer({ of: { verdict, reasons, problem } }: { of: WhatIfAnswer }) {
  return (
    <div role="status" className="space-y-3">
      {verdict ? (
        <p className="text-lg">
          <Badge tone={VERDICT_TONES[verdict]}>{t.ops.verdicts[verdict]}</Badge>
        </p>
      ) : (
        <p className="font-medium text-warn">{t.whatIf.noDecision}</p>
      )}
      {problem && (
        <p>
          <Untrusted text={problem} />
        </p>
      )}
      {verdict === 'allow' && reasons.length === 0 && <p className="text-soft">{t.whatIf.nothing}</p>}
      <ul className="space-y-2">
        {reasons.map(({ check, rule, verdict: each, message, instead }) => (
          <li key={`${rule}${message}`} className="flex gap-2">
            <span className="pt-px">
              <Badge tone={VERDICT_TONES[each]}>{t.ops.verdicts[each]}</Badge>
            </span>
            <span>
              <Untrusted text={message} />{' '}
              <span className="font-mono text-2xs text-faint">
                {check} {rule}
              </span>
              {instead && (
                <span className="block text-faint">
                  {t.approvals.alternatives}: {instead}
                </span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
