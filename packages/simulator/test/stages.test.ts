import { describe, expect, it } from 'vitest';
import { Model } from '../src/audit/model.ts';
import type { Body, Entry } from '../src/audit/records.ts';

/** A model of an organisation with one lane, whose work is done by a script; what is found when the operation is begun. */
function found(stage: string, more: readonly [kind: string, body: Body][] = []): string[] {
  const model = new Model();
  const flows = [{ id: 'notes', steps: ['note', 'mail'], rollout: { steps: ['note'] } }];
  model.seats.set('desk', { id: 'desk', unit: 'u', kind: 'script', principal: 'bot', defined: '' } as never);
  model.ops.set('OP-1', { id: 'OP-1', seat: 'desk', contract: 'note', compensates: null, approval: null } as never);
  const events: [string, Body][] = [
    ['organisation.applied', { changed: { flows } }],
    ['lane.entered', { lane: 'notes', stage }],
    ...more,
    ['operation.leased', { operation: 'OP-1' }],
  ];
  events.forEach(([kind, body], i) => {
    const entry: Entry = { seq: i + 1, at: i, kind, principal: 'system', seat: null, command: '', body };
    model.stages.apply(entry, model);
  });
  return model.findings.map(({ rule, detail }) => `${rule}: ${detail}`);
}

describe('[SIM4] the auditor and the stages of lanes', () => {
  it('finds what was begun while a lane was only watched, or assisted by nobody', () => {
    expect(found('shadow')).toEqual(['stage: OP-1 was begun while the lane notes was in shadow']);
    expect(found('assist')).toEqual([
      "stage: OP-1 was begun in the lane notes, which is assisted, without a person's decision",
    ]);
  });

  it('follows lanes and seats as they rise and fall', () => {
    expect(found('end-to-end')).toEqual([]);
    expect(found('end-to-end', [['lane.lowered', { lane: 'notes', seat: null, to: 'observe' }]])).toHaveLength(1);
    expect(found('end-to-end', [['lane.lowered', { lane: 'notes', seat: 'desk', to: 'shadow' }]])).toHaveLength(1);
    expect(found('shadow', [['lane.left', { lane: 'notes' }]])).toEqual([]);
  });
});
