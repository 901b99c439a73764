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
  const seats = data.tokens.map(({ seat, principal, ...each }) => ({ ...each, of: seat, by: principal }));
  const executors = data.executors.map(({ capabilities, ...each }) => ({
    ...each,
    of: capabilities.join(', '),
    by: '',
  }));
  return (
    <Section title={t.tokens.title} flush>
      <Tokens tokens={seats} onRevoke={revoke.mutate} />
      {executors.length > 0 && (
        <div className="border-t">
          <h3 className="px-4 pt-3 font-medium">{t.tokens.executors}</h3>
          <p className="px-4 text-xs text-faint">{t.tokens.executorsWhy}</p>
          <Tokens tokens={executors} onRevoke={revoke.mutate} />
        </div>
      )}
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

interface Shown {
  readonly id: string;
  /** A seat, or capabilities. */
  readonly of: string;
  readonly by: string;
  readonly name: string;
  readonly created: number;
  readonly expires: number | null;
}

function Tokens({ tokens, onRevoke }: { readonly tokens: readonly Shown[]; readonly onRevoke: (id: string) => void }) {
  return (
    <ul className="divide-y">
      {tokens.map(({ id, of, by, name, created, expires }) => (
        <li key={id} className="flex items-center gap-3 px-4 py-2">
          <span className="min-w-0 flex-1">
            {of} <span className="text-soft">{name}</span>
            <span className="block text-xs text-faint">
              {by !== '' && `${by} · `}
              {t.settings.since(momentText(created))}
              {expires !== null && ` · ${t.settings.until(momentText(expires))}`}
            </span>
          </span>
          <Button onClick={() => onRevoke(id)}>{t.tokens.revoke}</Button>
        </li>
      ))}
    </ul>
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
