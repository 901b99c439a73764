/** Services and complaints over the command line and HTTP. */
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { reeve, SUPPORT, temporary } from './support/cli.ts';
import { office } from './support/office.ts';

const CATALOGUE = `services:
  - id: parcel-trace
    seat: orders-specialist
    title: Trace a parcel
    within: 4h
    price: $1.50
    input: { parcel: string }
    output: { place: string }
`;

const pack = join(temporary(afterAll), 'pack');
cpSync(SUPPORT, pack, { recursive: true });
writeFileSync(join(pack, 'organisation', 'services.yaml'), CATALOGUE);
const { here, text, order, as } = office({ pack });
beforeAll(() => order('case.open', { subject: 'Broken', customer: 'lee@post.example' }));

it('[CLI193] [SVC6] [SVC3] [R-D57] finds a service by need, shows its contract, and asks for it', async () => {
  const found = await text('directory', 'find', 'trace a parcel');
  expect(found).toContain('parcel-trace  Trace a parcel');
  expect(found).toContain('by orders-specialist; within 4 hours, $1.50; not measured yet; now');
  expect(found).toContain('takes parcel (string); gives place (string)');
  const request = ['directory', 'request', 'parcel-trace', '--case', 'c-1'];
  const bad = await reeve(here, ...request, '--input', 'parcle=P1');
  expect(bad.err).toContain('unknown field "parcle"');
  expect(await text(...request, '--input', 'parcel="17"')).toContain('T-1: asked for parcel-trace');
  expect(await text('directory', 'find', 'submarine')).toBe('no service fits\n');
});

it('[CLI193] [CMP2] [CMP4] [R-C8] raises a complaint, says who answers it, and answers it once', async () => {
  expect(await text('complaints')).toBe('no complaints\n');
  const raised = await text('complaints', 'raise', 'no answer for a week', '--seat', 'billing-specialist');
  expect(raised).toContain('CO-1 is raised');
  const open = await text('complaints');
  expect(open).toContain('about billing-specialist');
  const early = await reeve(here, 'complaints', 'answer', 'co-1', 'tomorrow');
  expect(early.err).toContain('billing-specialist may still give an account');
  await as('billing-specialist', 'complaint.account', { complaint: 'CO-1', text: 'we were short' });
  expect(await text('complaints', 'answer', 'co-1', 'you will have it', '--improve', 'call')).toContain('is answered');
  expect(await text('complaints', 'list', '--all')).toContain('billing-specialist: we were short');
});
