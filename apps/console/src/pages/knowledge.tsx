/** What desks believe and have learned, what they may tell each other, and who worked with whom. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { client } from '../app/client.ts';
import { t } from '../text/en.ts';
import { Button, Empty, Loading, PageTitle, Problem } from '../ui/parts.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { NewBelief } from './belief-new.tsx';
import { Beliefs } from './beliefs.tsx';
import { Contexts, Teams } from './contexts.tsx';
import { Desks, Find } from './desks.tsx';
import { Skills } from './skills.tsx';

const Graph = lazy(() => import('./knowledge-graph.tsx'));

export function Knowledge() {
  const { tab = 'beliefs' } = useSearch({ from: '/knowledge' });
  const navigate = useNavigate({ from: '/knowledge' });
  const [recording, setRecording] = useState(false);
  const tabs = [
    { id: 'beliefs', label: t.knowledge.beliefs, content: <Beliefs /> },
    { id: 'skills', label: t.knowledge.skills, content: <Skills /> },
    { id: 'desks', label: t.knowledge.desks, content: <Desks /> },
    { id: 'graph', label: t.knowledge.graph, content: <Together /> },
    { id: 'contexts', label: t.knowledge.contexts, content: <Contexts /> },
    { id: 'teams', label: t.knowledge.teams, content: <Teams /> },
    { id: 'find', label: t.knowledge.find, content: <Find /> },
  ];
  return (
    <>
      <PageTitle title={t.knowledge.title} sub={t.knowledge.sub}>
        <Button onClick={() => setRecording(true)}>{t.acting.recordBelief}</Button>
      </PageTitle>
      <Tabs tabs={tabs} value={tab} onChange={(next) => void navigate({ search: { tab: next } })} />
      {recording && <NewBelief onClose={() => setRecording(false)} />}
    </>
  );
}

function Together() {
  const { data, error } = useQuery({
    queryKey: ['knowledge', 'graph'],
    queryFn: ({ signal }) => client.knowledgeGraph({}, { signal }),
  });
  if (error) return <Problem error={error} />;
  if (!data) return <Loading rows={8} />;
  if (data.edges.length === 0)
    return (
      <Empty icon="knowledge" title={t.knowledge.noGraph}>
        {t.knowledge.noGraphWhy}
      </Empty>
    );
  return (
    <Suspense fallback={<Loading rows={8} />}>
      <Graph graph={data} />
    </Suspense>
  );
}
