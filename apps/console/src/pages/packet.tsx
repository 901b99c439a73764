/** One review packet on one screen, and the decision about exactly what it shows. */
import type { ApprovalView } from '@reeve/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useAct } from '../app/act.ts';
import { client, once } from '../app/client.ts';
import { approvalQuery } from '../app/queries.ts';
import { gistOf, momentText, moneyText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Area, Field } from '../ui/forms.tsx';
import { Ago, Badge, Button, cx, Facts, Loading, Problem, Untrusted } from '../ui/parts.tsx';
import { ApprovalState, VERDICT_TONES } from '../ui/states.tsx';
import { argTypes, readTypes, useCatalogue, Values } from '../ui/values.tsx';
import { GrantDialog } from './grant.tsx';

type Verdict = 'approve' | 'reject' | 'revise';

interface Ruling {
  readonly verdict: Verdict;
  readonly note?: string;
  readonly grant?: Record<string, unknown>;
}

export function Packet({ id, onDone }: { id: string; onDone: () => void }) {
  const { data, error, refetch } = useQuery(approvalQuery(id));
  if (error) return <Problem error={error} again={() => void refetch()} />;
  return data ? <Shown approval={data} onDone={onDone} /> : <Loading rows={10} />;
}

function Shown({ approval, onDone }: { approval: ApprovalView; onDone: () => void }) {
  const { packet } = approval;
  const catalogue = useCatalogue();
  const title = catalogue.capabilities.find((each) => each.id === packet.capability)?.title;
  return (
    <article aria-labelledby="packet" className="min-w-0 rounded-lg border bg-surface shadow-card">
      <header className="border-b px-5 py-4">
        <Link to="/approvals" className="mb-2 inline-block text-accent lg:hidden">
          ← {t.approvals.list}
        </Link>
        <p className="text-xs text-faint">
          {approval.id} · {t.approvals.wants(wordsOf(approval.requester))}
        </p>
        <div className="mt-0.5 flex flex-wrap items-baseline justify-between gap-x-4">
          <h2 id="packet" className="title text-2xl">
            {title || wordsOf(packet.capability)}
          </h2>
          {packet.cost > 0 && <strong className="title text-2xl">{moneyText(packet.cost, catalogue.currency)}</strong>}
        </div>
        <p className="mt-1.5 text-base text-soft">
          <Untrusted text={gistOf(packet.recommendation)} />
        </p>
      </header>
      <div className="grid gap-x-8 gap-y-5 px-5 py-4 xl:grid-cols-2">
        <div className="space-y-5">
          <Part title={t.approvals.args}>
            <Values values={packet.args} types={argTypes(catalogue, packet.capability)} />
          </Part>
          <Reasons approval={approval} />
          <Part title={t.approvals.damage}>
            <Untrusted text={packet.maximumDamage} />
          </Part>
          <About approval={approval} />
        </div>
        <div className="space-y-5">
          {Object.entries(packet.state).map(([name, { value, at }]) => (
            <Part key={name} title={`${t.approvals.facts}: ${wordsOf(name)}`} aside={<Ago at={at} />}>
              <Values values={value} types={readTypes(catalogue, packet.capability, name)} />
            </Part>
          ))}
        </div>
      </div>
      {approval.status === 'pending' ? <Decide approval={approval} onDone={onDone} /> : <Decided approval={approval} />}
    </article>
  );
}

const Part = ({ title, aside, children }: { title: string; aside?: React.ReactNode; children: React.ReactNode }) => (
  <section className="min-w-0">
    <h3 className="mb-1.5 flex justify-between gap-2 border-b pb-1 text-xs font-semibold text-soft">
      {title}
      {aside && <span className="font-normal text-faint">{aside}</span>}
    </h3>
    {children}
  </section>
);

const Reasons = ({ approval: { packet } }: { approval: ApprovalView }) => (
  <Part title={t.approvals.why}>
    <ul className="space-y-1.5">
      {packet.reasons.map(({ rule, verdict, message, instead }) => (
        <li key={`${rule}${message}`} className="flex gap-2">
          <span className="pt-px">
            <Badge tone={VERDICT_TONES[verdict]}>{t.ops.verdicts[verdict]}</Badge>
          </span>
          <span className="min-w-0">
            <Untrusted text={message} />
            <span className="ml-1.5 font-mono text-2xs text-faint">{rule}</span>
            {instead && (
              <span className="block text-faint">
                {t.approvals.alternatives}: <Untrusted text={instead} />
              </span>
            )}
          </span>
        </li>
      ))}
    </ul>
  </Part>
);

const About = ({ approval }: { approval: ApprovalView }) => {
  const { packet, silence, requestedAt, expires } = approval;
  return (
    <Part title={t.case.facts}>
      <Facts
        rows={[
          approval.case
            ? [
                t.approvals.case,
                <Link key="c" to="/cases/$id" params={{ id: approval.case }} className="text-accent underline">
                  {approval.case}
                </Link>,
              ]
            : null,
          packet.metric ? [t.approvals.metric, wordsOf(packet.metric)] : null,
          packet.uncertainty ? [t.approvals.uncertainty, <Untrusted key="u" text={packet.uncertainty} />] : null,
          packet.evidence.length > 0
            ? [t.approvals.evidence, <Untrusted key="e" text={packet.evidence.join(', ')} />]
            : null,
          packet.alternatives.length > 0
            ? [t.approvals.alternatives, <Untrusted key="a" text={packet.alternatives.join('; ')} />]
            : null,
          [t.approvals.asked, <Ago key="r" at={requestedAt} />],
          [t.approvals.expires, momentText(expires)],
          [<Ago key="s" at={silence.at} />, t.approvals.silent(t.approvals.silence[silence.rule])],
        ]}
      />
      <Link to="/why/$id" params={{ id: approval.operation }} className="mt-2 inline-block text-accent underline">
        {t.approvals.whyLink}
      </Link>
    </Part>
  );
};

const Decided = ({ approval }: { approval: ApprovalView }) => (
  <footer className="flex flex-wrap items-center gap-3 border-t bg-sunken px-5 py-3">
    <ApprovalState status={approval.status} />
    {approval.decidedBy && <span className="text-soft">{t.approvals.by(wordsOf(approval.decidedBy))}</span>}
    {approval.note && (
      <span className="italic">
        “<Untrusted text={approval.note} />”
      </span>
    )}
  </footer>
);

const VERDICTS = [
  ['approve', 'a', 'primary', 'check'],
  ['reject', 'r', 'danger', 'cross'],
  ['revise', 'v', 'plain', 'back'],
] as const;

/** The decision of the person who reads: bound to the arguments shown, with the time it took. */
function useRuling(approval: ApprovalView, onDone: () => void) {
  const opened = useRef(Date.now());
  return useAct(
    (ruling: Ruling) =>
      client.command(
        {
          kind: 'approval.decide',
          body: {
            approval: approval.id,
            digest: approval.packet.argsDigest,
            spent: Date.now() - opened.current,
            ...ruling,
          },
        },
        once(),
      ),
    (_, { verdict }) => {
      onDone();
      return { text: `${t.approvals.done[verdict]}: ${approval.id}` };
    },
  );
}

function Decide({ approval, onDone }: { approval: ApprovalView; onDone: () => void }) {
  const [verdict, setVerdict] = useState<Verdict | null>(null);
  const [granting, setGranting] = useState(false);
  const ruling = useRuling(approval, onDone);
  useKeys((key) => {
    const found = VERDICTS.find(([, letter]) => letter === key);
    if (found) setVerdict(found[0]);
    if (key === 's') setGranting(true);
    return found !== undefined || key === 's';
  });
  return (
    <footer className="sticky bottom-13 border-t bg-surface px-5 py-3 md:bottom-0 md:rounded-b-lg">
      {verdict === null ? (
        <div className="grid grid-cols-2 gap-2 md:flex">
          {VERDICTS.map(([each, key, look, icon]) => (
            <Button
              key={each}
              large
              look={look}
              icon={icon}
              keys={key.toUpperCase()}
              busy={ruling.isPending}
              onClick={() => setVerdict(each)}
            >
              {t.approvals[each]}
            </Button>
          ))}
          <Button large look="quiet" keys="S" className="md:ml-auto" onClick={() => setGranting(true)}>
            {t.approvals.grant}
          </Button>
        </div>
      ) : (
        <Confirm
          key={verdict}
          verdict={verdict}
          busy={ruling.isPending}
          onBack={() => setVerdict(null)}
          onDo={(note) => ruling.mutate({ verdict, ...(note ? { note } : {}) })}
        />
      )}
      <p className="mt-2 hidden text-2xs text-faint md:block">{t.approvals.keys}</p>
      {granting && (
        <GrantDialog
          approval={approval}
          onClose={() => setGranting(false)}
          onDo={(grant) => ruling.mutate({ verdict: 'approve', grant })}
        />
      )}
    </footer>
  );
}

/** Pause before a letter that makes it a command, in milliseconds: in the middle of typing it is none. */
const PAUSE = 300;
let lastKey = 0;
addEventListener('keydown', ({ timeStamp }) => setTimeout(() => (lastKey = timeStamp)), { capture: true });

/**
 * [WEB30] Letters outside of fields, after a pause: who types on while a packet only loads does not decide about it by chance.
 * `take` says whether it knew the letter.
 */
function useKeys(take: (key: string) => boolean): void {
  const latest = useRef(take);
  latest.current = take;
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const typing = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      const modified = event.ctrlKey || event.metaKey || event.altKey;
      if (typing || modified || event.timeStamp - lastKey < PAUSE || document.querySelector('dialog[open]')) return;
      if (latest.current(event.key)) event.preventDefault();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}

function Confirm({
  verdict,
  busy,
  onBack,
  onDo,
}: {
  verdict: Verdict;
  busy: boolean;
  onBack: () => void;
  onDo: (note: string) => void;
}) {
  const [note, setNote] = useState('');
  const ready = verdict === 'approve' || note.trim() !== '';
  const press = (event: React.KeyboardEvent) => {
    if (event.key === 'Escape') onBack();
    if (event.key !== 'Enter' || event.shiftKey || !ready || event.nativeEvent.isComposing) return;
    event.preventDefault();
    onDo(note.trim());
  };
  return (
    <div className="flex flex-wrap items-end gap-2">
      <div className="min-w-56 flex-1">
        <Field label={t.approvals.note[verdict]} hint={t.approvals.noteHint[verdict]}>
          {(id) => (
            <Area
              id={id}
              autoFocus
              rows={1}
              maxLength={4000}
              value={note}
              onChange={(event) => setNote(event.target.value)}
              onKeyDown={press}
            />
          )}
        </Field>
      </div>
      <div className={cx('flex gap-2 pb-6')}>
        <Button large onClick={onBack}>
          {t.common.cancel}
        </Button>
        <Button
          large
          look={verdict === 'reject' ? 'danger-solid' : 'primary'}
          disabled={!ready}
          busy={busy}
          onClick={() => onDo(note.trim())}
        >
          {t.approvals.confirm[verdict]}
        </Button>
      </div>
    </div>
  );
}
