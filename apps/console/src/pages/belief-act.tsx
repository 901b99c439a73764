/** Deciding about a belief: it is confirmed, corrected, disputed or forgotten, always on the ledger. */
import type { BeliefDetail, PersonCommand } from '@reeve/protocol';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useAct } from '../app/act.ts';
import { client, once } from '../app/client.ts';
import { ReasonDialog } from '../app/controls.tsx';
import { t } from '../text/en.ts';
import { Dialog, Foot, Passage, Words } from '../ui/forms.tsx';
import { Button } from '../ui/parts.tsx';

type What = 'confirm' | 'correct' | 'dispute' | 'forget';
type Value = BeliefDetail['value'];

interface Props {
  readonly belief: BeliefDetail;
  /** Told that what is shown is about to end, and when that has failed. */
  readonly onEnding: (ending: boolean) => void;
}

export function BeliefActions({ belief, onEnding }: Props) {
  const [asking, setAsking] = useState<What | null>(null);
  const navigate = useNavigate();
  const close = () => setAsking(null);
  const act = useAct(
    async ({ what, body }: { what: What; body: Record<string, unknown> }) => {
      const kind = `belief.${what}` satisfies PersonCommand;
      const give = () => client.command({ kind, body: { belief: belief.id, ...body } }, once());
      if (what !== 'correct' && what !== 'forget') return give();
      // What was corrected or forgotten is not held any more: its page is left before anybody asks for it again.
      onEnding(true);
      const answer = await give().catch((error: unknown) => {
        onEnding(false);
        throw error;
      });
      await navigate({ to: '/knowledge' });
      return answer;
    },
    (_, { what }) => ({ text: t.knowledge.did[`belief.${what}`] }),
  );
  const isOpen = belief.standing === 'unconfirmed' || belief.standing === 'contested';
  return (
    <>
      <Button look={isOpen ? 'primary' : 'plain'} icon="check" onClick={() => setAsking('confirm')}>
        {t.knowledge.confirm}
      </Button>
      <Button onClick={() => setAsking('correct')}>{t.knowledge.correct}</Button>
      <Button onClick={() => setAsking('dispute')}>{t.knowledge.dispute}</Button>
      <Button look="danger" onClick={() => setAsking('forget')}>
        {t.knowledge.forget}
      </Button>
      {asking === 'correct' && (
        <Correct belief={belief} onClose={close} onDo={(body) => act.mutate({ what: 'correct', body })} />
      )}
      {asking !== null && asking !== 'correct' && (
        <ReasonDialog
          title={t.knowledge.titles[asking]}
          action={t.knowledge[asking]}
          danger={asking === 'forget'}
          onClose={close}
          onDo={(text) => act.mutate({ what: asking, body: asking === 'confirm' ? { note: text } : { reason: text } })}
        >
          {t.knowledge.effects[asking]}
        </ReasonDialog>
      )}
    </>
  );
}

/** What was typed, as the kind of value it was before. */
function asBefore(text: string, before: Value): Value {
  if (typeof before === 'number' && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  if (typeof before === 'boolean' && /^(true|false)$/.test(text.trim())) return text.trim() === 'true';
  return text;
}

function Correct({
  belief: { statement, key, value },
  onDo,
  onClose,
}: {
  belief: BeliefDetail;
  onDo: (body: Record<string, unknown>) => void;
  onClose: () => void;
}) {
  const [form, setForm] = useState({ statement, value: String(value ?? ''), reason: '' });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const changed = key !== null && form.value !== '' ? { value: asBefore(form.value, value) } : {};
    onDo({ statement: form.statement, reason: form.reason, ...changed });
    onClose();
  };
  return (
    <Dialog title={t.knowledge.correct} onClose={onClose}>
      <form onSubmit={submit} className="space-y-4">
        <p className="text-soft">{t.knowledge.effects.correct}</p>
        <Passage
          label={t.knowledge.statementNew}
          value={form.statement}
          onChange={(statement) => setForm({ ...form, statement })}
        />
        {key !== null && (
          <Words
            label={`${t.knowledge.valueNew} (${key})`}
            value={form.value}
            onChange={(next) => setForm({ ...form, value: next })}
          />
        )}
        <Words
          label={t.common.reason}
          hint={t.common.reasonHint}
          required
          value={form.reason}
          onChange={(reason) => setForm({ ...form, reason })}
        />
        <Foot action={t.knowledge.correct} onClose={onClose} />
      </form>
    </Dialog>
  );
}
