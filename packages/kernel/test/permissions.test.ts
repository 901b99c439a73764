import { describe, expect, it } from 'vitest';
import { at, type Draft, inbox, OWNER, openCase, opened, PACKET, seat, shop, type World } from './support/org-shop.ts';

/** Who of a software team may do what (R-C65): one capability for each cell of the matrix. */
const CELLS = {
  'backend-junior': ['git.push', 'servers.staging_read', 'databases.staging_read'],
  'backend-senior': ['git.push', 'git.merge', 'servers.staging_write', 'servers.production_read', 'deploy.staging'],
  devops: ['git.push', 'git.merge', 'servers.production_write', 'databases.production_read', 'deploy.production'],
  'database-admin': ['git.push', 'servers.production_read', 'databases.production_write', 'databases.production_read'],
};
const ALL = [...new Set(Object.values(CELLS).flat())];
const READS = /_read$/;

const team = (): Draft => ({
  ...shop(),
  settings: { ...shop().settings, earned: ALL },
  seats: [
    ...shop().seats!,
    ...Object.entries(CELLS).map(([id, mine]) =>
      seat(id, 'desk', {
        charter: { purpose: id, tier: 'executor', rights: mine.map((capability) => ({ capability })) },
      }),
    ),
  ],
  capabilities: [
    ...shop().capabilities!,
    ...ALL.map((id) => ({ id, tool: 'shop', effect: READS.test(id) ? ('read' as const) : ('reversible' as const) })),
  ],
  contracts: [
    ...shop().contracts!,
    ...ALL.filter((id) => !READS.test(id)).map((capability) => ({ id: capability.replace('.', '-'), capability })),
  ],
});

/** What became of a request of a seat on a case of its own. */
function asked(w: World, who: string, capability: string) {
  const on = openCase(w);
  w.ok('case.assign', { case: on, to: who, reason: 'yours' }, OWNER);
  const { operation } = w.ok('operation.request', { capability, args: {}, case: on }, at(who));
  return w.state.operations.operations.get(operation as string)!;
}

describe('a matrix of permissions', () => {
  it('[GOV2] is what the charters say: each role does what is in its cells and nothing else (R-C65)', () => {
    const w = opened(team());
    const may = Object.keys(CELLS).map((who) => [who, ALL.filter((one) => asked(w, who, one).status !== 'denied')]);
    expect(may).toEqual(Object.entries(CELLS).map(([who, mine]) => [who, ALL.filter((one) => mine.includes(one))]));
  });

  it('[GOV2] [GOV57] refuses a deployment to production without the right to it, and says who to ask (R-C66)', () => {
    const w = opened(team());
    expect(asked(w, 'devops', 'deploy.production').status).not.toBe('denied');
    const { status, decision } = asked(w, 'backend-senior', 'deploy.production');
    expect(status).toBe('denied');
    expect(decision?.reasons).toMatchObject([{ rule: 'GOV2', instead: expect.stringMatching(/\w/) }]);
    expect(asked(w, 'database-admin', 'databases.production_read').status).not.toBe('denied');
    expect(asked(w, 'backend-junior', 'databases.production_read').status).toBe('denied');
  });
});

describe('an agent above a person', () => {
  const mixed = () =>
    opened({
      ...shop(),
      seats: [...shop().seats!, seat('clerk', 'desk', { occupant: { principal: 'p-clerk', kind: 'human' } })],
    });

  it('[CAS10] gives him work and gets his report like that of any seat (R-A3, R-A4)', () => {
    const w = mixed();
    openCase(w);
    w.ok('case.start', { case: 'C-1' }, at('desk'));
    w.ok('task.delegate', { case: 'C-1', to: 'clerk', packet: PACKET }, at('desk'));
    expect(inbox(w, 'clerk')).toEqual(['task:desk']);
    w.ok('task.complete', { task: 'T-1', report: { where: 'on the shelf' } }, at('clerk'));
    expect(inbox(w, 'desk')).toContain('report:clerk');
  });

  it('[ORG4] hears his escalations, and does not direct him: that is for the person above both (R-A3)', () => {
    const w = mixed();
    const on = openCase(w);
    w.ok('case.assign', { case: on, to: 'clerk', reason: 'yours' }, at('desk'));
    w.ok('case.escalate', { case: on, reason: 'not mine' }, at('clerk'));
    expect(inbox(w, 'desk')).toContain('escalation:clerk');
    const pause = { seat: 'clerk', reason: 'x' };
    expect(w.no('seat.pause', pause, at('desk'))).toMatchObject({ rule: 'ORG4' });
    w.ok('seat.pause', pause, at('lead'));
  });
});

describe('a charter', () => {
  it.each(['purpose', 'tier'])('[ORG5] without %s is none: scope and autonomy have to be said (R-E7)', (field) => {
    const whole = seat('new', 'lead');
    const { [field]: _, ...charter } = whole.charter as Record<string, unknown>;
    const seats = [...shop().seats!, { ...whole, charter }];
    const base = opened().state.organisation.digest;
    const no = opened().no('organisation.apply', { base, reason: 'x', definition: { ...shop(), seats } });
    expect(JSON.stringify(no)).toContain(`charter.${field}`);
  });
});
