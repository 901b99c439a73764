import { describe, expect, it } from 'vitest';
import { type AgentEvent, KeyTaken, type Launch, Line, launchOf, PROFILE } from '../src/agent/index.ts';

const LAUNCH: Launch = {
  prompt: 'Work {url} "well".',
  url: 'http://127.0.0.1:4600/mcp',
  run: 'R-1',
  workspace: '/w/C-1',
  args: [],
};
const json = (text: string | undefined): unknown => JSON.parse(text ?? 'null');

describe('the command lines of known agents', () => {
  it('[WRK36] Claude Code: https://code.claude.com/docs/en/cli-reference, https://code.claude.com/docs/en/mcp', () => {
    const { args, config, env } = launchOf('claude-code', { ...LAUNCH, model: 'opus', args: ['--max-turns', '30'] });
    expect(args).toEqual([
      ...['-p', 'Work {url} "well".', '--output-format', 'stream-json', '--verbose'],
      ...['--mcp-config', '/w/C-1/.reeve/mcp.json', '--strict-mcp-config', '--allowedTools', 'mcp__reeve'],
      ...['--model', 'opus', '--max-turns', '30'],
    ]);
    expect([config?.path, env]).toEqual(['.reeve/mcp.json', {}]);
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what Claude Code replaces
    const headers = { Authorization: 'Bearer ${REEVE_MCP_TOKEN}' };
    expect(json(config?.text)).toEqual({ mcpServers: { reeve: { type: 'http', url: LAUNCH.url, headers } } });
  });

  it('[WRK36] Codex: https://developers.openai.com/codex/noninteractive, https://developers.openai.com/codex/mcp', () => {
    const { args, config } = launchOf('codex', { ...LAUNCH, model: 'gpt-x', args: ['--color', 'never'] });
    expect(config).toBeNull();
    expect(args).toEqual([
      ...['exec', '--json', '--ephemeral', '--skip-git-repo-check', '--sandbox', 'workspace-write'],
      ...['-c', 'mcp_servers.reeve.url="http://127.0.0.1:4600/mcp"'],
      ...['-c', 'mcp_servers.reeve.bearer_token_env_var="REEVE_MCP_TOKEN"'],
      ...['-c', 'model="gpt-x"', '--color', 'never', 'Work {url} "well".'],
    ]);
  });

  it('[WRK36] Gemini CLI: https://github.com/google-gemini/gemini-cli/blob/main/docs/tools/mcp-server.md', () => {
    const { args, config } = launchOf('gemini-cli', LAUNCH);
    expect(args).toEqual(['--prompt', 'Work {url} "well".', '--output-format', 'json']);
    expect(config?.path).toBe('.gemini/settings.json');
    expect(json(config?.text)).toEqual({
      mcp: { allowed: ['reeve'] },
      mcpServers: {
        reeve: { httpUrl: LAUNCH.url, headers: { Authorization: 'Bearer $REEVE_MCP_TOKEN' }, trust: true },
      },
    });
  });

  it('[WRK36] OpenCode: https://opencode.ai/docs/config/, https://opencode.ai/docs/mcp-servers/', () => {
    const { args, config, env } = launchOf('opencode', { ...LAUNCH, model: 'anthropic/opus' });
    expect(args).toEqual(['run', '--format', 'json', '--model', 'anthropic/opus', 'Work {url} "well".']);
    expect(env).toEqual({ OPENCODE_CONFIG: '/w/C-1/.reeve/opencode.json' });
    const headers = { Authorization: 'Bearer {env:REEVE_MCP_TOKEN}' };
    expect(json(config?.text)).toEqual({
      $schema: 'https://opencode.ai/config.json',
      mcp: { reeve: { type: 'remote', url: LAUNCH.url, enabled: true, headers } },
    });
  });

  it('[WRK36] any other says it itself, and what is put in is not read for more places', () => {
    const { args } = launchOf('plain', { ...LAUNCH, args: ['--task={prompt}', '{config}', '{run}', '{other}'] });
    expect(args).toEqual(['--task=Work {url} "well".', '/w/C-1/.reeve/mcp.json', 'R-1', '{other}']);
    for (const { config } of Object.values(PROFILE)) expect(JSON.stringify(config)).not.toMatch(/seat_/);
  });
});

describe('the line to an agent', () => {
  const used = (text: string) => ({ text, failed: false, refs: [] });

  it('[WRK31] joins the repeat of a call under way, by key or, without one, when it equals the latest', async () => {
    const line = new Line();
    const [a, b] = [line.call('', 'x', { n: 1 }), line.call('', 'x', { n: 1 })];
    const event = (await line.next()) as Extract<AgentEvent, { kind: 'call' }>;
    line.saw(event);
    line.done(event.key, used('one'));
    expect(await a).toEqual(await b);
    // Its answer may not have arrived: the next equal call is the same; after it has, another one.
    expect(await line.call('', 'x', { n: 1 })).toMatchObject({ used: { text: 'one' } });
    line.delivered();
    void line.call('', 'x', { n: 1 });
    expect(await line.next()).toMatchObject({ kind: 'call', key: 'call 2' });
    expect(() => line.call(event.key, 'x', { n: 2 })).toThrow(KeyTaken);
  });

  it('[WRK32] knows what was played before, and answers its repeat', async () => {
    const line = new Line();
    line.saw({ kind: 'call', key: 'k', tool: 'x', args: {} });
    line.done('k', used('before'));
    expect(await line.call('k', 'x', {})).toEqual({ kind: 'reply', used: used('before') });
    expect(line.past()).toEqual([{ tool: 'x', args: {}, answer: 'before' }]);
  });

  it('[WRK33] tells who waits when the run goes no further, and whether his call is in the journal', async () => {
    const line = new Line();
    const [first, second] = [line.call('a', 'x', {}), line.call('b', 'x', {})];
    line.saw(await line.next());
    line.leave();
    expect([await first, await second, await line.call('c', 'x', {})]).toEqual([
      { kind: 'left', taken: true },
      { kind: 'left', taken: false },
      { kind: 'left', taken: false },
    ]);
    line.lapse('silent');
    expect(await line.next()).toMatchObject({ key: 'b' });
    await expect(line.next()).rejects.toMatchObject({ name: 'WorkInterrupted', message: 'silent' });
  });
});
