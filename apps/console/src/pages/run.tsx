/** One run: what its worker says and does while it does, and every step of it from the ledger. */
import type { RunDetail } from '@reeve/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { type Followed, useOutput } from '../app/output.ts';
import { runQuery } from '../app/queries.ts';
import { clockText, countText, moneyText, plainText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Icon } from '../ui/icons.tsx';
import { Ago, Badge, Button, Empty, Loading, PageTitle, Problem, Section, State, Untrusted } from '../ui/parts.tsx';
import { useCurrency, Values } from '../ui/values.tsx';
import { RunControls } from './run-controls.tsx';
import { RUN_TONES } from './run-states.ts';

const Terminal = lazy(() => import('../ui/terminal.tsx'));

export function RunPage() {
  const { id } = useParams({ from: '/workers/$id' });
  const { data: run, error, refetch } = useQuery(runQuery(id));
  if (error) return <Problem error={error} again={() => void refetch()} />;
  if (!run) return <Loading rows={8} />;
  return (
    <>
      <Link to="/workers" className="mb-2 inline-flex items-center gap-1.5 text-soft hover:text-ink">
        <Icon name="back" /> {t.run.all}
      </Link>
      <Head run={run} />
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <Live run={run} />
        <div className="space-y-4">
          {(run.report !== null || run.reason !== null) && <End run={run} />}
          <Steps of={run.steps} />
        </div>
      </div>
    </>
  );
}

function Head({ run }: { run: RunDetail }) {
  const currency = useCurrency();
  return (
    <PageTitle
      title={t.run.title(run.id, wordsOf(run.seat))}
      sub={
        <span className="flex flex-wrap items-center gap-x-4 gap-y-1">
          <State tone={RUN_TONES[run.status]} busy={run.status === 'active'}>
            {t.run.states[run.status]}
          </State>
          <span>
            {t.run.played} <Untrusted text={run.principal} />
          </span>
          {run.case !== null && (
            <Link to="/cases/$id" params={{ id: run.case }} className="text-accent underline">
              {run.case}
            </Link>
          )}
          <span>
            {run.endedAt === null ? t.run.began : t.run.ended} <Ago at={run.endedAt ?? run.startedAt} />
          </span>
          <span>{t.run.cost(moneyText(run.spent, currency), countText(run.tokens))}</span>
        </span>
      }
    />
  );
}

function Live({ run }: { run: RunDetail }) {
  const output = useOutput(run.id);
  const program = output.pieces.length > 0 || output.first > 0;
  const live = output.live && !output.none;
  return (
    <div className="space-y-4">
      {program && <Screen run={run} output={output} />}
      <Section flush title={t.run.writes} aside={<Going live={live} />}>
        <p className="border-b px-4 py-2 text-xs text-faint">{t.run.writesWhy}</p>
        {output.error && <Problem error={output.error} />}
        <Told output={output} />
      </Section>
    </div>
  );
}

const Going = ({ live }: { live: boolean }) => (
  <State tone={live ? 'accent' : 'plain'} busy={live}>
    {live ? t.run.live : t.run.over}
  </State>
);

const Screen = ({ run, output }: { run: RunDetail; output: Followed }) => (
  <Section flush title={t.run.terminal} aside={output.live ? <RunControls run={run} /> : <Going live={false} />}>
    <Suspense fallback={<Loading rows={6} />}>
      <Terminal label={t.run.terminalLabel} pieces={output.pieces} first={output.first} />
    </Suspense>
  </Section>
);

function Told({ output }: { output: Followed }) {
  if (output.none)
    return (
      <Empty icon="clock" title={t.run.notKept}>
        {t.run.notKeptWhy}
      </Empty>
    );
  return (
    <>
      {output.dropped > 0 && <p className="px-4 pt-2 text-xs text-faint">{t.run.dropped(output.dropped)}</p>}
      <div role="log" aria-label={t.run.writes} tabIndex={0} className="max-h-[34rem] overflow-auto py-1 scroll-thin">
        {output.told.map(({ at, kind, text }, index) => (
          <p key={index} className="flex items-baseline gap-3 px-4 py-1">
            <time className="shrink-0 font-mono text-2xs text-faint">{clockText(at)}</time>
            <span className="w-10 shrink-0 text-2xs text-faint">{t.run.kinds[kind]}</span>
            <span className={kind === 'text' ? 'min-w-0 whitespace-pre-wrap' : 'min-w-0 font-mono text-xs text-soft'}>
              <bdi className="untrusted">{plainText(text.trimEnd())}</bdi>
            </span>
          </p>
        ))}
      </div>
      {output.told.length === 0 && output.dropped === 0 && <p className="px-4 pt-1 pb-3 text-faint">{t.run.silent}</p>}
    </>
  );
}

const End = ({ run: { report, reason } }: { run: RunDetail }) => (
  <Section title={report ? t.run.report : t.run.reason}>
    {report ? <Values values={report} /> : <Untrusted text={reason ?? ''} block />}
  </Section>
);

/** Steps shown at first: the latest. */
const LATEST = 100;

function Steps({ of }: { of: RunDetail['steps'] }) {
  const [whole, setWhole] = useState(false);
  // That it lives is seen above, and says nothing about the work.
  const all = of.filter(({ kind }) => kind !== 'run.beat');
  const steps = whole ? all : all.slice(-LATEST);
  return (
    <Section flush title={t.run.steps} aside={<Badge>{countText(all.length)}</Badge>}>
      <p className="border-b px-4 py-2 text-xs text-faint">{t.run.stepsWhy}</p>
      {steps.length < all.length && (
        <Button look="quiet" className="m-2" onClick={() => setWhole(true)}>
          {t.run.older(all.length - steps.length)}
        </Button>
      )}
      <ol className="divide-y">
        {steps.map((step) => (
          <Step key={step.seq} of={step} />
        ))}
      </ol>
    </Section>
  );
}

const Step = ({ of: { seq, at, step, sentence, said } }: { of: RunDetail['steps'][number] }) => (
  <li className="arrive px-4 py-1.5">
    <p className="flex items-baseline gap-3">
      <span className="w-6 shrink-0 text-right font-mono text-2xs text-faint">{step ?? '·'}</span>
      <span className="min-w-0 flex-1">
        <Untrusted text={sentence} />
      </span>
      <Link to="/ledger/$seq" params={{ seq: String(seq) }} className="shrink-0 text-2xs text-faint hover:underline">
        {clockText(at)}
      </Link>
    </p>
    {said && said.text !== '' && (
      <blockquote className="mt-1 ml-9 border-l-2 border-accent/40 pl-3 text-soft">
        <Untrusted text={said.text} block />
      </blockquote>
    )}
  </li>
);
