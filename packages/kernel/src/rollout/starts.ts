import { reject } from '../core/rejection.ts';
import type { Definition } from '../definition.ts';
import { isAutonomous, switchesOf } from './lanes.ts';

/** [ROL4] No lane begins beyond `assist` without a kill switch that trips by itself. */
export function checkStarts(after: Definition): void {
  for (const { id, rollout } of after.flows) {
    if (rollout === undefined || !isAutonomous(rollout.start) || switchesOf(after, id).length > 0) continue;
    reject('invalid', `the lane "${id}" would begin in the stage ${rollout.start} without a kill switch`, {
      rule: 'ROL4',
      hint: `define a switch with "scope: lane" and "target: ${id}", or let it start in assist or before`,
    });
  }
}
