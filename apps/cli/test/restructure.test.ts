/** Restructuring over the command line and HTTP, from the plan to the files of the pack. */
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { reeve, SUPPORT, temporary } from './support/cli.ts';
import { office } from './support/office.ts';

const work = temporary(afterAll);
const pack = join(work, 'pack');
cpSync(SUPPORT, pack, { recursive: true });
const MERGE = join(work, 'merge.yaml');
writeFileSync(
  MERGE,
  'steps:\n  - do: merge\n    seats: [orders-specialist]\n    into: billing-specialist\n    rights: add\n',
);
const { here, text, order } = office({ pack });
beforeAll(() => order('case.open', { subject: 'Broken', customer: 'lee@post.example', owner: 'orders-specialist' }));

it('[CLI190] [RST8] [R-D56] says what would move and changes nothing, does it, shows it, and explains it', async () => {
  const plan = await text('restructure', 'plan', MERGE);
  expect(plan).toContain('orders-specialist merged into billing-specialist');
  expect(plan).toContain('1 cases: C-1');
  expect(plan).toContain('nothing was changed');
  expect(await text('restructure', 'list')).toBe('never restructured\n');
  const base = /--base (\w+)/.exec(plan)![1]!;
  expect(await text('restructure', 'do', MERGE, '--base', base, '--reason', 'one team')).toContain('RS-1 is done');
  const why = await text('why', 'rs-1');
  expect(why).toContain('one team');
  expect(why).toContain('orders-specialist gave it to billing-specialist');
  expect(await text('restructure', 'list')).toContain('(not in the pack)');
});

it('[CLI191] [RST9] a pack that does not have it is not applied in silence; written into the pack, it is kept', async () => {
  const before = await text('plan', pack);
  expect(before).toContain('+ seat orders-specialist');
  expect(before).toContain('Restructured since the last apply: RS-1');
  const refused = await reeve(here, 'apply', pack, '--yes');
  expect(refused.code).not.toBe(0);
  expect(refused.err).toContain('this would take back RS-1');
  const written = await text('restructure', 'write', pack);
  expect(written).toContain('- seats orders-specialist');
  expect(await text('plan', pack)).not.toContain('orders-specialist');
});

it('[CLI192] puts a person in a seat and the one the pack names back', async () => {
  const argv = ['restructure', 'occupy', 'router', '--reason', 'look'];
  expect(await text(...argv, '--human', 'kim')).toContain('kim sits at router now');
  expect(await text(...argv, '--back')).toContain('router-script sits at router now');
  expect((await reeve(here, ...argv)).code).toBe(2);
});

it('[CLI190] says which step of a file is wrong', async () => {
  const file = join(work, 'bad.yaml');
  writeFileSync(file, '- do: merge\n  seats: orders\n  into: x\n');
  const bad = await reeve(here, 'restructure', 'plan', file);
  expect(bad.err).toContain('steps.0.seats');
  writeFileSync(file, 'nothing');
  expect((await reeve(here, 'restructure', 'plan', file)).err).toContain('cannot be read as steps');
});
