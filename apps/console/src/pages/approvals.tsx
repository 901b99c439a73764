/** Decisions: what waits on the left, the whole packet on the right; on a phone one after the other. */
import type { ApprovalSummary } from '@reeve/protocol';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { approvalsQuery, inboxQuery } from '../app/queries.ts';
import { gistOf, moneyText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import { Choose } from '../ui/forms.tsx';
import { Icon } from '../ui/icons.tsx';
import { Ago, cx, Empty, Loading, PageTitle, Problem, Untrusted } from '../ui/parts.tsx';
import { ApprovalState } from '../ui/states.tsx';
import { useCapabilityName, useCurrency } from '../ui/values.tsx';
import { Packet } from './packet.tsx';

export function Approvals() {
  const { status = 'pending' } = useSearch({ from: '/approvals' });
  return <Deciding status={status === 'decided' ? 'decided' : 'pending'} chosen={null} />;
}

export function ApprovalPage() {
  const { id } = useParams({ from: '/approvals/$id' });
  return <Deciding status="pending" chosen={id} />;
}

type Which = 'pending' | 'decided';

/** Those the person may decide, the dearest first; decided ones from the newest. */
function useList(which: Which): {
  list: ApprovalSummary[] | undefined;
  error: Error | null;
  more: (() => void) | undefined;
} {
  const inbox = useQuery(inboxQuery());
  const all = useInfiniteQuery({ ...approvalsQuery({}), enabled: which === 'decided' });
  if (which === 'pending')
    return {
      list: inbox.data && [...inbox.data.approvals].sort((a, b) => b.cost - a.cost),
      error: inbox.error,
      more: undefined,
    };
  const list = all.data?.pages.flatMap(({ approvals }) => approvals).filter(({ status }) => status !== 'pending');
  return { list, error: all.error, more: all.hasNextPage ? () => void all.fetchNextPage() : undefined };
}

function Deciding({ status, chosen }: { status: Which; chosen: string | null }) {
  const { list, error } = useList(status);
  const navigate = useNavigate();
  const show = (next: Which) => void navigate({ to: '/approvals', search: next === 'pending' ? {} : { status: next } });
  // On a wide screen the first one is open at once.
  const wide = matchMedia('(min-width: 1024px)').matches;
  const id = chosen ?? (wide && status === 'pending' ? (list?.[0]?.id ?? null) : null);
  const moveTo = (next: string | undefined) =>
    void (next ? navigate({ to: '/approvals/$id', params: { id: next } }) : navigate({ to: '/approvals' }));
  useMoves(list ?? [], id, moveTo);
  if (error) return <Problem error={error} />;
  if (!list) return <Loading rows={8} />;
  const next = nextOf(list, id);
  return (
    <>
      <div className={cx(chosen && 'hidden lg:block')}>
        <PageTitle title={t.approvals.title} sub={t.approvals.sub}>
          <Choose
            label={t.approvals.title}
            value={status}
            options={[
              ['pending', t.approvals.pending],
              ['decided', t.approvals.decided],
            ]}
            onChange={show}
          />
        </PageTitle>
      </div>
      {list.length === 0 && !chosen ? (
        <Empty icon="check" title={t.approvals.none}>
          {t.approvals.noneWhy}
        </Empty>
      ) : (
        <div className="grid items-start gap-4 lg:grid-cols-[20rem_minmax(0,1fr)]">
          <List list={list} id={id} hidden={chosen !== null} />
          {id ? (
            <Packet key={id} id={id} onDone={() => moveTo(next)} />
          ) : (
            <p className="hidden p-10 text-center text-faint lg:block">{t.approvals.pick}</p>
          )}
        </div>
      )}
    </>
  );
}

/** The one after this, or the one before when it is the last. */
function nextOf(list: readonly ApprovalSummary[], id: string | null): string | undefined {
  const at = list.findIndex((each) => each.id === id);
  return (list[at + 1] ?? list[at - 1])?.id;
}

/** J and K (or the arrows) move through the list. */
function useMoves(list: readonly ApprovalSummary[], id: string | null, moveTo: (id: string | undefined) => void): void {
  const latest = useRef({ list, id, moveTo });
  latest.current = { list, id, moveTo };
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const step = { j: 1, k: -1 }[event.key];
      const typing = event.target instanceof HTMLElement && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
      if (step === undefined || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      const now = latest.current;
      const at = now.list.findIndex((each) => each.id === now.id);
      const next = now.list[at + step];
      if (next) now.moveTo(next.id);
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}

function List({ list, id, hidden }: { list: readonly ApprovalSummary[]; id: string | null; hidden: boolean }) {
  const currency = useCurrency();
  const name = useCapabilityName();
  return (
    <nav
      aria-label={t.approvals.list}
      className={cx(
        'overflow-auto rounded-lg border bg-surface shadow-card scroll-thin lg:sticky lg:top-4 lg:max-h-[calc(100dvh-8rem)]',
        hidden && 'hidden lg:block',
      )}
    >
      <ul className="divide-y">
        {list.map((each) => (
          <li key={each.id}>
            <Link
              to="/approvals/$id"
              params={{ id: each.id }}
              aria-current={each.id === id ? 'true' : undefined}
              className={cx(
                'block px-4 py-2.5 hover:bg-hover',
                each.id === id && 'bg-accent-tint hover:bg-accent-tint',
              )}
            >
              <span className="flex items-baseline justify-between gap-2">
                <span className="truncate font-medium">{name(each.capability)}</span>
                <strong className="whitespace-nowrap">{each.cost > 0 ? moneyText(each.cost, currency) : ''}</strong>
              </span>
              <span className="block truncate text-xs text-soft">
                <Untrusted text={gistOf(each.recommendation)} />
              </span>
              <span className="mt-0.5 flex justify-between gap-2 text-2xs text-faint">
                <span>
                  {each.id}
                  {each.case && ` · ${each.case}`} · {wordsOf(each.requester)}
                </span>
                {each.status === 'pending' ? (
                  <span className="flex items-center gap-1">
                    <Icon name="clock" size={11} />
                    <Ago at={each.silence.at} />
                  </span>
                ) : (
                  <ApprovalState status={each.status} />
                )}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
