import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const HERE = import.meta.dirname;
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
  const child = spawn(process.execPath, ['--import', join(HERE, '../../bin/typescript.js'), join(HERE, 'server.ts')], {
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
