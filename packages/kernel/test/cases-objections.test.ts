import { describe, expect, it } from 'vitest';
import { at, inbox, openCase, opened, PACKET } from './support/org-shop.ts';

describe('a person objects to a task', () => {
  const declined = (from: string, to: string) => {
    const w = opened();
    const id = openCase(w, { owner: from });
    const task = w.ok('task.delegate', { case: id, to, packet: PACKET }, at(from)).task as string;
    w.ok('task.complete', { task, report: { reason: 'it is not lawful' }, declined: true }, at(to));
    return { w, task };
  };

  it('[CAS21] R-A3 R-A4 of an agent: it goes to the next person above with the reason, and the agent gets the report', () => {
    const { w, task } = declined('desk', 'lead');
    expect(inbox(w, 'desk')).toContain('report:lead');
    expect([...w.state.inbox.messages.values()].find(({ to }) => to === 'boss')).toMatchObject({
      type: 'escalation',
      from: 'lead',
      data: { task, report: { reason: 'it is not lawful' }, objection: true },
    });
  });

  it('[CAS21] of another person, or an agent of an agent: nobody else hears of it', () => {
    expect(inbox(declined('lead', 'quality').w, 'boss')).toEqual([]);
    const { w } = declined('desk', 'orders');
    expect([inbox(w, 'lead'), inbox(w, 'boss')]).toEqual([[], []]);
  });
});
