import { t } from '../text/en.ts';
import type { IconName } from '../ui/icons.tsx';

export interface Place {
  readonly to:
    | '/'
    | '/goals'
    | '/approvals'
    | '/cases'
    | '/lanes'
    | '/knowledge'
    | '/organisation'
    | '/workers'
    | '/health'
    | '/ledger'
    | '/money'
    | '/policies'
    | '/authority'
    | '/settings';
  readonly name: string;
  readonly icon: IconName;
  /** Second key after `g`. */
  readonly key: string;
}

export const PLACES: readonly Place[] = [
  { to: '/', name: t.nav.today, icon: 'today', key: 't' },
  { to: '/goals', name: t.nav.goals, icon: 'goals', key: 'y' },
  { to: '/approvals', name: t.nav.approvals, icon: 'approvals', key: 'a' },
  { to: '/cases', name: t.nav.cases, icon: 'cases', key: 'c' },
  { to: '/lanes', name: t.nav.lanes, icon: 'lanes', key: 'n' },
  { to: '/organisation', name: t.nav.organisation, icon: 'organisation', key: 'o' },
  { to: '/workers', name: t.nav.workers, icon: 'workers', key: 'w' },
  { to: '/health', name: t.nav.health, icon: 'health', key: 'h' },
  { to: '/knowledge', name: t.nav.knowledge, icon: 'knowledge', key: 'k' },
  { to: '/ledger', name: t.nav.ledger, icon: 'ledger', key: 'l' },
  { to: '/money', name: t.nav.money, icon: 'money', key: 'm' },
  { to: '/policies', name: t.nav.policies, icon: 'policies', key: 'p' },
  { to: '/authority', name: t.nav.authority, icon: 'incidents', key: 'u' },
  { to: '/settings', name: t.nav.settings, icon: 'settings', key: 's' },
];
