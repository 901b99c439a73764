/** A person says what is so: at which desk, for how long, and on what it rests. */
import type { PersonCommand } from '@reeve/protocol';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useAct } from '../app/act.ts';
import { client, once } from '../app/client.ts';
import { seatsQuery } from '../app/queries.ts';
import { DAY } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Dialog, Field, Foot, Passage, Select, Words } from '../ui/forms.tsx';

const LAYERS = ['stable', 'state', 'working'] as const;
/** Days it may hold; none is for good. */
const HOLDS = ['', '1', '7', '30', '365'] as const;
const NOTHING = { seat: '', statement: '', key: '', value: '', layer: 'state', holds: '', customer: '', evidence: '' };
type Form = typeof NOTHING;

/** As the command takes it: what was left empty is left out. */
function bodyOf({ seat, statement, key, value, layer, holds, customer, evidence }: Form): Record<string, unknown> {
  const some = (name: string, text: string) => (text.trim() === '' ? {} : { [name]: text.trim() });
  const rests = evidence.split(/[\s,]+/).filter((each) => each !== '');
  return {
    ...{ seat, statement: statement.trim(), layer },
    ...{ ...some('key', key), ...some('value', value), ...some('customer', customer) },
    ...(holds === '' ? {} : { holds: Number(holds) * DAY }),
    ...(rests.length === 0 ? {} : { evidence: rests }),
  };
}

export function NewBelief({ onClose }: { onClose: () => void }) {
  const [form, setForm] = useState(NOTHING);
  const record = useAct(
    () => client.command({ kind: 'belief.record' satisfies PersonCommand, body: bodyOf(form) }, once()),
    () => {
      onClose();
      return { text: t.acting.recorded };
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    record.mutate(undefined);
  };
  const set = (part: Partial<Form>) => setForm({ ...form, ...part });
  return (
    <Dialog wide title={t.acting.recordBelief} onClose={onClose}>
      <form onSubmit={submit} className="space-y-3">
        <p className="text-soft">{t.acting.recordEffect}</p>
        <Passage label={t.acting.statement} value={form.statement} onChange={(statement) => set({ statement })} />
        <About form={form} set={set} />
        <Foot action={t.acting.recordBelief} busy={record.isPending} disabled={form.seat === ''} onClose={onClose} />
      </form>
    </Dialog>
  );
}

/** Whose it is, what it is a value of, about whom, and for how long. */
function About({ form, set }: { form: Form; set: (part: Partial<Form>) => void }) {
  const seats = useInfiniteQuery(seatsQuery({ status: 'active' })).data?.pages.flatMap((page) => page.seats) ?? [];
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <Field label={t.acting.desk}>
        {(id) => (
          <Select
            id={id}
            value={form.seat}
            choices={[{ value: '', label: '–' }, ...seats.map((each) => ({ value: each.id, label: each.title }))]}
            onChange={(seat) => set({ seat })}
          />
        )}
      </Field>
      <Field label={t.acting.layer}>
        {(id) => (
          <Select
            id={id}
            value={form.layer}
            choices={LAYERS.map((value) => ({ value, label: t.knowledge.layers[value] }))}
            onChange={(layer) => set({ layer })}
          />
        )}
      </Field>
      <Words label={t.acting.key} hint={t.acting.keyHint} value={form.key} onChange={(key) => set({ key })} />
      <Words
        label={t.acting.value}
        required={false}
        disabled={form.key.trim() === ''}
        value={form.value}
        onChange={(value) => set({ value })}
      />
      <Words
        label={t.acting.customer}
        hint={t.acting.customerHint}
        value={form.customer}
        onChange={(customer) => set({ customer })}
      />
      <Words
        label={t.acting.evidence}
        hint={t.acting.evidenceHint}
        value={form.evidence}
        onChange={(evidence) => set({ evidence })}
      />
      <Field label={t.acting.holds}>
        {(id) => (
          <Select
            id={id}
            value={form.holds}
            choices={HOLDS.map((value) => ({
              value,
              label: value === '' ? t.acting.always : t.acting.days(Number(value)),
            }))}
            onChange={(holds) => set({ holds })}
          />
        )}
      </Field>
    </div>
  );
}
