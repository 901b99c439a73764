/**
 * How agents of the command line are started without a person, and where they read which MCP servers to use. Data: what their
 * public documentation says, at the addresses beside it (read in November 2026). The token stands in no file and in no
 * argument: each of them takes it from the environment.
 */
import type { Profile } from '@reeve/kernel';

export interface ProfileSpec {
  /** Where this is documented. */
  readonly docs: readonly string[];
  /** Arguments; `{prompt}`, `{url}`, `{config}` stand for what they name. */
  readonly args: readonly string[];
  /** Arguments that name a model. */
  readonly model: readonly string[];
  /** Environment besides what every program gets. */
  readonly env: Readonly<Record<string, string>>;
  /** File in the workspace with the MCP server, and what it says; null when the arguments say it. */
  readonly config: { readonly path: string; readonly content: unknown } | null;
}

/** The variable with the token. */
export const TOKEN = 'REEVE_MCP_TOKEN';

const headersWith = (reference: string) => ({ Authorization: `Bearer ${reference}` });

export const PROFILE: Readonly<Record<Profile, ProfileSpec>> = {
  'claude-code': {
    docs: ['https://code.claude.com/docs/en/cli-reference', 'https://code.claude.com/docs/en/mcp'],
    args: [
      ...['-p', '{prompt}', '--output-format', 'stream-json', '--verbose'],
      ...['--mcp-config', '{config}', '--strict-mcp-config', '--allowedTools', 'mcp__reeve'],
    ],
    model: ['--model', '{model}'],
    env: {},
    config: {
      path: '.reeve/mcp.json',
      content: { mcpServers: { reeve: { type: 'http', url: '{url}', headers: headersWith(`\${${TOKEN}}`) } } },
    },
  },
  codex: {
    docs: [
      'https://developers.openai.com/codex/noninteractive',
      'https://developers.openai.com/codex/cli/reference',
      'https://developers.openai.com/codex/mcp',
    ],
    args: [
      ...['exec', '--json', '--ephemeral', '--skip-git-repo-check', '--sandbox', 'workspace-write'],
      ...['-c', 'mcp_servers.reeve.url="{url}"', '-c', `mcp_servers.reeve.bearer_token_env_var="${TOKEN}"`, '{prompt}'],
    ],
    model: ['-c', 'model="{model}"'],
    env: {},
    config: null,
  },
  'gemini-cli': {
    docs: [
      'https://github.com/google-gemini/gemini-cli/blob/main/docs/tools/mcp-server.md',
      'https://geminicli.com/docs/cli/headless/',
    ],
    args: ['--prompt', '{prompt}', '--output-format', 'json'],
    model: ['--model', '{model}'],
    env: {},
    config: {
      path: '.gemini/settings.json',
      content: {
        mcp: { allowed: ['reeve'] },
        mcpServers: { reeve: { httpUrl: '{url}', headers: headersWith(`$${TOKEN}`), trust: true } },
      },
    },
  },
  opencode: {
    docs: [
      'https://opencode.ai/docs/cli/',
      'https://opencode.ai/docs/config/',
      'https://opencode.ai/docs/mcp-servers/',
    ],
    args: ['run', '--format', 'json', '{prompt}'],
    model: ['--model', '{model}'],
    env: { OPENCODE_CONFIG: '{config}' },
    config: {
      path: '.reeve/opencode.json',
      content: {
        $schema: 'https://opencode.ai/config.json',
        mcp: { reeve: { type: 'remote', url: '{url}', enabled: true, headers: headersWith(`{env:${TOKEN}}`) } },
      },
    },
  },
  plain: {
    docs: [],
    args: [],
    model: [],
    env: {},
    config: {
      path: '.reeve/mcp.json',
      content: { mcpServers: { reeve: { type: 'http', url: '{url}', headers: headersWith(`\${${TOKEN}}`) } } },
    },
  },
};

export interface Launch {
  readonly prompt: string;
  readonly url: string;
  readonly run: string;
  /** Absolute path of the workspace. */
  readonly workspace: string;
  readonly model?: string | undefined;
  /** More arguments, from the pack. */
  readonly args: readonly string[];
}

export interface Launched {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly config: { readonly path: string; readonly text: string } | null;
}

/** [WRK36] The command line, environment and configuration of one start. A value put in is never read for other places. */
export function launchOf(profile: Profile, { prompt, url, run, workspace, model, args }: Launch): Launched {
  const spec = PROFILE[profile];
  const config = spec.config === null ? '' : `${workspace}/${spec.config.path}`;
  const known: Readonly<Record<string, string>> = { prompt, url, run, config, model: model ?? '' };
  const put = (text: string) => text.replace(/\{(prompt|url|run|config|model)\}/g, (_, name: string) => known[name]!);
  const chosen = model === undefined ? [] : spec.model;
  // What a program takes as its last argument stays last.
  const last = spec.args.at(-1) === '{prompt}' ? 1 : 0;
  const head = spec.args.slice(0, spec.args.length - last);
  const all = [...head, ...chosen, ...args, ...spec.args.slice(spec.args.length - last)];
  return {
    args: all.map(put),
    env: Object.fromEntries(Object.entries(spec.env).map(([name, value]) => [name, put(value)])),
    config: spec.config && { path: spec.config.path, text: `${put(JSON.stringify(spec.config.content, null, 2))}\n` },
  };
}
