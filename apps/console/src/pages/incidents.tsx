import type { IncidentView } from '@reeve/protocol';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useAct } from '../app/act.ts';
import { client, once } from '../app/client.ts';
import { t } from '../text/en.ts';
import { Area, Dialog, Field } from '../ui/forms.tsx';
import { Ago, Badge, Button, Empty, Loading, Problem, Untrusted } from '../ui/parts.tsx';

export function Incidents() {
  const { data, error } = useQuery({
    queryKey: ['controls', 'incidents'],
    queryFn: ({ signal }) => client.incidents({ status: 'all', limit: 200 }, { signal }),
  });
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  if (data.incidents.length === 0)
    return (
      <Empty icon="check" title={t.incidents.none}>
        {t.incidents.noneWhy}
      </Empty>
    );
  return (
    <ul className="space-y-3">
      {data.incidents.map((incident) => (
        <Incident key={incident.id} of={incident} />
      ))}
    </ul>
  );
}

function Incident({ of: { id, summary, done, openedAt, closed } }: { of: IncidentView }) {
  const [closing, setClosing] = useState(false);
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 rounded-lg border bg-surface px-4 py-3 shadow-card">
      <div className="min-w-0 flex-1 space-y-1">
        <p className="flex flex-wrap items-center gap-2">
          <Badge tone={closed ? 'plain' : 'bad'}>{closed ? t.incidents.closed : t.incidents.open}</Badge>
          <strong className="font-semibold">
            <Untrusted text={summary} />
          </strong>
          <span className="text-xs text-faint">
            {id} · <Ago at={openedAt} />
          </span>
        </p>
        {done.length > 0 && (
          <p className="text-soft">
            <Untrusted text={done.join('; ')} />
          </p>
        )}
        {closed && (
          <p className="text-soft">
            {t.incidents.cause}: <Untrusted text={closed.cause} /> · {t.incidents.prevention}:{' '}
            <Untrusted text={closed.prevention} />
          </p>
        )}
      </div>
      {!closed && <Button onClick={() => setClosing(true)}>{t.incidents.close}</Button>}
      {closing && <Close id={id} onClose={() => setClosing(false)} />}
    </li>
  );
}

const PARTS = ['cause', 'done', 'prevention'] as const;

/** An incident is closed by saying how it came about, what was done, and what keeps it from happening again. */
function Close({ id, onClose }: { id: string; onClose: () => void }) {
  const [form, setForm] = useState({ cause: '', done: '', prevention: '' });
  const close = useAct(
    () => client.closeIncident({ id, ...form }, once()),
    () => {
      onClose();
      return { text: t.incidents.did(id) };
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    close.mutate();
  };
  return (
    <Dialog title={t.incidents.title(id)} onClose={onClose}>
      <form onSubmit={submit} className="space-y-3">
        {PARTS.map((part) => (
          <Field key={part} label={t.incidents[part]}>
            {(field) => (
              <Area
                id={field}
                required
                maxLength={2000}
                value={form[part]}
                onChange={(event) => setForm({ ...form, [part]: event.target.value })}
              />
            )}
          </Field>
        ))}
        <div className="flex justify-end gap-2">
          <Button onClick={onClose}>{t.common.cancel}</Button>
          <Button type="submit" look="primary" busy={close.isPending}>
            {t.incidents.close}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
