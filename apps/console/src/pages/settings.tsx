/** The pack in force and the next one, who is signed in, the tools and how they are. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useAct } from '../app/act.ts';
import { client } from '../app/client.ts';
import { StopButton } from '../app/controls.tsx';
import { SERVER } from '../app/place.ts';
import { sessionQuery, toolsQuery } from '../app/queries.ts';
import { end } from '../app/session.ts';
import { countText, momentText, wordsOf } from '../model/format.ts';
import { t } from '../text/en.ts';
import {
  Ago,
  Badge,
  Button,
  Empty,
  Facts,
  Loading,
  PageTitle,
  Problem,
  Section,
  State,
  Untrusted,
} from '../ui/parts.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { Backups } from './backups.tsx';
import { Forget } from './forget.tsx';
import { Pack } from './pack.tsx';
import { SeatTokens } from './seat-tokens.tsx';

export function Settings() {
  const { tab = 'pack' } = useSearch({ from: '/settings' });
  const navigate = useNavigate({ from: '/settings' });
  const tabs = [
    { id: 'pack', label: t.settings.pack, content: <Pack /> },
    { id: 'tools', label: t.settings.tools, content: <Tools /> },
    { id: 'access', label: t.settings.access, content: <Access /> },
    { id: 'backups', label: t.backups.title, content: <Backups /> },
    { id: 'forget', label: t.forgetting.title, content: <Forget /> },
    { id: 'about', label: t.settings.about, content: <About /> },
  ];
  return (
    <>
      <PageTitle title={t.settings.title} sub={t.settings.sub} />
      <Tabs tabs={tabs} value={tab} onChange={(next) => void navigate({ search: { tab: next } })} />
    </>
  );
}

function Tools() {
  const { data, error, refetch } = useQuery(toolsQuery());
  if (error) return <Problem error={error} again={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.tools.length === 0)
    return (
      <Empty icon="settings" title={t.settings.noTools}>
        {t.settings.noToolsWhy}
      </Empty>
    );
  return (
    <div className="grid gap-4 *:min-w-0 lg:grid-cols-2">
      {data.tools.map(({ id, title, connector, capabilities, health, stopped, operations, lastFailure }) => (
        <Section
          key={id}
          title={title || wordsOf(id)}
          aside={
            <>
              <Badge>{connector}</Badge>
              <StopButton target={{ scope: 'tool', id }} />
            </>
          }
        >
          <p className="mb-2">
            {stopped ? (
              <State tone="bad">{t.settings.stopped}</State>
            ) : health === null ? (
              <State tone="warn">{t.settings.closed}</State>
            ) : (
              <State tone={health.ok ? 'good' : 'bad'}>
                {/* A path in it may be longer than its column. */}
                <span className="wrap-anywhere whitespace-normal">{health.message}</span>
              </State>
            )}
          </p>
          <Facts
            rows={[
              [
                t.case.operations,
                t.settings.operations(
                  countText(operations.total),
                  countText(operations.unsettled),
                  countText(operations.failed),
                ),
              ],
              lastFailure !== null && [
                t.settings.lastFailure,
                <span key="f">
                  <Untrusted text={lastFailure.message} />{' '}
                  <span className="text-faint">
                    {lastFailure.operation} · <Ago at={lastFailure.at} />
                  </span>
                </span>,
              ],
              [t.policies.capability, capabilities.map((each) => each.id).join(', ')],
            ]}
          />
        </Section>
      ))}
    </div>
  );
}

function Access() {
  const { data, error } = useQuery(sessionQuery());
  const close = useAct(
    (id: string) => client.closeSession({ id }),
    () => ({ text: t.settings.signedOut }),
  );
  const leave = () => {
    close.mutate('current');
    end('out');
  };
  if (error) return <Problem error={error} />;
  if (!data) return <Loading />;
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <Section title={t.settings.you}>
        <Facts
          rows={[
            [t.settings.principal, data.principal],
            [t.ops.seat, data.title ?? data.seat ?? t.common.nobody],
          ]}
        />
        <p className="mt-3 text-soft">{t.settings.youWhy}</p>
      </Section>
      <Section title={t.settings.sessions} flush>
        <ul className="divide-y">
          {data.sessions.map(({ id, created, expires, current }) => (
            <li key={id} className="flex items-center gap-3 px-4 py-2">
              <span className="min-w-0 flex-1">
                <code className="font-mono text-xs">{id.slice(0, 8)}</code>{' '}
                {current && <Badge tone="good">{t.settings.thisOne}</Badge>}
                <span className="block text-xs text-faint">
                  {t.settings.since(momentText(created))} · {t.settings.until(momentText(expires))}
                </span>
              </span>
              <Button onClick={() => (current ? leave() : close.mutate(id))}>{t.session.out}</Button>
            </li>
          ))}
        </ul>
        {data.sessions.length === 0 && <p className="px-4 py-3 text-soft">{t.settings.noSessions}</p>}
        <p className="border-t px-4 py-3 text-xs text-faint">{t.settings.sessionsWhy}</p>
      </Section>
      <SeatTokens />
    </div>
  );
}

function About() {
  const { data } = useQuery({ queryKey: ['status', 'health'], queryFn: ({ signal }) => client.health({}, { signal }) });
  if (!data) return <Loading />;
  return (
    <Section title={t.settings.about}>
      <Facts
        rows={[
          [t.settings.version, data.version],
          [t.settings.organisation, `${data.name} (${data.organisation})`],
          [t.ops.status, data.status],
          data.reason !== null && [t.settings.reason, data.reason],
          [t.ledger.title, t.settings.records(countText(data.seq))],
          [
            t.settings.api,
            <a
              key="a"
              href={`${SERVER}/v1/openapi.json`}
              target="_blank"
              rel="noreferrer"
              className="text-accent underline"
            >
              /v1/openapi.json
            </a>,
          ],
        ]}
      />
    </Section>
  );
}
