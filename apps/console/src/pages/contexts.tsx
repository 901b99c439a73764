/** What desks may tell each other, and the teams that were formed. */
import type { ContextView, TeamView } from '@reeve/protocol';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { client } from '../app/client.ts';
import { teamsQuery } from '../app/queries.ts';
import { spanText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Paged } from '../ui/paged.tsx';
import { Ago, Badge, Empty, Facts, Loading, Problem, Section, Untrusted } from '../ui/parts.tsx';

export function Contexts() {
  const { data, error } = useQuery({
    queryKey: ['knowledge', 'contexts'],
    queryFn: ({ signal }) => client.contexts({}, { signal }),
  });
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  if (data.contexts.length === 0)
    return (
      <Empty icon="knowledge" title={t.knowledge.noContexts}>
        {t.knowledge.noContextsWhy}
      </Empty>
    );
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      {data.contexts.map((context) => (
        <Section key={context.id} title={context.title || wordsOf(context.id)} aside={context.id}>
          <About context={context} />
        </Section>
      ))}
    </div>
  );
}

const names = (ids: readonly string[]): string => (ids.length > 0 ? ids.map(wordsOf).join(', ') : t.common.all);
const yesNo = (is: boolean): string => (is ? t.common.yes : t.common.no);

const About = ({
  context: { purpose, from, to, keys, layers, form, personal, confirmed, for: kept },
}: {
  context: ContextView;
}) => (
  <div className="space-y-3">
    <p className="text-soft">{purpose}</p>
    <Facts
      rows={[
        [t.knowledge.from, names(from)],
        [t.knowledge.toSeats, names(to)],
        [
          t.knowledge.keys,
          <code key="k" className="font-mono text-xs">
            {keys.join(', ') || t.common.all}
          </code>,
        ],
        [t.knowledge.layer, layers.map((layer) => t.knowledge.layers[layer]).join(', ')],
        [t.knowledge.form, t.knowledge.forms[form]],
        [t.knowledge.personal, yesNo(personal)],
        [t.knowledge.onlyConfirmed, yesNo(confirmed)],
        [t.knowledge.keeps, spanText(kept)],
      ]}
    />
  </div>
);

export function Teams() {
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery(teamsQuery({}));
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  return (
    <Paged
      items={data.pages.flatMap((page) => page.teams)}
      more={hasNextPage ? () => void fetchNextPage() : null}
      empty={
        <Empty icon="organisation" title={t.knowledge.noTeams}>
          {t.knowledge.noTeamsWhy}
        </Empty>
      }
    >
      {(team) => <Team of={team} />}
    </Paged>
  );
}

const Team = ({ of: { id, purpose, topology, members, at, outcome } }: { of: TeamView }) => (
  <li className="rounded-lg border bg-surface px-4 py-3 shadow-card">
    <p className="flex flex-wrap items-center gap-2">
      <strong className="font-semibold">
        <Untrusted text={purpose} />
      </strong>
      <Badge>{t.knowledge.topologies[topology]}</Badge>
      {outcome === null ? (
        <Badge tone="accent">{t.knowledge.running}</Badge>
      ) : (
        <Badge tone={outcome.success ? 'good' : 'bad'}>
          {outcome.success ? t.knowledge.outcomes.good : t.knowledge.outcomes.bad}
        </Badge>
      )}
      <span className="ml-auto text-xs text-faint">
        {id} · <Ago at={at} />
      </span>
    </p>
    <ul className="mt-1 flex flex-wrap gap-x-5 gap-y-1 text-soft">
      {members.map(({ role, seat, score }) => (
        <li key={role}>
          {wordsOf(role)}: {seat ? wordsOf(seat) : t.knowledge.unfilled}{' '}
          <span className="text-xs text-faint">{Math.round(score * 10) / 10}</span>
        </li>
      ))}
    </ul>
  </li>
);
