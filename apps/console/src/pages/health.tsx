/** Is everybody well, and what was done about it? */
import { useNavigate, useSearch } from '@tanstack/react-router';
import { t } from '../text/en.ts';
import { PageTitle } from '../ui/parts.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { Interventions, WakeUps } from './health-acts.tsx';
import { Now } from './health-now.tsx';
import { Reports, Scorecard, StandUps } from './health-numbers.tsx';
import { Incidents } from './incidents.tsx';

export function Health() {
  const { tab = 'now' } = useSearch({ from: '/health' });
  const navigate = useNavigate({ from: '/health' });
  const tabs = [
    { id: 'now', label: t.health.now, content: <Now /> },
    { id: 'interventions', label: t.health.interventions, content: <Interventions /> },
    { id: 'wakeups', label: t.health.wakeups, content: <WakeUps /> },
    { id: 'incidents', label: t.health.incidents, content: <Incidents /> },
    { id: 'scorecard', label: t.health.scorecard, content: <Scorecard /> },
    { id: 'reports', label: t.health.reports, content: <Reports /> },
    { id: 'standups', label: t.health.standups, content: <StandUps /> },
  ];
  return (
    <>
      <PageTitle title={t.health.title} sub={t.health.sub} />
      <Tabs tabs={tabs} value={tab} onChange={(next) => void navigate({ search: { tab: next } })} />
    </>
  );
}
