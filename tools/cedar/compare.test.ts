import { describe, expect, it } from 'vitest';
import { cedarOf } from './cedar.ts';
import { compare } from './compare.ts';
import { type Condition, toCedar, toCel } from './condition.ts';
import { randomOf } from './random.ts';
import { reeveOf } from './reeve.ts';
import { requestOf, type World, worldOf } from './world.ts';

describe('the rights engine beside Cedar', () => {
  it('decides the same on a few thousand generated requests (`npm run bench:cedar` makes 100,000)', () => {
    const { disagreements, verdicts, requests } = compare(3000, 20_261_121);
    expect(disagreements).toEqual([]);
    expect(requests).toBe(3000);
    // The comparison means something only when every verdict is there.
    for (const count of Object.values(verdicts)) expect(count).toBeGreaterThan(30);
  }, 60_000);

  it('would notice: each part of an organisation that one of the two does not see makes them differ', () => {
    const blind: Record<string, (world: World) => World> = {
      policies: (world) => ({ ...world, policies: [] }),
      switches: (world) => ({ ...world, switches: [] }),
      tiers: (world) => ({ ...world, seats: world.seats.map((seat) => ({ ...seat, tier: 'executor' as const })) }),
      status: (world) => ({ ...world, seats: world.seats.map((seat) => ({ ...seat, status: 'active' as const })) }),
      limits: (world) => ({
        ...world,
        seats: world.seats.map((seat) => ({
          ...seat,
          rights: seat.rights.map((right) => ({ ...right, limit: undefined })),
        })),
      }),
      conditions: (world) => ({
        ...world,
        seats: world.seats.map((seat) => ({
          ...seat,
          rights: seat.rights.map((right) => ({ ...right, when: undefined })),
        })),
      }),
      units: (world) => ({ ...world, units: world.units.map(({ id }) => ({ id, parent: undefined })) }),
      lines: (world) => ({
        ...world,
        seats: world.seats.map((seat) => ({ ...seat, supervisor: seat.id === 's0' ? undefined : 's0' })),
      }),
      parties: (world) => ({ ...world, cases: world.cases.map((each) => ({ ...each, parties: [each.owner] })) }),
    };
    const unnoticed = Object.entries(blind)
      .filter(([, change]) => !differ(change))
      .map(([part]) => part);
    expect(unnoticed).toEqual([]);
  }, 60_000);

  it('keeps the three outcomes of a condition apart: an error is absorbed where the other side decides', () => {
    const note: Condition = {
      kind: 'compare',
      operator: '==',
      left: { cel: 'args.note', cedar: 'context.args.note', present: 'context.args has note' },
      right: 'x',
    };
    const open: Condition = { kind: 'compare', operator: '==', left: { cel: 'now', cedar: 'context.now' }, right: 1 };
    const condition: Condition = { kind: 'or', left: note, right: { kind: 'not', of: open } };
    expect(toCel(condition)).toBe('(args.note == "x" || !(now == 1))');
    expect(toCedar(condition)).toEqual({
      isTrue: '((context.args has note && context.args.note == "x") || (!(context.now == 1)))',
      isFalse: '((context.args has note && !(context.args.note == "x")) && (context.now == 1))',
    });
  });
});

/** Does hiding something from Cedar lead to another decision in some world? */
function differ(change: (world: World) => World): boolean {
  for (let seed = 0; seed < 60; seed++) {
    const random = randomOf(seed);
    const world = worldOf(random);
    const [reeve, cedar] = [reeveOf(world), cedarOf(change(world))];
    for (let i = 0; i < 60; i++) {
      const request = requestOf(random, world);
      if (JSON.stringify(reeve(request)) !== JSON.stringify(cedar(request))) return true;
    }
  }
  return false;
}
