import type { CaseView } from '@reeve/protocol';
import { type FormEvent, useState } from 'react';
import { useAct } from '../app/act.ts';
import { client, once } from '../app/client.ts';
import { wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Area, Choose, Field } from '../ui/forms.tsx';
import { Ago, Button, cx, Untrusted } from '../ui/parts.tsx';

export const Conversation = ({ of }: { of: CaseView }) => (
  <div className="space-y-3">
    <Said who={<Untrusted text={of.name ?? of.customer} />} at={of.openedAt} text={of.text || of.subject} customer />
    {of.notes.map(({ by, text, at }) => (
      <Said
        key={`${by}${at}${text}`}
        who={by === 'customer' ? <Untrusted text={of.name ?? of.customer} /> : wordsOf(by)}
        at={at}
        text={text}
        customer={by === 'customer'}
      />
    ))}
    {of.notes.length === 0 && <p className="text-faint">{t.case.noConversation}</p>}
    <Write id={of.id} />
  </div>
);

const Said = ({ who, at, text, customer }: { who: React.ReactNode; at: number; text: string; customer?: boolean }) => (
  <article className={cx('max-w-3xl rounded-lg border px-4 py-3', customer ? 'bg-surface' : 'ml-6 bg-sunken')}>
    <header className="mb-1 flex justify-between gap-3 text-xs text-faint">
      <span className="font-medium text-soft">
        {who} <span className="font-normal">{customer ? t.case.wrote : t.case.noted}</span>
      </span>
      <Ago at={at} />
    </header>
    <Untrusted text={text} block />
  </article>
);

function Write({ id }: { id: string }) {
  const [kind, setKind] = useState<'note' | 'message'>('note');
  const [text, setText] = useState('');
  const send = useAct(
    (): Promise<unknown> =>
      kind === 'message'
        ? client.addMessage({ id, text }, once())
        : client.command({ kind: 'case.note', body: { case: id, text } }, once()),
    () => {
      setText('');
      return { text: t.case.sent };
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <form onSubmit={submit} className="max-w-3xl space-y-2 border-t pt-3">
      <Choose
        label={t.case.more}
        value={kind}
        options={[
          ['note', t.case.note],
          ['message', t.case.add],
        ]}
        onChange={setKind}
      />
      <Field
        label={kind === 'note' ? t.case.note : t.case.add}
        hint={kind === 'note' ? t.case.noteHint : t.case.addHint}
      >
        {(field) => (
          <Area id={field} required maxLength={8000} value={text} onChange={(event) => setText(event.target.value)} />
        )}
      </Field>
      <Button type="submit" look="primary" disabled={text.trim() === ''} busy={send.isPending}>
        {kind === 'note' ? t.case.addNote : t.case.send}
      </Button>
    </form>
  );
}
