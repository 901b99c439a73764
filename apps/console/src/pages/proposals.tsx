/** What was proposed about a gap, and deciding about it; later, what came of it beside what was expected. */
import type { ProposalView } from '@reeve/protocol';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useAct } from '../app/act.ts';
import { client, once } from '../app/client.ts';
import { ReasonDialog } from '../app/controls.tsx';
import { proposalsQuery } from '../app/queries.ts';
import { countText, moneyText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Ago, Badge, Button, cx, Empty, Loading, Problem, Section, type Tone, Untrusted } from '../ui/parts.tsx';
import { useCurrency } from '../ui/values.tsx';

type Verdict = 'accept' | 'reject' | 'revise';
const TONES: Record<ProposalView['status'], Tone> = {
  open: 'accent',
  accepted: 'good',
  rejected: 'bad',
  revise: 'warn',
};

export function Proposals() {
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery(proposalsQuery({}));
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  const proposals = data.pages.flatMap((page) => page.proposals);
  if (proposals.length === 0)
    return (
      <Empty icon="goals" title={t.goals.noProposals}>
        {t.goals.noProposalsWhy}
      </Empty>
    );
  return (
    <div className="space-y-4">
      {proposals.map((proposal) => (
        <Proposal key={proposal.id} of={proposal} />
      ))}
      {hasNextPage && <Button onClick={() => void fetchNextPage()}>{t.nav.more}</Button>}
    </div>
  );
}

function Proposal({ of }: { of: ProposalView }) {
  const [option, setOption] = useState(of.decision?.option ?? of.recommend);
  const [asking, setAsking] = useState<Verdict | null>(null);
  const decide = useAct(
    ({ verdict, reason }: { verdict: Verdict; reason: string }) =>
      client.decideProposal({ id: of.id, verdict, reason, ...(verdict === 'accept' ? { option } : {}) }, once()),
    (_, { verdict }) => ({ text: `${t.goals.did[verdict]}: ${of.id}` }),
  );
  const isOpen = of.status === 'open';
  return (
    <Section
      title={<Untrusted text={of.title} />}
      aside={
        <>
          <Badge tone={TONES[of.status]}>{t.goals.states[of.status]}</Badge> {of.id} · {wordsOf(of.by)}{' '}
          <Ago at={of.at} />
        </>
      }
    >
      <div className="space-y-3">
        <p>
          <Untrusted text={of.analysis} block />
        </p>
        <fieldset className="space-y-2" disabled={!isOpen}>
          <legend className="mb-1 text-xs font-semibold text-soft">{t.goals.options}</legend>
          {of.options.map((each) => (
            <Option
              key={each.id}
              of={each}
              proposal={of}
              chosen={each.id === option}
              onChoose={() => setOption(each.id)}
            />
          ))}
        </fieldset>
        <p className="text-xs text-faint">
          {t.goals.evidence}: <Untrusted text={of.evidence.join(', ')} />
        </p>
        {of.decision && (
          <p className="text-soft">
            {wordsOf(of.decision.by)} <Ago at={of.decision.at} /> “<Untrusted text={of.decision.reason} />”
          </p>
        )}
        <Outcomes of={of} />
        {isOpen && (
          <div className="flex flex-wrap gap-2">
            <Button look="primary" icon="check" busy={decide.isPending} onClick={() => setAsking('accept')}>
              {t.goals.accept}
            </Button>
            <Button onClick={() => setAsking('revise')}>{t.goals.revise}</Button>
            <Button look="danger" onClick={() => setAsking('reject')}>
              {t.goals.reject}
            </Button>
          </div>
        )}
      </div>
      {asking && (
        <ReasonDialog
          title={t.goals.titles[asking]}
          action={t.goals[asking]}
          danger={asking === 'reject'}
          onClose={() => setAsking(null)}
          onDo={(reason) => decide.mutate({ verdict: asking, reason })}
        >
          {t.goals.effects[asking]}
        </ReasonDialog>
      )}
    </Section>
  );
}

function Option({
  of: { id, title, text, cost, effects, changes, risk, sentences },
  proposal,
  chosen,
  onChoose,
}: {
  of: ProposalView['options'][number];
  proposal: ProposalView;
  chosen: boolean;
  onChoose: () => void;
}) {
  const currency = useCurrency();
  return (
    <label className={cx('flex gap-3 rounded-md border px-3 py-2', chosen && 'border-accent bg-accent-tint')}>
      <input type="radio" name={proposal.id} checked={chosen} onChange={onChoose} />
      <span className="min-w-0 text-ink">
        <span className="flex flex-wrap items-center gap-2 font-medium">
          <Untrusted text={title} />
          {id === proposal.recommend && <Badge tone="info">{t.goals.recommended}</Badge>}
          {id === proposal.decision?.option && <Badge tone="good">{t.goals.chosen}</Badge>}
          {cost !== undefined && <span>{moneyText(cost, currency)}</span>}
        </span>
        {text && <Untrusted text={text} block />}
        <span className="block text-xs text-soft">
          {effects.map(({ metric, value, by }) => t.goals.effect(wordsOf(metric), countText(value), by)).join(' · ')}
          {changes && changes.length > 0 && ` · ${t.goals.changes(changes.length)}`}
        </span>
        {sentences && (
          <span className="block text-xs text-soft">
            {t.goals.steps}: <Untrusted text={sentences.join('; ')} />
          </span>
        )}
        {risk && (
          <span className="block text-xs text-soft">
            {t.goals.risk}: <Untrusted text={risk} />
          </span>
        )}
      </span>
    </label>
  );
}

const number = (value: number | null): string => (value === null ? t.goals.statuses.unknown : countText(value));

const Outcomes = ({ of: { outcomes } }: { of: ProposalView }) =>
  outcomes && (
    <p className="text-soft">
      {t.goals.came}:{' '}
      {outcomes
        .map(({ metric, actual, expected }) => t.goals.outcome(wordsOf(metric), number(actual), number(expected)))
        .join(' · ')}
    </p>
  );
