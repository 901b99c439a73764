import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVOLVE } from '../src/core/registry.ts';
import { Auditor } from './support/op-audit.ts';
import { busyWorld, drain, MOVE_COUNT, type Move, play } from './support/op-play.ts';

const move = fc.record({ act: fc.nat(MOVE_COUNT - 1), a: fc.nat(40), b: fc.nat(40) });

function audited(moves: readonly Move[]): void {
  const world = busyWorld();
  const auditor = new Auditor(world);
  for (const one of moves) {
    play(world, one);
    auditor.check();
  }
  drain(world);
  auditor.check();
  auditor.end();
  auditor.replay();
}

describe('whatever happens to operations', () => {
  it('[BUD1] [BUD3] [OP3] [OP8] [OP13] money is conserved, effects are admitted, resources have one holder, all ends', () => {
    const plays = fc.array(move, { minLength: 20, maxLength: 120 });
    fc.assert(fc.property(plays, audited), { seed: 20261121, numRuns: 120 });
  }, 120_000);

  it('[OP1] such plays reach every status and every way to end', () => {
    const reached = new Set<string>();
    for (const moves of fc.sample(fc.array(move, { minLength: 120, maxLength: 120 }), { seed: 8, numRuns: 60 })) {
      const world = busyWorld();
      for (const one of moves) play(world, one);
      drain(world);
      for (const record of world.log) reached.add(record.kind);
    }
    const kinds = [...EVOLVE.keys()].filter((kind) => /^(operation|approval|budget|switch|run)\./.test(kind));
    // No play takes 30 days; and nothing in these speaks in a run, pays for an answer there, stops its worker, or restructures.
    const moved = ['approval.moved', 'operation.moved', 'run.withdrawn'];
    const absent = ['operation.archived', 'run.answered', 'run.asked', 'run.refused', 'run.beat', ...moved];
    expect(kinds.filter((kind) => !reached.has(kind)).sort()).toEqual(absent.sort());
  }, 120_000);
});
