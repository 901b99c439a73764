import { createState, type State } from '@reeve/kernel';
import { afterEach, describe, expect, it } from 'vitest';
import { StoreWatch } from '../src/store-watch.ts';
import { type ClerkScript, DEFINITION, kinds, OWNER, openCase, until, type World, world } from './support/world.ts';

let open: World | undefined;
afterEach(async () => {
  await open?.runtime.stop(0);
  open = undefined;
});

describe('[RT71] a run at work shows that it lives (R-C10), and one that does nothing is run again (R-D9)', () => {
  it('with every heartbeat; restarted, its script begins anew and the old one has no say any more', async () => {
    let begun = 0;
    let late: (() => Promise<unknown>) | null = null;
    const script: ClerkScript = async (desk) => {
      begun += 1;
      if (begun > 1) return { outcome: 'went on' };
      await desk.note('looking');
      return new Promise(() => {
        late = () => desk.note('too late');
      });
    };
    open = await world({ script, apply: false });
    const { runtime, store } = open;
    const oversight = { heartbeat: 20, quiet: 300, waiting: 0, ladders: { stuck: ['restart'] } };
    const definition = { ...DEFINITION, settings: { ...DEFINITION.settings, oversight } };
    const apply = { base: '', reason: 'first', definition };
    expect((await runtime.submit({ id: '', kind: 'organisation.apply', actor: OWNER, body: apply })).ok).toBe(true);
    await openCase(runtime, 'a');
    await until(() => begun === 2, 20_000);
    await runtime.idle();
    const all = await kinds(store);
    expect(all.filter((kind) => kind === 'run.beat').length).toBeGreaterThan(3);
    for (const kind of ['seat.troubled', 'seat.intervened', 'run.interrupted', 'seat.recovered', 'run.resumed'])
      expect(all).toContain(kind);
    void late!();
    await runtime.idle();
    expect(await runtime.read((s) => s.cases.cases.get('C-1')?.notes.map(({ text }) => text))).toEqual(['looking']);
  });
});

describe('[RT75] a slow store is said to be slow once, and well again when it is', () => {
  it('after it wrote fast for a while', () => {
    const state: State = createState('acme');
    let now = 0;
    const reports: number[] = [];
    const watch = new StoreWatch({
      clock: { now: () => now, after: () => () => {}, soon: () => {} },
      peek: (view) => view(state),
      report: (ms) => reports.push(ms),
    });
    watch.wrote(20);
    watch.wrote(6000);
    watch.wrote(7000);
    watch.wrote(20);
    for (const ms of [6000, 7000, 8000, 9000]) watch.wrote(ms);
    expect(reports).toEqual([8000]);
    state.oversight.modes.set('store:ledger', {} as never);
    watch.wrote(10);
    now = 5000;
    watch.wrote(40);
    expect(reports).toEqual([8000]);
    now = 10_000;
    watch.wrote(20);
    expect(reports).toEqual([8000, 40]);
  });
});
