import { describe, expect, it } from 'vitest';
import {
  at,
  finishRun,
  openCase,
  opened,
  operate,
  PACKET,
  SYSTEM,
  seat,
  shop,
  startRun,
  type World,
} from './support/org-shop.ts';

const human = (id: string) => ({ occupant: { principal: `p-${id}`, kind: 'human' as const } });
const knows = (skill: string) => ({ abilities: { skills: [skill] } });

/** Boss (human) over the agent `head`, who directs `writer`, `scribe` and `painter`; `rival`, who writes as well, is not below it. */
const studio = (maturity = 1): World =>
  opened(
    shop({
      seats: [
        seat('boss', undefined, human('boss')),
        seat('head', 'boss', {
          charter: { purpose: 'p', tier: 'coordinator', maturity, entrusts: [{ capability: '*' }] },
        }),
        seat('writer', 'head', knows('writing')),
        seat('scribe', 'head', knows('writing')),
        seat('painter', 'head', knows('painting')),
        seat('rival', 'boss', knows('writing')),
        seat('checker', 'boss', human('checker')),
      ],
      settings: { intake: 'head', verifier: 'checker' },
    }),
  );
const WANTED = {
  purpose: 'an article',
  roles: [
    { role: 'text', skills: ['writing'] },
    { role: 'picture', skills: ['painting'] },
  ],
  ordered: true,
};
const members = (w: World, team: unknown) => w.state.memory.teams.get(String(team))!.members.map(({ seat: id }) => id);

/** A case of the head, on which a member does a task; it ends well. */
function solved(w: World, member: string): void {
  const id = openCase(w);
  w.ok('case.start', { case: id }, at('head'));
  const { task } = w.ok('task.delegate', { case: id, to: member, packet: PACKET }, at('head'));
  const evidence = [operate(w, 'writer', id)];
  w.ok('task.complete', { task, report: {} }, at(member));
  w.ok('case.resolve', { case: id, summary: 's', evidence }, at('head'));
  w.ok('case.verify', { case: id, passed: true, checks: ['x'] }, at('checker'));
  w.ok('case.close', { case: id }, at('head'));
}

describe('[MEM22] R-D7: an agent that directs others', () => {
  it('forms a team of the seats below it, in a run of its own, sized and skilled to the purpose', () => {
    const w = studio();
    openCase(w);
    const run = startRun(w, 'head')!;
    const { team } = w.ok('run.act', { run, step: 1, command: { kind: 'team.form', body: WANTED } }, SYSTEM);
    expect(members(w, team)).toEqual(['scribe', 'painter']);
    expect(w.state.memory.teams.get(String(team))).toMatchObject({ topology: 'pipeline', outcome: null });
    finishRun(w, run);
  });

  it('learns which of them succeed: who did well is chosen next', () => {
    const w = studio();
    for (const member of ['writer', 'writer']) solved(w, member);
    expect(members(w, w.ok('team.form', WANTED, at('head')).team)).toEqual(['writer', 'painter']);
  });

  it('not of seats elsewhere, nor immature, nor when it directs nobody; how it did a person says', () => {
    const w = studio();
    const alone = { ...WANTED, without: ['writer', 'scribe'] };
    expect(members(w, w.ok('team.form', alone, at('head')).team)).toEqual([null, 'painter']);
    expect(w.no('team.form', WANTED, at('rival')).rule).toBe('MEM22');
    expect(studio(0).no('team.form', WANTED, at('head')).rule).toBe('MEM22');
    expect(w.no('team.close', { team: 'TM-1', success: true }, at('head')).rule).toBe('MEM22');
  });
});
