/** What desks have learned to do, with how often it helped. */
import type { SkillView } from '@reeve/protocol';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useAct } from '../app/act.ts';
import { client, once } from '../app/client.ts';
import { ReasonDialog } from '../app/controls.tsx';
import { skillsQuery } from '../app/queries.ts';
import { wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Paged } from '../ui/paged.tsx';
import { Badge, Button, Empty, Loading, Problem, Untrusted } from '../ui/parts.tsx';

export function Skills() {
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery(skillsQuery({}));
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  return (
    <Paged
      items={data.pages.flatMap((page) => page.skills)}
      more={hasNextPage ? () => void fetchNextPage() : null}
      empty={
        <Empty icon="knowledge" title={t.knowledge.noSkills}>
          {t.knowledge.noSkillsWhy}
        </Empty>
      }
    >
      {(skill) => <Skill of={skill} />}
    </Paged>
  );
}

function Skill({ of }: { of: SkillView }) {
  const { id, seat, kind, title, text, topics, adopted, uses, successes, failures, rate, case: learned } = of;
  const [asking, setAsking] = useState(false);
  const retire = useAct(
    (reason: string) => client.command({ kind: 'skill.retire', body: { skill: id, reason } }, once()),
    () => ({ text: t.knowledge.did['skill.retire'] }),
  );
  return (
    <li className="rounded-lg border bg-surface px-4 py-3 shadow-card">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge>{t.knowledge.kinds[kind]}</Badge>
        <strong className="font-semibold">
          <Untrusted text={title} />
        </strong>
        {adopted && <Badge tone="good">{t.knowledge.adopted}</Badge>}
        <span className="text-xs text-faint">
          {id} · {wordsOf(seat)}
          {topics.length > 0 && ` · ${topics.map(wordsOf).join(', ')}`}
        </span>
        <span className="ml-auto tabular-nums">
          {t.knowledge.used(uses)} ·{' '}
          {rate === null
            ? t.knowledge.undecided
            : `${Math.round(rate * 100)} % (${t.knowledge.went(successes, failures)})`}
        </span>
      </div>
      <p className="mt-1 max-h-40 overflow-auto scroll-thin">
        <Untrusted text={text} block />
      </p>
      <div className="mt-2 flex items-center gap-3 text-xs text-faint">
        {learned && (
          <span>
            {t.knowledge.learned}{' '}
            <Link to="/cases/$id" params={{ id: learned }} className="text-accent underline">
              {learned}
            </Link>
          </span>
        )}
        <Button look="danger" className="ml-auto" busy={retire.isPending} onClick={() => setAsking(true)}>
          {t.knowledge.retire}
        </Button>
      </div>
      {asking && (
        <ReasonDialog
          title={t.knowledge.retireTitle}
          action={t.knowledge.retire}
          danger
          onClose={() => setAsking(false)}
          onDo={(reason) => retire.mutate(reason)}
        >
          {t.knowledge.retireEffect}
        </ReasonDialog>
      )}
    </li>
  );
}
