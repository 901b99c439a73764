import { afterEach, expect, it } from 'vitest';
import { BOSS, Book, type ClerkScript, OWNER, openCase, until, type World, world } from './support/world.ts';

let open: World | undefined;
afterEach(async () => {
  await open?.runtime.stop(0);
  open = undefined;
});

const trip = (kind: string, scope: string, id: string) => ({
  ...{ id: `${kind}-${scope}`, kind: `switch.${kind}` as 'switch.trip', actor: scope === 'seat' ? BOSS : OWNER },
  body: { scope: scope as 'seat', id, reason: 'odd numbers' },
});

it('[RT13] a tripped switch ends an occupant at work within a second (measured), and re-arming lets its seat work again', async () => {
  let begun = 0;
  let aborted = 0;
  const script: ClerkScript = async (desk) => {
    begun += 1;
    if (begun > 1) return { outcome: 'went on' };
    await desk.note('looking');
    return new Promise(() => {});
  };
  open = await world({
    occupants: (_seat, { kind }) =>
      kind !== 'script'
        ? null
        : {
            kind: 'script',
            work: async (desk, signal) => {
              signal.addEventListener('abort', () => {
                aborted = performance.now();
              });
              return script(desk);
            },
          },
  });
  const { runtime } = open;
  await openCase(runtime, 'a');
  await until(() => runtime.read((s) => (s.cases.cases.get('C-1')?.notes.length ?? 0) > 0));
  const start = performance.now();
  expect((await runtime.submit(trip('trip', 'seat', 'clerk'))).ok).toBe(true);
  await until(() => aborted > 0);
  expect(aborted - start).toBeLessThan(1000);
  expect(await runtime.read((s) => s.runs.runs.size)).toBe(0);
  await openCase(runtime, 'b');
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(begun).toBe(1);
  expect((await runtime.submit(trip('rearm', 'seat', 'clerk'))).ok).toBe(true);
  await until(() => begun >= 3);
  await until(() => runtime.read((s) => !s.inbox.ready.has('clerk') && s.runs.runs.size === 0));
});

it('[RT13] a tripped switch aborts a tool call under way, and its outcome is looked up', async () => {
  let called = false;
  const book = new Book();
  book.before = async (call) => {
    if (call.capability.id !== 'book.note' || called) return;
    called = true;
    await new Promise(() => {});
  };
  const script: ClerkScript = async (desk) => ({
    outcome: (await desk.request({ capability: 'book.note', args: { entry: 'n' } })).status,
  });
  open = await world({ book, script });
  const { runtime } = open;
  await openCase(runtime, 'a');
  await until(() => called);
  const start = performance.now();
  await runtime.submit(trip('trip', 'tool', 'book'));
  await until(() => runtime.read((s) => s.operations.operations.get('OP-1')?.status !== 'leased'));
  expect(performance.now() - start).toBeLessThan(1000);
  expect(book.entries.size).toBe(0);
});
