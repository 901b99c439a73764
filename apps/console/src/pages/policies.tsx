/** Who may do what, under which contracts and rules, and what the gate would say to a request. */
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { organisationQuery } from '../app/queries.ts';
import { t } from '../text/en.ts';
import { Empty, Loading, PageTitle, Problem } from '../ui/parts.tsx';
import { Tabs } from '../ui/tabs.tsx';
import { Contracts } from './contracts.tsx';
import { Matrix } from './matrix.tsx';
import { Rules } from './rules.tsx';
import { WhatIf } from './what-if.tsx';

export function Policies() {
  const { tab = 'matrix', contract } = useSearch({ from: '/policies' });
  const navigate = useNavigate({ from: '/policies' });
  const { data, error } = useQuery(organisationQuery());
  if (error) return <Problem error={error} />;
  if (!data) return <Loading rows={8} />;
  const { definition } = data;
  if (!definition)
    return (
      <Empty icon="policies" title={t.today.fresh}>
        {t.today.freshWhy}
      </Empty>
    );
  const tabs = [
    { id: 'matrix', label: t.policies.matrix, content: <Matrix /> },
    {
      id: 'contracts',
      label: t.policies.contracts,
      count: definition.contracts.length,
      content: <Contracts definition={definition} chosen={contract} />,
    },
    {
      id: 'rules',
      label: t.policies.rules,
      count: definition.policies.length,
      content: <Rules definition={definition} />,
    },
    { id: 'what-if', label: t.policies.whatIf, content: <WhatIf definition={definition} /> },
  ];
  return (
    <>
      <PageTitle title={t.policies.title} sub={t.policies.sub} />
      <Tabs tabs={tabs} value={tab} onChange={(next) => void navigate({ search: { tab: next } })} />
    </>
  );
}
