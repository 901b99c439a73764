import type { IncidentView } from '@reeve/protocol';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useAct } from '../app/act.ts';
import { client, once } from '../app/client.ts';
import { incidentsQuery, postMortemQuery } from '../app/queries.ts';
import { t } from '../text/en.ts';
import { Area, Dialog, Field, Foot } from '../ui/forms.tsx';
import { Paged } from '../ui/paged.tsx';
import { Ago, Badge, Button, Empty, Loading, Problem, Untrusted } from '../ui/parts.tsx';
import { PostMortemText } from './post-mortem.tsx';

export function Incidents() {
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery(incidentsQuery({ status: 'all' }));
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  return (
    <Paged
      items={data.pages.flatMap(({ incidents }) => incidents)}
      more={hasNextPage ? () => void fetchNextPage() : null}
      empty={
        <Empty icon="check" title={t.incidents.none}>
          {t.incidents.noneWhy}
        </Empty>
      }
    >
      {(incident) => <Incident of={incident} />}
    </Paged>
  );
}

type Asked = 'close' | 'post-mortem';

function Incident({ of }: { of: IncidentView }) {
  const [asked, setAsked] = useState<Asked | null>(null);
  const { id, closed } = of;
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 rounded-lg border bg-surface px-4 py-3 shadow-card">
      <Told of={of} />
      <span className="flex gap-2">
        <Button icon="list" onClick={() => setAsked('post-mortem')}>
          {t.incidents.postMortem}
        </Button>
        {!closed && <Button onClick={() => setAsked('close')}>{t.incidents.close}</Button>}
      </span>
      {asked === 'close' && <Close id={id} onClose={() => setAsked(null)} />}
      {asked === 'post-mortem' && <Mortem id={id} onClose={() => setAsked(null)} />}
    </li>
  );
}

const Told = ({ of: { id, summary, done, openedAt, closed, level, earlier } }: { of: IncidentView }) => (
  <div className="min-w-0 flex-1 space-y-1">
    <p className="flex flex-wrap items-center gap-2">
      <Badge tone={closed ? 'plain' : 'bad'}>{closed ? t.incidents.closed : t.incidents.open}</Badge>
      {level !== undefined && <Badge tone="warn">{t.incidents.again(level)}</Badge>}
      <strong className="font-semibold">
        <Untrusted text={summary} />
      </strong>
      <span className="text-xs text-faint">
        {id} · <Ago at={openedAt} />
      </span>
    </p>
    {earlier !== undefined && <p className="text-warn">{t.incidents.earlier(earlier)}</p>}
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
);

function Mortem({ id, onClose }: { id: string; onClose: () => void }) {
  const { data, error } = useQuery(postMortemQuery(id));
  return (
    <Dialog wide title={t.incidents.mortemTitle(id)} onClose={onClose}>
      {error && <Problem error={error} />}
      {data ? <PostMortemText of={data} /> : !error && <Loading rows={8} />}
    </Dialog>
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
        <Foot action={t.incidents.close} busy={close.isPending} onClose={onClose} />
      </form>
    </Dialog>
  );
}
