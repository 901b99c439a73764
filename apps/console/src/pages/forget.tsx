/** Forgetting a customer: who, what goes with them, why, and then for good. */
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useAct } from '../app/act.ts';
import { client, once } from '../app/client.ts';
import { ReasonDialog } from '../app/controls.tsx';
import { forgettingQuery } from '../app/queries.ts';
import { t } from '../text/en.ts';
import { Field, Input } from '../ui/forms.tsx';
import { Icon } from '../ui/icons.tsx';
import { Button, Empty, Loading, Problem, Section, Untrusted } from '../ui/parts.tsx';
import { CaseState } from '../ui/states.tsx';

export function Forget() {
  const [given, setGiven] = useState('');
  const [who, setWho] = useState('');
  const [done, setDone] = useState<{ case: string; seq: number } | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setDone(null);
    setWho(given.trim());
  };
  return (
    <div className="space-y-4">
      <Section title={t.forgetting.title}>
        <p className="mb-3 max-w-2xl text-soft">{t.forgetting.sub}</p>
        <form onSubmit={submit} className="flex flex-wrap items-end gap-2">
          <div className="min-w-60 flex-1">
            <Field label={t.forgetting.customer} hint={t.forgetting.hint}>
              {(id) => (
                <Input
                  id={id}
                  required
                  maxLength={320}
                  value={given}
                  onChange={(event) => setGiven(event.target.value)}
                />
              )}
            </Field>
          </div>
          <div className="pb-5">
            <Button type="submit">{t.forgetting.look}</Button>
          </div>
        </form>
      </Section>
      {done ? (
        <Done of={done} />
      ) : (
        who !== '' && (
          <Preview
            who={who}
            onDone={(of) => {
              // Who was forgotten stays on no screen.
              setGiven('');
              setWho('');
              setDone(of);
            }}
          />
        )
      )}
    </div>
  );
}

function Preview({ who, onDone }: { who: string; onDone: (of: { case: string; seq: number }) => void }) {
  const { data, error } = useQuery(forgettingQuery(who));
  const [asking, setAsking] = useState(false);
  const forget = useAct(
    ({ id, reason }: { id: string; reason: string }) => client.forget({ id, reason }, once()),
    (of) => {
      onDone(of);
      return { text: t.forgetting.did };
    },
  );
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  const [one] = data.cases;
  if (!one)
    return (
      <Empty icon="search" title={t.forgetting.nobody(who)}>
        {t.forgetting.nobodyWhy}
      </Empty>
    );
  const isOver = data.open.length === 0;
  return (
    <Section title={t.forgetting.what}>
      <div className="space-y-3">
        <WillForget who={who} />
        {isOver && (
          <Button look="danger-solid" busy={forget.isPending} onClick={() => setAsking(true)}>
            {t.forgetting.action}
          </Button>
        )}
      </div>
      {asking && (
        <ReasonDialog
          title={t.forgetting.confirm(who)}
          action={t.forgetting.action}
          danger
          onClose={() => setAsking(false)}
          onDo={(reason) => forget.mutate({ id: one.id, reason })}
        >
          {t.forgetting.sure}
        </ReasonDialog>
      )}
    </Section>
  );
}

const LINK = 'inline-flex min-h-6 items-center text-accent underline';

/** What goes when this customer is forgotten, what does not, and what stands in the way. */
export function WillForget({ who }: { who: string }) {
  const { data, error } = useQuery(forgettingQuery(who));
  if (error) return <Problem error={error} />;
  if (!data) return <Loading rows={3} />;
  const { cases, moreCases, beliefs, moreBeliefs, open } = data;
  return (
    <div className="space-y-2">
      <ul className="list-disc space-y-0.5 pl-5">
        <li>{t.forgetting.cases(cases.length, moreCases)}</li>
        {beliefs > 0 && <li>{t.forgetting.beliefs(beliefs, moreBeliefs)}</li>}
        <li>{t.forgetting.files}</li>
        <li>{t.forgetting.key}</li>
      </ul>
      <p className="font-medium">{t.forgetting.not}</p>
      <ul className="list-disc space-y-0.5 pl-5 text-soft">
        <li>{t.forgetting.outside}</li>
        <li>{t.forgetting.copies}</li>
      </ul>
      {open.length > 0 && (
        <div role="alert" className="rounded-md border border-warn/40 bg-warn-tint px-3 py-2">
          <p className="font-medium text-warn">{t.forgetting.open(open.length)}</p>
          <p className="text-ink">{t.forgetting.openWhy}</p>
          <ul>
            {open.slice(0, 20).map(({ id, subject, status }) => (
              <li key={id} className="flex flex-wrap gap-x-3">
                <Link to="/cases/$id" params={{ id }} className={LINK}>
                  {id}
                </Link>
                <Untrusted text={subject} /> <CaseState status={status} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

const Done = ({ of }: { of: { case: string; seq: number } }) => (
  <Section title={t.forgetting.done}>
    <p className="flex items-center gap-2 font-medium text-good">
      <Icon name="check" /> {t.forgetting.did}
    </p>
    <p className="mt-1 text-soft">{t.forgetting.doneWhy(of.seq)}</p>
    <p className="mt-2 flex flex-wrap gap-x-4 gap-y-2">
      <Link to="/cases/$id" params={{ id: of.case }} className={LINK}>
        {t.forgetting.seeCase}
      </Link>
      <Link to="/ledger/$seq" params={{ seq: String(of.seq) }} className={LINK}>
        {t.forgetting.record}
      </Link>
      <Link to="/ledger/verify" className={LINK}>
        {t.forgetting.verify}
      </Link>
    </p>
  </Section>
);
