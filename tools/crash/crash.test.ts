/** A short run of each way in which a server ends; long ones: `npm run crash`. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const RUN = join(import.meta.dirname, '../../bin/run.js');
const MAIN = join(import.meta.dirname, 'main.ts');

it.each(['--term', '--wal', '--enospc', '--fsync'])(
  '[RT1, RT3, RT4] the real server under load: %s',
  async (mode) => {
    const args = [RUN, MAIN, mode, '--cycles', '2', '--seed', '3', '--json'];
    const ended = await run(process.execPath, args).catch(
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
    // 2: this user may not mount a small disk, or there is no C compiler for the failing one.
    if ('code' in ended && ended.code === 2) return;
    expect(ended.stderr).toMatch(/cycle 2/);
    if (mode === '--wal') expect(ended.stderr).toMatch(/shows it|0 of \d+ records lost/);
    expect(JSON.parse(ended.stdout)).toMatchObject({ mode: mode.slice(2), cycles: 2, failures: 0 });
  },
  180_000,
);
