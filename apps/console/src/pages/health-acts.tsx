/** What was done about seats in trouble, with the way back where there is one, and who was woken for what. */
import type { InterventionView, WakeUpView } from '@reeve/protocol';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useAct } from '../app/act.ts';
import { client, once } from '../app/client.ts';
import { ReasonDialog, useSeatCommand } from '../app/controls.tsx';
import { caseQuery, interventionsQuery, seatQuery, wakeupsQuery } from '../app/queries.ts';
import { countText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Choose } from '../ui/forms.tsx';
import { Paged } from '../ui/paged.tsx';
import { Ago, Badge, Button, Empty, Loading, Problem, Untrusted } from '../ui/parts.tsx';

const CARD = 'flex flex-wrap items-start gap-x-4 gap-y-2 rounded-lg border bg-surface px-4 py-3 shadow-card';

export function Interventions() {
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery(interventionsQuery({}));
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  const all = data.pages.flatMap(({ interventions }) => interventions);
  return (
    <Paged
      items={all.map((each) => ({ ...each, id: String(each.seq) }))}
      more={hasNextPage ? () => void fetchNextPage() : null}
      empty={
        <Empty icon="check" title={t.health.noInterventions}>
          {t.health.noInterventionsWhy}
        </Empty>
      }
    >
      {(each) => <Intervention of={each} />}
    </Paged>
  );
}

const Intervention = ({ of }: { of: InterventionView }) => (
  <li className={CARD}>
    <div className="min-w-0 flex-1 space-y-1">
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone={of.action === 'escalate' ? 'bad' : 'warn'}>{t.health.actions[of.action]}</Badge>
        <Link to="/organisation/$id" params={{ id: of.seat }} className="font-semibold hover:underline">
          {wordsOf(of.seat)}
        </Link>
        <span className="text-soft">{t.health.states[of.trouble]}</span>
        {of.run !== null && (
          <Link to="/workers/$id" params={{ id: of.run }} className="text-accent underline">
            {of.run}
          </Link>
        )}
        {of.case !== null && (
          <Link to="/cases/$id" params={{ id: of.case }} className="text-accent underline">
            {of.case}
          </Link>
        )}
      </p>
      <p>
        <Untrusted text={of.done} />
      </p>
      <p className="text-xs text-faint">
        <Untrusted text={of.reason} /> · <Ago at={of.at} /> ·{' '}
        <Link to="/ledger/$seq" params={{ seq: String(of.seq) }} className="underline">
          {t.health.record(countText(of.seq))}
        </Link>
      </p>
    </div>
    {of.action === 'pause' && <Resume seat={of.seat} />}
    {of.action === 'reassign' && of.case !== null && of.to !== null && (
      <GiveBack id={of.case} from={of.to} to={of.seat} />
    )}
  </li>
);

/** While it is paused. */
function Resume({ seat }: { seat: string }) {
  const { data } = useQuery(seatQuery(seat));
  const [asking, setAsking] = useState(false);
  const command = useSeatCommand(seat);
  if (data?.status !== 'paused') return null;
  return (
    <>
      <Button icon="play" onClick={() => setAsking(true)}>
        {t.health.resume}
      </Button>
      {asking && (
        <ReasonDialog
          title={t.seat.asks.resume(wordsOf(seat))}
          action={t.seat.resume}
          onClose={() => setAsking(false)}
          onDo={(reason) => command.mutate({ kind: 'seat.resume', reason })}
        >
          {t.seat.effects.resume}
        </ReasonDialog>
      )}
    </>
  );
}

const OVER = new Set(['resolved', 'verified', 'closed', 'cancelled']);

/** While the case is open and where it was put, and its former seat works. */
function GiveBack({ id, from, to }: { id: string; from: string; to: string }) {
  const { data } = useQuery(caseQuery(id));
  const former = useQuery(seatQuery(to)).data;
  const [asking, setAsking] = useState(false);
  const give = useAct(
    (reason: string) => client.command({ kind: 'case.assign', body: { case: id, to, reason } }, once()),
    () => ({ text: t.health.gaveBack(id) }),
  );
  if (data?.owner !== from || OVER.has(data.status) || former?.status !== 'active') return null;
  return (
    <>
      <Button icon="back" onClick={() => setAsking(true)}>
        {t.health.giveBack}
      </Button>
      {asking && (
        <ReasonDialog
          title={`${t.health.giveBack}?`}
          action={t.health.giveBack}
          initial={t.health.undone}
          onClose={() => setAsking(false)}
          onDo={(reason) => give.mutate(reason)}
        >
          {t.health.undoneWhy(wordsOf(to))}
        </ReasonDialog>
      )}
    </>
  );
}

export function WakeUps() {
  const { state = 'open' } = useSearch({ from: '/health' });
  const navigate = useNavigate({ from: '/health' });
  const status = state === 'all' ? 'all' : 'open';
  const { data, error, hasNextPage, fetchNextPage } = useInfiniteQuery(wakeupsQuery({ status }));
  if (error) return <Problem error={error} />;
  return (
    <div className="space-y-3">
      <Choose
        label={t.health.which}
        value={status}
        options={[
          ['open', t.health.open],
          ['all', t.health.all],
        ]}
        onChange={(next) => void navigate({ search: { tab: 'wakeups', state: next } })}
      />
      {data ? (
        <Paged
          items={data.pages.flatMap(({ wakeups }) => wakeups)}
          more={hasNextPage ? () => void fetchNextPage() : null}
          empty={
            <Empty icon="check" title={t.health.noWakeups}>
              {t.health.noWakeupsWhy}
            </Empty>
          }
        >
          {(each) => <WakeUp of={each} />}
        </Paged>
      ) : (
        <Loading />
      )}
    </div>
  );
}

function WakeUp({ of: { id, why, text, to, at, acknowledged } }: { of: WakeUpView }) {
  const see = useAct(
    () => client.acknowledge({ id }, once()),
    () => ({ text: t.health.sawIt(id) }),
  );
  return (
    <li className={CARD}>
      <div className="min-w-0 flex-1 space-y-1">
        <p className="flex flex-wrap items-center gap-2">
          <Badge tone={acknowledged ? 'plain' : 'bad'}>{t.health.wakeReasons[why]}</Badge>
          <strong className="font-semibold">
            <Untrusted text={text} />
          </strong>
        </p>
        <p className="text-xs text-faint">
          {id} · <Ago at={at} /> · {t.health.to(to === null ? t.common.nobody : wordsOf(to))}
          {acknowledged && ` · ${t.health.seenBy(acknowledged.by)}`}
        </p>
      </div>
      {!acknowledged && (
        <Button icon="check" busy={see.isPending} onClick={() => see.mutate()}>
          {t.health.seen}
        </Button>
      )}
    </li>
  );
}
