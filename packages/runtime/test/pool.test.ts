/** Who is asked to play, and how often. */
import type { Occupant } from '@reeve/workers';
import { scriptOccupant } from '@reeve/workers';
import { afterEach, expect, it } from 'vitest';
import type { Runtime } from '../src/index.ts';
import { kinds, nothing, openCase, until, world } from './support/world.ts';

const opened: Runtime[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((runtime) => runtime.stop(0)));
});

it('[RT62] nobody is asked to play what somebody else is being given, however often the seat is woken meanwhile', async () => {
  let asked = 0;
  let go = (): void => {};
  const held = new Promise<void>((resolve) => {
    go = resolve;
  });
  const occupants = async (seat: string): Promise<Occupant | null> => {
    if (seat !== 'clerk') return null;
    asked += 1;
    await held;
    return scriptOccupant(nothing);
  };
  const { runtime, store } = await world({ occupants });
  const begun = async () => (await kinds(store)).filter((kind) => kind === 'run.started').length;
  opened.push(runtime);
  await openCase(runtime, 'a');
  await until(() => asked === 1);
  for (let n = 0; n < 5; n++) {
    runtime.wake('clerk');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  go();
  await runtime.idle();
  expect(await begun()).toBe(1);
  expect(asked).toBe(1);
  await openCase(runtime, 'b');
  await runtime.idle();
  expect(await begun()).toBe(2);
});
