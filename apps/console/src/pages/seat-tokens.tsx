/** The tokens with which agents from outside work seats: who has one, one more, and away with it. */
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useAct } from '../app/act.ts';
import { client, once } from '../app/client.ts';
import { structureQuery } from '../app/queries.ts';
import { momentText } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Field, Input } from '../ui/forms.tsx';
import { Button, Loading, Problem, Section } from '../ui/parts.tsx';
import { SeatPicker } from '../ui/seat-picker.tsx';

export function SeatTokens() {
  const { data, error } = useQuery({
    queryKey: ['session', 'tokens'],
    queryFn: ({ signal }) => client.seatTokens({}, { signal }),
  });
  const [told, setTold] = useState<string | null>(null);
  const revoke = useAct(
    (id: string) => client.revokeToken({ id }),
    () => ({ text: t.tokens.revoked }),
  );
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  return (
    <Section title={t.tokens.title} flush>
      <ul className="divide-y">
        {data.tokens.map(({ id, seat, principal, name, created, expires }) => (
          <li key={id} className="flex items-center gap-3 px-4 py-2">
            <span className="min-w-0 flex-1">
              {seat} <span className="text-soft">{name}</span>
              <span className="block text-xs text-faint">
                {principal} · {t.settings.since(momentText(created))}
                {expires !== null && ` · ${t.settings.until(momentText(expires))}`}
              </span>
            </span>
            <Button onClick={() => revoke.mutate(id)}>{t.tokens.revoke}</Button>
          </li>
        ))}
      </ul>
      {data.tokens.length === 0 && <p className="px-4 py-3 text-soft">{t.tokens.none}</p>}
      {told !== null && (
        <div role="status" className="border-t bg-good-tint px-4 py-3">
          <p className="mb-1">{t.tokens.told}</p>
          <code className="font-mono text-xs">{told}</code>
        </div>
      )}
      <Give onGiven={setTold} />
    </Section>
  );
}

function Give({ onGiven }: { onGiven: (token: string) => void }) {
  const { data } = useQuery(structureQuery());
  const seats = data?.seats ?? [];
  const [seat, setSeat] = useState('');
  const [name, setName] = useState('');
  const give = useAct(
    (of: { seat: string; name: string }) => client.giveToken(of, once()),
    ({ token }) => {
      setSeat('');
      setName('');
      onGiven(token);
      return null;
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    give.mutate({ seat, name: name.trim() });
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-end gap-2 border-t px-4 py-3">
      <div className="min-w-36 flex-1">
        <Field label={t.tokens.seat} hint={t.tokens.seatHint}>
          {(id) => (
            <SeatPicker
              id={id}
              seats={seats}
              label={t.tokens.seat}
              chosen={seats.find((each) => each.id === seat)?.title ?? ''}
              onChoose={setSeat}
            />
          )}
        </Field>
      </div>
      <div className="min-w-36 flex-1">
        <Field label={t.tokens.name} hint={t.tokens.nameHint}>
          {(id) => <Input id={id} maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
      </div>
      <div className="pb-5">
        <Button type="submit" disabled={seat === ''}>
          {t.tokens.give}
        </Button>
      </div>
    </form>
  );
}
