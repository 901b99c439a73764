/** Services and complaints over the command line and HTTP. */
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningServer, startServer } from '@reeve/server';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { reeve, SUPPORT, temporary } from './support/cli.ts';

const folders: (() => void)[] = [];
const data = temporary((work) => folders.push(work));
const pack = join(
  temporary((remove) => folders.push(remove)),
  'pack',
);
const here = { data };
let server: RunningServer;

const CATALOGUE = `services:
  - id: parcel-trace
    seat: orders-specialist
    title: Trace a parcel
    within: 4h
    price: $1.50
    input: { parcel: string }
    output: { place: string }
`;

beforeAll(async () => {
  cpSync(SUPPORT, pack, { recursive: true });
  writeFileSync(join(pack, 'organisation', 'services.yaml'), CATALOGUE);
  expect((await reeve(here, 'apply', pack, '--yes')).err).toBe('');
  server = await startServer({ data, port: 0, work: false });
  const body = { subject: 'Broken', customer: 'lee@post.example' };
  await server.house.runtime.submit({ id: 'c', kind: 'case.open', actor: { principal: 'owner' }, body });
});
afterAll(async () => {
  await server.close();
  for (const remove of folders) remove();
});

const text = async (...argv: string[]) => {
  const { code, out, err } = await reeve(here, ...argv);
  expect([code, err]).toEqual([0, '']);
  return out;
};

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
  const principal = await server.house.runtime.read(
    (s) => s.organisation.seats.get('billing-specialist')!.occupant!.principal,
  );
  await server.house.runtime.submit({
    ...{ id: '', kind: 'complaint.account', actor: { principal, seat: 'billing-specialist' } },
    body: { complaint: 'CO-1', text: 'we were short' },
  });
  expect(await text('complaints', 'answer', 'co-1', 'you will have it', '--improve', 'call')).toContain('is answered');
  expect(await text('complaints', 'list', '--all')).toContain('billing-specialist: we were short');
});
