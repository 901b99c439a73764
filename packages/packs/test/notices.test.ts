import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { loadPack } from '../src/index.ts';
import { CONNECTORS, folder, load, problemsOf, SHOP, shopWith } from './helpers.ts';

const [PACK, ORG, TOOLS] = ['pack.yaml', 'organisation.yaml', 'tools/orders.yaml'] as const;
const SEND = `  - id: post.send
    tool: post
    effect: irreversible
    args: { to: string, subject: string, body: string }
    config: { sql: "insert" }
`;
const ANN = 'occupant: { principal: ann, kind: human, email: ann@shop.example, mail: [approval] }';

/** The shop, whose owner is asked by mail. */
const FILES = {
  ...SHOP,
  [PACK]: SHOP[PACK]!.replace('settings:\n', 'settings:\n  notices: { send: post.send, valid: 2d }\n'),
  [ORG]: SHOP[ORG]!.replace('occupant: { principal: ann, kind: human }', ANN),
  [TOOLS]: SHOP[TOOLS]!.replace(
    'tools:\n',
    'tools:\n  - { id: post, connector: sqlite, config: { file: post.db } }\n',
  ).replace('capabilities:\n', `capabilities:\n${SEND}`),
};
const brief = async (file: string, from: string, to: string) =>
  (await problemsOf(shopWith(file, from, to, FILES))).map(({ rule, field }) => [rule, field]).sort();

describe('people who are asked by mail', () => {
  it('[PCK150] [PCK74] are asked through a capability that sends, and that no seat needs a right to', async () => {
    expect(await load(FILES)).toMatchObject({ ok: true, warnings: [] });
    const field = 'settings.notices.send';
    expect(await brief(PACK, 'send: post.send', 'send: post.sent')).toEqual([['PCK150', field]]);
    expect(await brief(PACK, 'send: post.send', 'send: orders.refund')).toEqual([
      ['PCK150', field],
      ['PCK151', field],
    ]);
  });

  it('[PCK151] (T19) by an account that nobody here reads: a link decides for whoever comes upon it', async () => {
    const read = '  - { id: post.read, tool: post, effect: read, args: {}, config: { sql: "select" } }\n';
    const problems = await problemsOf(shopWith(TOOLS, 'capabilities:\n', `capabilities:\n${read}`, FILES));
    expect(problems).toMatchObject([
      { rule: 'PCK151', message: expect.stringContaining('"post.read" reads the mailbox') },
    ]);
  });

  it('[PCK151] nor through another tool on the same account', async () => {
    const two = `tools:
  - { id: post, connector: mail, config: { user: Desk } }
  - { id: desk, connector: mail, config: { user: desk } }
`;
    const read = '  - { id: desk.read, tool: desk, effect: read, args: {}, config: { sql: "select" } }\n';
    const tools = FILES[TOOLS].replace('tools:\n  - { id: post, connector: sqlite, config: { file: post.db } }\n', two);
    const files = { ...FILES, [TOOLS]: tools.replace('capabilities:\n', `capabilities:\n${read}`) };
    const mail = { config: z.strictObject({ user: z.string() }), capabilityConfig: z.any() };
    const loaded = await loadPack(await folder(files), { connectors: { ...CONNECTORS, mail } });
    expect(loaded).toMatchObject({
      ok: false,
      problems: [{ rule: 'PCK151', message: expect.stringContaining('desk.read') }],
    });
  });

  it('[PCK152] have an address, and are people in an organisation that sends mail', async () => {
    expect(await brief(ORG, 'email: ann@shop.example, ', '')).toEqual([['PCK152', 'seats[owner].occupant.mail']]);
    const warned = async (files: Record<string, string>) => {
      const loaded = await load(files);
      return loaded.ok ? loaded.warnings.map(({ rule, message }) => [rule, message]) : loaded;
    };
    const none = { ...FILES, [PACK]: SHOP[PACK]! };
    expect((await warned(none)) as unknown[]).toContainEqual([
      'PCK152',
      'nothing says by which capability mail is sent',
    ]);
    const agent = 'email: desk@shop.example, mail: [task] }';
    const desk = shopWith(
      ORG,
      'kind: script, script: agents/desk.ts }',
      `kind: script, script: agents/desk.ts, ${agent}`,
      FILES,
    );
    expect(await warned(desk)).toEqual([['PCK152', 'a "script" is sent no mail']]);
  });
});
