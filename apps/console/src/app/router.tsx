/** Where everything is. Each page is loaded when it is first opened; what it shows is in its address. */
import { createRootRoute, createRoute, createRouter, Link, lazyRouteComponent } from '@tanstack/react-router';
import { t } from '../text/en.ts';
import { Button, Empty, Loading, Problem } from '../ui/parts.tsx';
import { BASE } from './place.ts';
import { Shell } from './shell.tsx';

type Given = Record<string, unknown>;
const text = (given: Given, name: string): Record<string, string> =>
  typeof given[name] === 'string' && given[name] !== '' ? { [name]: given[name] } : {};

const Nowhere = () => (
  <Empty title={t.errors.noPage} icon="question">
    <Link to="/" className="text-accent underline">
      {t.nav.today}
    </Link>
  </Empty>
);
const root = createRootRoute({
  component: Shell,
  notFoundComponent: Nowhere,
});
const at = <P extends string>(path: P) => ({ getParentRoute: () => root, path });

const today = createRoute({ ...at('/'), component: lazyRouteComponent(() => import('../pages/today.tsx'), 'Today') });

interface ApprovalsSearch {
  status?: string;
}
const approvals = createRoute({
  ...at('/approvals'),
  validateSearch: (given: Given): ApprovalsSearch => text(given, 'status'),
  component: lazyRouteComponent(() => import('../pages/approvals.tsx'), 'Approvals'),
});
const approval = createRoute({
  ...at('/approvals/$id'),
  component: lazyRouteComponent(() => import('../pages/approvals.tsx'), 'ApprovalPage'),
});

export interface CasesSearch {
  view?: string;
  status?: string;
  owner?: string;
  customer?: string;
  q?: string;
}
const cases = createRoute({
  ...at('/cases'),
  validateSearch: (given: Given): CasesSearch => ({
    ...{ ...text(given, 'view'), ...text(given, 'status'), ...text(given, 'owner') },
    ...{ ...text(given, 'customer'), ...text(given, 'q') },
  }),
  component: lazyRouteComponent(() => import('../pages/cases.tsx'), 'Cases'),
});
interface TabSearch {
  tab?: string;
}
const oneCase = createRoute({
  ...at('/cases/$id'),
  validateSearch: (given: Given): TabSearch => text(given, 'tab'),
  component: lazyRouteComponent(() => import('../pages/case.tsx'), 'CasePage'),
});

interface WhySearch {
  view?: string;
}
const why = createRoute({
  ...at('/why/$id'),
  validateSearch: (given: Given): WhySearch => text(given, 'view'),
  component: lazyRouteComponent(() => import('../pages/why.tsx'), 'Why'),
});

interface OrganisationSearch {
  view?: string;
  q?: string;
  /** The seat that is shown on the chart. */
  seat?: string;
  /** The restructuring that is being taken back. */
  undo?: string;
}
const organisation = createRoute({
  ...at('/organisation'),
  validateSearch: (given: Given): OrganisationSearch => ({
    ...{ ...text(given, 'view'), ...text(given, 'q') },
    ...{ ...text(given, 'seat'), ...text(given, 'undo') },
  }),
  component: lazyRouteComponent(() => import('../pages/organisation.tsx'), 'OrganisationPage'),
});
const seat = createRoute({
  ...at('/organisation/$id'),
  component: lazyRouteComponent(() => import('../pages/seat.tsx'), 'SeatPage'),
});

const lanes = createRoute({
  ...at('/lanes'),
  validateSearch: (given: Given): TabSearch => text(given, 'tab'),
  component: lazyRouteComponent(() => import('../pages/lanes.tsx'), 'Lanes'),
});
const lane = createRoute({
  ...at('/lanes/$id'),
  validateSearch: (given: Given): TabSearch => text(given, 'tab'),
  component: lazyRouteComponent(() => import('../pages/lane.tsx'), 'LanePage'),
});

interface KnowledgeSearch extends TabSearch {
  q?: string;
  seat?: string;
  standing?: string;
  layer?: string;
  kind?: string;
}
const knowledge = createRoute({
  ...at('/knowledge'),
  validateSearch: (given: Given): KnowledgeSearch => ({
    ...{ ...text(given, 'tab'), ...text(given, 'q'), ...text(given, 'seat') },
    ...{ ...text(given, 'standing'), ...text(given, 'layer'), ...text(given, 'kind') },
  }),
  component: lazyRouteComponent(() => import('../pages/knowledge.tsx'), 'Knowledge'),
});
const belief = createRoute({
  ...at('/knowledge/$id'),
  component: lazyRouteComponent(() => import('../pages/belief.tsx'), 'BeliefPage'),
});

const desk = createRoute({
  ...at('/desks/$id'),
  component: lazyRouteComponent(() => import('../pages/desk.tsx'), 'DeskPage'),
});

interface GoalsSearch extends TabSearch {
  status?: string;
}
const goals = createRoute({
  ...at('/goals'),
  validateSearch: (given: Given): GoalsSearch => ({ ...text(given, 'tab'), ...text(given, 'status') }),
  component: lazyRouteComponent(() => import('../pages/goals.tsx'), 'Goals'),
});

const workers = createRoute({
  ...at('/workers'),
  component: lazyRouteComponent(() => import('../pages/workers.tsx'), 'Workers'),
});

const run = createRoute({
  ...at('/workers/$id'),
  component: lazyRouteComponent(() => import('../pages/run.tsx'), 'RunPage'),
});

interface HealthSearch extends TabSearch {
  state?: string;
  q?: string;
  days?: number;
  period?: string;
  which?: string;
}
const health = createRoute({
  ...at('/health'),
  validateSearch: (given: Given): HealthSearch => ({
    ...{ ...text(given, 'tab'), ...text(given, 'state'), ...text(given, 'q') },
    ...{ ...text(given, 'period'), ...text(given, 'which') },
    ...(typeof given.days === 'number' ? { days: given.days } : {}),
  }),
  component: lazyRouteComponent(() => import('../pages/health.tsx'), 'Health'),
});

export interface LedgerSearch {
  kind?: string;
  text?: string;
  correlation?: string;
}
const ledger = createRoute({
  ...at('/ledger'),
  validateSearch: (given: Given): LedgerSearch => ({
    ...text(given, 'kind'),
    ...text(given, 'text'),
    ...text(given, 'correlation'),
  }),
  component: lazyRouteComponent(() => import('../pages/ledger.tsx'), 'Ledger'),
});
const verify = createRoute({
  ...at('/ledger/verify'),
  component: lazyRouteComponent(() => import('../pages/verify.tsx'), 'Verify'),
});
const record = createRoute({
  ...at('/ledger/$seq'),
  component: lazyRouteComponent(() => import('../pages/record.tsx'), 'RecordPage'),
});

const money = createRoute({
  ...at('/money'),
  component: lazyRouteComponent(() => import('../pages/money.tsx'), 'MoneyPage'),
});

interface PoliciesSearch {
  tab?: string;
  q?: string;
  contract?: string;
  seat?: string;
  capability?: string;
}
const policies = createRoute({
  ...at('/policies'),
  validateSearch: (given: Given): PoliciesSearch => ({
    ...{ ...text(given, 'tab'), ...text(given, 'q'), ...text(given, 'contract') },
    ...{ ...text(given, 'seat'), ...text(given, 'capability') },
  }),
  component: lazyRouteComponent(() => import('../pages/policies.tsx'), 'Policies'),
});
const authority = createRoute({
  ...at('/authority'),
  validateSearch: (given: Given): TabSearch => text(given, 'tab'),
  component: lazyRouteComponent(() => import('../pages/authority.tsx'), 'Authority'),
});
const settings = createRoute({
  ...at('/settings'),
  validateSearch: (given: Given): TabSearch => text(given, 'tab'),
  component: lazyRouteComponent(() => import('../pages/settings.tsx'), 'Settings'),
});

const tree = root.addChildren([
  ...[today, goals, approvals, approval, cases, oneCase, why, organisation, seat, lanes, lane, knowledge, belief, desk],
  ...[workers, run, health, ledger, verify, record, money, policies, authority, settings],
]);

export const router = createRouter({
  routeTree: tree,
  basepath: BASE || '/',
  defaultPreload: 'intent',
  defaultPendingMs: 200,
  defaultPendingComponent: () => <Loading rows={6} />,
  // A chunk that is gone was of an older build: the new one is a reload away.
  defaultErrorComponent: ({ error }) => (
    <div className="max-w-xl space-y-3">
      <Problem error={error as Error} />
      <Button onClick={() => location.reload()}>{t.errors.reload}</Button>
    </div>
  ),
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
