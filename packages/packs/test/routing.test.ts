import { expect, it } from 'vitest';
import { load, packOf, problemsOf, shopWith } from './helpers.ts';

const ROUTING = `  intake: desk
  routing:
    rules:
      - { id: money, when: 'case.subject.contains("refund")', needs: { topic: refund, unit: support } }
    direct:
      - { id: vip, when: 'case.customer == "big@example.org"', to: owner, because: a large customer }
    unable: owner
    surge: { tell: owner }
  inbox:
    filters:
      - { id: quiet, to: [desk], from: [owner], except: [owner], unit: support, when: 'message.text != ""', because: x }
    between: { policies: [{ id: help, when: 'message.kind == "help"', level: pre-approved }] }
    units: [{ unit: support, inform: [spending] }]
`;
const shop = (from = '', to = '') => shopWith('pack.yaml', '  intake: desk\n', ROUTING.replace(from, to));

it('[PCK130] [PCK131] a pack with routing and rules of inboxes loads, with their defaults', async () => {
  const { settings } = (await packOf(shop())).definition;
  expect(settings.routing).toMatchObject({
    weights: { load: 0.4, experience: 0.3, context: 0.2, success: 0.1 },
    hops: 3,
  });
  expect(settings.inbox).toMatchObject({ spam: { reputation: 0.3, perMinute: 60 }, other: 'routine' });
});

it.each([
  ['[PCK130] a direct line to nobody', 'to: owner', 'to: ownr', 'settings.routing.direct[0].to', /no seat "ownr"/],
  ['[PCK130] nobody for what cannot be done', 'unable: owner', 'unable: x', 'settings.routing.unable', /no seat "x"/],
  [
    '[PCK130] a unit that is not there',
    'unit: support }',
    'unit: suport }',
    'settings.routing.rules[0].needs.unit',
    /suport/,
  ],
  ['[PCK130] a filter for nobody', 'to: [desk]', 'to: [dsk]', 'settings.inbox.filters[0].to[0]', /no seat "dsk"/],
  [
    '[PCK130] a list of no unit',
    'units: [{ unit: support',
    'units: [{ unit: x',
    'settings.inbox.units[0].unit',
    /no unit "x"/,
  ],
  [
    '[PCK131] a rule that is no condition',
    'case.subject.contains("refund")',
    'case.subject',
    'settings.routing.rules[0].when',
    /gives/,
  ],
  [
    '[PCK131] a policy over what is not there',
    'message.kind ==',
    'message.sort ==',
    'settings.inbox.between.policies[0].when',
    /sort/,
  ],
])('%s is refused, with its place', async (_, from, to, field, says) => {
  const [first, ...more] = await problemsOf(shop(from, to));
  expect(more).toEqual([]);
  expect(first).toMatchObject({ file: 'pack.yaml', field, line: expect.any(Number) });
  expect(first!.message).toMatch(says);
});

it('[PCK132] a rule for what no seat declares is a warning', async () => {
  const { warnings } = await load(shop('topic: refund', 'topic: welding'));
  expect(warnings).toMatchObject([{ rule: 'PCK132', field: 'settings.routing.rules[0].needs' }]);
});
