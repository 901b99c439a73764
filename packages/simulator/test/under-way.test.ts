import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const at = (path: string): string => new URL(path, import.meta.url).href;
const ROOT = fileURLToPath(at('../../..'));

/** A process that plays a seed with an index of words that never answers. */
const played = (after: string) => {
  const code = `
    import { loadPlay, simulate } from ${JSON.stringify(at('../src/index.ts'))};
    import { toTheEnd } from ${JSON.stringify(at('../src/under-way.ts'))};
    const never = () => new Promise(() => {});
    const words = (index) => new Proxy(index, { get: () => never });
    const play = await loadPlay('support');
    const options = { seed: 6, play, without: new Set(['W1', 'W2']), seams: { words } };
    const say = (text) => process.stderr.write(text + '\\n');
    await ${after};
  `;
  const loader = ['--import', at('../../../bin/typescript.js'), '--input-type=module', '-e', code];
  return spawnSync(process.execPath, loader, { cwd: ROOT, encoding: 'utf8' });
};

describe('[SIM14] a seed that never ends', () => {
  it('is said, with its time, what it waits for, and how to play it again; and the process fails', () => {
    const { status, stderr } = played('toTheEnd(simulate(options), say)');
    expect(status).toBe(1);
    expect(stderr).toContain('SEED 6 (support) NEVER ENDED');
    expect(stderr).toMatch(
      /stands still at virtual time \d\d:\d\d:\d\d, after \d+ events; what waits: the index of words/,
    );
    expect(stderr).toMatch(/what was to come \(virtual time, event\):\n {2}\d\d:\d\d:\d\d \w/);
    expect(stderr).toContain('again: npm run sim -- --pack support --start 6 --seeds 1 --without W1,W2\n');
  });

  it('is not confused with other work of the process', () => {
    const { status, stderr } = played('toTheEnd(never(), say)');
    expect([status, stderr.includes('no seed is being played')]).toEqual([1, true]);
  });
});
