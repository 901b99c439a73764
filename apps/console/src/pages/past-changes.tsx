/** Past restructurings: what was done, who did it and why; each leads to its explanation, and can be taken back. */
import type { RestructuringView } from '@reeve/protocol';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useAct } from '../app/act.ts';
import { client } from '../app/client.ts';
import { keep } from '../app/draft.ts';
import { restructuringQuery, restructuringsQuery } from '../app/queries.ts';
import { wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Ago, Badge, Button, Empty, Facts, Loading, PageTitle, Problem, Section, Untrusted } from '../ui/parts.tsx';

/** Plans what takes a restructuring back, and opens that plan; nothing is done yet. */
export function useTakeBack() {
  const navigate = useNavigate();
  return useAct(
    async (id: string) => ({
      id,
      ...(await client.reverseRestructuring({ id })),
      base: (await client.structure()).digest,
    }),
    ({ id, steps, remains, base }) => {
      if (steps.length === 0) return { text: t.structure.history.nothingBack(remains.join('; ')), bad: true };
      keep({ steps, base, back: { id, remains } });
      void navigate({ to: '/organisation', search: { view: 'restructure', undo: id } });
      return null;
    },
  );
}

export function Past() {
  const { data, error, refetch } = useQuery(restructuringsQuery());
  if (error) return <Problem error={error} again={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.restructurings.length === 0)
    return (
      <Empty icon="organisation" title={t.structure.history.none}>
        {t.structure.history.noneWhy}
      </Empty>
    );
  return (
    <ul className="space-y-3">
      {data.restructurings.map((each) => (
        <One key={each.id} of={each} />
      ))}
    </ul>
  );
}

function One({ of: { id, at, by, reason, sentences, drift } }: { of: RestructuringView }) {
  const back = useTakeBack();
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 rounded-lg border bg-surface px-4 py-3 shadow-card">
      <div className="min-w-60 flex-1">
        <p className="flex flex-wrap items-baseline gap-2">
          <span className="font-mono text-xs text-faint">{id}</span>
          <span className="font-medium">
            “<Untrusted text={reason} />”
          </span>
          {drift && <Badge tone="warn">{t.structure.history.drift}</Badge>}
        </p>
        <p className="text-xs text-faint">
          {wordsOf(by)} · <Ago at={at} />
        </p>
        <Sentences of={sentences} />
      </div>
      <div className="flex flex-wrap gap-2">
        <Link
          to="/why/$id"
          params={{ id }}
          className="inline-flex min-h-7 items-center rounded-md px-2.5 text-sm font-medium text-accent underline"
        >
          {t.structure.history.why}
        </Link>
        <Button busy={back.isPending} onClick={() => back.mutate(id)}>
          {t.structure.history.takeBack}
        </Button>
      </div>
    </li>
  );
}

const Sentences = ({ of }: { of: readonly string[] }) => (
  <ul className="mt-1 list-disc pl-5 text-soft">
    {of.map((sentence) => (
      <li key={sentence}>
        <Untrusted text={sentence} />
      </li>
    ))}
  </ul>
);

/** Why the organisation has the shape it has: one restructuring, with all it caused. */
export function WhyRestructuring({ id }: { id: string }) {
  const { data, error, refetch } = useQuery(restructuringQuery(id));
  const back = useTakeBack();
  if (error) return <Problem error={error} again={() => void refetch()} />;
  if (!data) return <Loading rows={10} />;
  const { at, by, reason, sentences, moved, told, warnings, retired } = data;
  return (
    <>
      <PageTitle
        title={t.why.title(id)}
        sub={
          <>
            “<Untrusted text={reason} />”
          </>
        }
      >
        <Button busy={back.isPending} onClick={() => back.mutate(id)}>
          {t.structure.history.takeBack}
        </Button>
      </PageTitle>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Section title={t.structure.history.did}>
          <Facts
            rows={[
              [t.structure.history.by, wordsOf(by)],
              [t.structure.history.at, <Ago key="at" at={at} />],
              [t.structure.history.told, told.map(wordsOf).join(', ') || t.common.nobody],
            ]}
          />
          <Sentences of={[...sentences, ...retired.map(({ seat, heir }) => t.structure.plan.retired(seat, heir))]} />
          <p className="mt-3">
            <Link to="/ledger" search={{ correlation: id }} className="text-accent underline">
              {t.structure.history.records}
            </Link>
          </p>
        </Section>
        <Section title={t.structure.history.moved}>
          {moved.length === 0 ? (
            <p className="text-soft">{t.structure.history.nothingMoved}</p>
          ) : (
            <Sentences of={moved} />
          )}
        </Section>
        {warnings.length > 0 && (
          <Section title={t.structure.history.warnings}>
            <Sentences of={warnings} />
          </Section>
        )}
      </div>
    </>
  );
}
