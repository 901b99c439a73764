import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const HERE = import.meta.dirname;
const RUN = join(HERE, '../../bin/run.js');
const RUNNER = join(HERE, '../../node_modules/@modelcontextprotocol/conformance/dist/index.js');

/** What a program of Node wrote, and its exit code. */
async function node(...argv: string[]): Promise<{ code: number; out: string }> {
  const child = spawn(process.execPath, argv, { cwd: tmpdir(), stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      out += chunk;
    });
  const [code] = (await once(child, 'close')) as [number];
  return { code, out };
}

/** The fixture, served while `work` runs. */
async function served<T>(work: (url: string) => Promise<T>): Promise<T> {
  const child = spawn(process.execPath, [RUN, join(HERE, 'server.ts')], {
    cwd: join(HERE, '../..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    return await work(`http://localhost:${/ready (\d+)/.exec(String(line))?.[1]}/mcp`);
  } finally {
    child.kill();
  }
}

describe('the official MCP conformance runner over the endpoint that serves seats', () => {
  it.each(['2026-07-28', '2025-11-25'])(
    '[SRV118] passes every scenario that %s requires but those listed with their reasons',
    async (revision) => {
      const { code, out } = await served((url) =>
        node(
          ...['--import', join(HERE, 'node20.mjs'), RUNNER, 'server', '--url', url, '--requirements', revision],
          ...['--expected-failures', join(HERE, `expected-failures-${revision}.yml`)],
        ),
      );
      expect(code, out.slice(-4000)).toBe(0);
      const required = revision === '2026-07-28' ? 37 : 20;
      expect(out.match(/^✓ /gm)?.length ?? 0).toBeGreaterThanOrEqual(required);
    },
    240_000,
  );
});

/** Required of clients; those named `auth/…` are not run: Reeve's client knows no OAuth, a token is a secret of the pack. */
const CLIENT = [
  ...['tools_call', 'request-metadata', 'http-standard-headers', 'http-custom-headers', 'http-invalid-tool-headers'],
  ...['json-schema-ref-no-deref', 'sep-2322-client-request-state'],
];

describe('the official MCP conformance runner with the mcp tool as its client', () => {
  const client = `${process.execPath} ${RUN} ${join(HERE, 'client.ts')}`;
  it.each(CLIENT)(
    '[CON160] [CON127] [CON128] passes %s, or fails it for the reason that is written down',
    async (scenario) => {
      const { code, out } = await node(
        ...['--import', join(HERE, 'node20.mjs'), RUNNER, 'client', '--command', client],
        ...['--scenario', scenario, '--spec-version', '2026-07-28', '--timeout', '60000'],
        ...['--expected-failures', join(HERE, 'expected-failures-client-2026-07-28.yml')],
      );
      expect(code, out.slice(-4000)).toBe(0);
    },
    120_000,
  );
});
