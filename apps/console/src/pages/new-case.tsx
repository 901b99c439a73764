import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useAct } from '../app/act.ts';
import { client, once } from '../app/client.ts';
import { t } from '../text/en.ts';
import { Area, Dialog, Field, Foot, Input, Select } from '../ui/forms.tsx';

const PRIORITIES = ['normal', 'high', 'low'] as const;

export function NewCase({ onClose }: { onClose: () => void }) {
  const [form, setForm] = useState({
    subject: '',
    customer: '',
    text: '',
    priority: 'normal' as (typeof PRIORITIES)[number],
  });
  const navigate = useNavigate();
  const open = useAct(
    () => client.openCase({ ...form, channel: 'web' }, once()),
    ({ case: id }) => {
      onClose();
      void navigate({ to: '/cases/$id', params: { id } });
      return { text: t.cases.opened(id) };
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    open.mutate();
  };
  return (
    <Dialog title={t.cases.new} onClose={onClose}>
      <form onSubmit={submit} className="space-y-3">
        <p className="text-soft">{t.cases.newHint}</p>
        <Field label={t.cases.customerField}>
          {(id) => (
            <Input
              id={id}
              required
              maxLength={320}
              value={form.customer}
              onChange={(event) => setForm({ ...form, customer: event.target.value })}
            />
          )}
        </Field>
        <Field label={t.cases.subject}>
          {(id) => (
            <Input
              id={id}
              required
              maxLength={500}
              value={form.subject}
              onChange={(event) => setForm({ ...form, subject: event.target.value })}
            />
          )}
        </Field>
        <Field label={t.cases.text}>
          {(id) => (
            <Area
              id={id}
              rows={6}
              maxLength={100_000}
              value={form.text}
              onChange={(event) => setForm({ ...form, text: event.target.value })}
            />
          )}
        </Field>
        <Field label={t.cases.priority}>
          {(id) => (
            <Select
              id={id}
              value={form.priority}
              choices={PRIORITIES.map((value) => ({ value, label: t.cases.priorities[value] }))}
              onChange={(priority) => setForm({ ...form, priority: priority as (typeof PRIORITIES)[number] })}
            />
          )}
        </Field>
        <Foot action={t.cases.new} busy={open.isPending} onClose={onClose} />
      </form>
    </Dialog>
  );
}
