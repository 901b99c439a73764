import { describe, expect, it } from 'vitest';
import { load, packOf, problemsOf, shopWith } from './helpers.ts';

const MODELS = `models:
  - { id: big, provider: anthropic, name: big-1, secret: anthropic }
  - { id: near, provider: openai-compatible, name: near-1, endpoint: "http://127.0.0.1:8080/v1", price: local }
prices:
  - { id: big-in, of: big, unit: input-tokens, price: "$3.00", per: 1000000, from: "2026-01-01" }
  - { id: big-out, of: big, unit: output-tokens, price: "$15.00", per: 1000000, from: "2026-01-01" }
  - { id: near-in, of: local, unit: input-tokens, price: "$0.00", from: "2026-01-01" }
  - { id: near-out, of: local, unit: output-tokens, price: "$0.00", from: "2026-01-01" }
`;
const SEAT = 'occupant: { principal: refunder, kind: script, script: agents/desk.ts }';
const sat = (occupant: string) => shopWith('organisation.yaml', SEAT, `occupant: { principal: refunder, ${occupant} }`);
const shop = (occupant = 'kind: model, model: big, small: near, fallback: [near]') => ({
  ...sat(occupant),
  'models.yaml': MODELS,
});
const wrong = (from: string, to: string) => shopWith('models.yaml', from, to, shop());

describe('models in a pack', () => {
  it('[PCK123] a seat occupied by a model loads', async () => {
    const { definition } = await packOf(shop());
    expect(definition.models.map(({ id }) => id)).toEqual(['big', 'near']);
    expect(definition.seats.find(({ id }) => id === 'desk')?.occupant).toMatchObject({ kind: 'model', small: 'near' });
  });

  it.each([
    ['[PCK120] without an endpoint', ', endpoint: "http://127.0.0.1:8080/v1"', '', 'models[near].endpoint'],
    ['[PCK120] without a secret', ', secret: anthropic', '', 'models[big].secret'],
    ['[PCK120] in the clear', 'http://127.0.0.1:8080', 'http://models.example', 'models[near].endpoint'],
    ['[PCK121] without room to ask', 'name: big-1', 'name: big-1, context: 5000, output: 4000', 'models[big].output'],
    ['[PCK122] without a price', 'of: local, unit: output-tokens', 'of: local, unit: calls', 'models[near]'],
    ['[PCK8] of an unknown provider', 'provider: anthropic', 'provider: anthropi', 'models[big].provider'],
  ])('%s is refused, with its place', async (_, from, to, field) => {
    const [first, ...more] = await problemsOf(wrong(from, to));
    expect(more).toEqual([]);
    expect(first).toMatchObject({ file: 'models.yaml', field, line: expect.any(Number), hint: expect.any(String) });
  });

  it.each([
    ['kind: model', 'seats[desk].occupant.model', /none is named/],
    ['kind: model, model: bigg', 'seats[desk].occupant.model', /there is no model "bigg"/],
    ['kind: model, model: big, fallback: [naer]', 'seats[desk].occupant.fallback[0]', /there is no model "naer"/],
  ])('[PCK123] an occupant with %s is refused', async (occupant, field, message) => {
    const [first, ...more] = await problemsOf(shop(occupant));
    expect(more).toEqual([]);
    expect(first).toMatchObject({ rule: 'PCK123', field });
    expect(first?.message).toMatch(message);
  });

  it('[PCK124] [PCK125] refuses a program that is not named, and warns of a lease that only agents that connect have', async () => {
    const none = await load({ ...shop('kind: command, lease: 2m, instructions: Be kind') });
    expect(none).toMatchObject({ ok: false, problems: [{ rule: 'PCK125', field: 'seats[desk].occupant.command' }] });
    const named = 'kind: command, lease: 2m, command: { profile: codex, program: /usr/bin/codex }';
    const result = await load({ ...shop(named) });
    expect(result.ok).toBe(true);
    expect(result.warnings.filter(({ rule }) => rule === 'PCK124').map(({ field }) => field)).toEqual([
      'seats[desk].occupant.lease',
    ]);
  });

  it('[PCK124] warns of what only a model would use', async () => {
    const result = await load({ ...shop('kind: script, script: agents/desk.ts, instructions: Be kind') });
    expect(result.ok).toBe(true);
    expect(result.warnings.filter(({ rule }) => rule === 'PCK124').map(({ field }) => field)).toEqual([
      'seats[desk].occupant.instructions',
    ]);
  });
});

describe('context contracts in a pack', () => {
  it('[PCK133] name seats there are, or all of them', async () => {
    const contract = (to: string) =>
      `contexts:\n  - { id: days, purpose: plan, from: ["*"], to: [${to}], keys: [supplier.*] }\n`;
    expect((await packOf({ ...shop(), 'contexts.yaml': contract('desk') })).definition.contexts).toHaveLength(1);
    const problems = await problemsOf({ ...shop(), 'contexts.yaml': contract('nobody') });
    expect(problems.map(({ rule }) => rule)).toContain('PCK133');
  });
});
