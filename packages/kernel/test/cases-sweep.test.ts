import { describe, expect, it } from 'vitest';
import { nextDue } from '../src/index.ts';
import {
  at,
  DAY,
  HOUR,
  inbox,
  OWNER,
  openCase,
  opened,
  PACKET,
  resolveCase,
  theCase,
  type World,
} from './support/org-shop.ts';

const alerts = (w: World): string[] =>
  w.records.flatMap((r) =>
    r.kind === 'case.alerted' ? [r.body.what] : r.kind === 'case.escalated' ? [`→${r.body.to}`] : [],
  );

describe('[CAS12] the follow-up sweep (R-A79)', () => {
  it('[CAS12] reminds the owner two hours before the deadline and escalates once when it passes (R-C56)', () => {
    const w = opened();
    openCase(w);
    expect(nextDue(w.state)).toBe(w.now + 22 * HOUR);
    expect(w.wait(22 * HOUR - 1)).toEqual([]);
    w.wait(1);
    expect(alerts(w)).toEqual(['due-soon']);
    w.wait(2 * HOUR);
    expect(alerts(w)).toEqual(['due-soon', 'overdue', '→lead']);
    expect(theCase(w)).toMatchObject({ status: 'escalated', owner: 'desk', escalations: 1 });
    w.wait(30 * DAY);
    w.ok('case.resume', { case: 'C-1' }, at('lead'));
    w.wait(DAY);
    expect(alerts(w)).toEqual(['due-soon', 'overdue', '→lead']);
    expect(inbox(w, 'desk')).toEqual(['assign:system', 'reminder:system', 'reminder:system', 'guidance:lead']);
    expect(inbox(w, 'lead')).toEqual(['escalation:desk']);
  });

  it('[CAS20] escalates a late case again, three days after it was handed back, and for ever, until it is over', () => {
    const w = opened();
    openCase(w);
    w.wait(2 * DAY);
    w.ok('case.resume', { case: 'C-1' }, at('lead'));
    w.wait(3 * DAY - 1);
    expect(alerts(w)).toEqual(['overdue', '→lead']);
    w.wait(1);
    expect(alerts(w)).toEqual(['overdue', '→lead', 'overdue', '→lead']);
    w.wait(30 * DAY);
    expect(alerts(w)).toHaveLength(4);
    w.ok('case.assign', { case: 'C-1', to: 'desk', reason: 'yours' }, at('lead'));
    w.wait(3 * DAY);
    expect(alerts(w)).toHaveLength(6);
  });

  it('[CAS12] says only that it is overdue when the clock was not looked at in between', () => {
    const w = opened();
    openCase(w);
    w.wait(2 * DAY);
    expect(alerts(w)).toEqual(['overdue', '→lead']);
    expect(w.records.filter((r) => 'timer' in r.causation).map((r) => r.correlation)).toEqual(['C-1', 'C-1']);
  });

  it('[CAS12] does not escalate again what was escalated by hand, but says that it is overdue', () => {
    const w = opened();
    openCase(w);
    w.ok('case.escalate', { case: 'C-1', reason: 'r' }, at('desk'));
    w.wait(2 * DAY);
    expect(alerts(w)).toEqual(['→lead', 'overdue']);
  });

  it('[CAS12] counts the deadline from the new priority, also when that has passed already (R-D3)', () => {
    const w = opened();
    openCase(w, { priority: 'low' });
    w.wait(5 * HOUR);
    w.ok('case.classify', { case: 'C-1', priority: 'high' }, at('desk'));
    w.wait(0);
    expect(alerts(w)).toEqual(['overdue', '→lead']);
  });

  it('[CAS12] reminds once of a customer who has kept us waiting for three days, and again in the next wait (R-A80)', () => {
    const w = opened();
    openCase(w, { priority: 'low' });
    w.ok('case.start', { case: 'C-1' }, at('desk'));
    w.ok('case.wait', { case: 'C-1', question: '?' }, at('desk'));
    w.wait(3 * DAY - 1);
    expect(alerts(w)).toEqual([]);
    w.wait(1);
    w.wait(9 * DAY);
    expect(alerts(w)).toEqual(['waiting-too-long']);
    w.ok('case.wait', { case: 'C-1', question: 'Please?' }, at('desk'));
    w.wait(3 * DAY);
    expect(alerts(w)).toEqual(['waiting-too-long', 'waiting-too-long']);
  });

  it('[CAS12] still notices a deadline that passed while the customer was asked', () => {
    const w = opened();
    openCase(w);
    w.ok('case.start', { case: 'C-1' }, at('desk'));
    w.ok('case.wait', { case: 'C-1', question: '?' }, at('desk'));
    w.wait(2 * DAY);
    expect(alerts(w)).toEqual([]);
    w.ok('case.message', { case: 'C-1', text: 'AC-1' });
    w.wait(0);
    expect(alerts(w)).toEqual(['overdue', '→lead']);
  });

  it('[CAS12] escalates an overdue case once, however often the customer is asked', () => {
    const w = opened();
    openCase(w);
    w.wait(2 * DAY);
    for (let i = 0; i < 3; i++) {
      w.ok('case.wait', { case: 'C-1', question: '?' }, at('desk'));
      w.ok('case.message', { case: 'C-1', text: 'AC-1' });
      w.wait(HOUR);
    }
    expect(alerts(w)).toEqual(['overdue', '→lead']);
  });

  it('[CAS12] still notices a deadline that passed while a resolution waited to be verified', () => {
    const w = opened();
    openCase(w);
    resolveCase(w, 'C-1');
    w.ok('case.feedback', { case: 'C-1', satisfied: true });
    w.wait(2 * DAY);
    expect(alerts(w)).toEqual([]);
    w.ok('case.verify', { case: 'C-1', passed: false, checks: [] }, at('quality'));
    w.wait(0);
    expect(alerts(w)).toEqual(['overdue', '→lead']);
  });

  it('[CAS12] asks for feedback a day after the resolution, also when it was verified meanwhile (R-A80)', () => {
    const w = opened();
    openCase(w);
    resolveCase(w, 'C-1');
    w.wait(HOUR);
    w.ok('case.verify', { case: 'C-1', passed: true, checks: ['c'] }, at('quality'));
    w.wait(23 * HOUR - 1);
    expect(alerts(w)).toEqual([]);
    w.wait(1);
    w.wait(9 * DAY);
    expect(alerts(w)).toEqual(['feedback-missing']);
  });

  it('[CAS12] asks for no feedback that it has, nor on a closed case', () => {
    const w = opened();
    for (const id of ['C-1', 'C-2']) {
      openCase(w);
      resolveCase(w, id);
    }
    w.ok('case.feedback', { case: 'C-1', satisfied: false });
    w.ok('case.verify', { case: 'C-2', passed: true, checks: ['c'] }, at('quality'));
    w.ok('case.close', { case: 'C-2' }, at('desk'));
    w.wait(9 * DAY);
    expect(alerts(w)).toEqual([]);
  });

  it('[CAS12] watches a reopened case by its new deadline', () => {
    const w = opened();
    openCase(w);
    w.ok('case.cancel', { case: 'C-1', reason: 'r' }, at('desk'));
    w.wait(9 * DAY);
    w.ok('case.reopen', { case: 'C-1', reason: 'r' }, OWNER);
    w.wait(21 * HOUR);
    expect(alerts(w)).toEqual([]);
    w.wait(HOUR);
    expect(alerts(w)).toEqual(['due-soon']);
  });

  it('[CAS12] stays with the owner at the top of the line', () => {
    const w = opened();
    openCase(w, { owner: 'boss' });
    w.ok('task.delegate', { case: 'C-1', to: 'desk', packet: PACKET }, at('boss'));
    w.wait(2 * DAY);
    expect(alerts(w)).toEqual(['overdue', '→boss']);
  });
});
