/** The disk under a data directory: does it keep what it is given, and how fast? */
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Finding, fail, ok, warn } from '../machine.ts';

/** How often a small file is written and synced, and medians that are slow, and too slow, in milliseconds. */
const DISK = { times: 5, slow: 50, stuck: 500 } as const;
const WHY = 'each answer waits for such a write';

/** [CLI97] Measures fsync where the ledger is. A directory that cannot be written is somebody else's finding. */
export async function checkDisk(data: string): Promise<Finding> {
  const file = join(data, `.doctor-${process.pid}.tmp`);
  try {
    return diskFinding(await syncTimes(file));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return ok('disk', 'not looked at: the directory is not there yet');
    if (code === 'ENOSPC' || code === 'EDQUOT')
      return fail('disk', 'full: not even a small file can be written', 'free some space', 'nothing can be recorded');
    if (code === 'EROFS')
      return fail('disk', 'read-only', 'mount it for writing; look at the log of the system for why');
    return fail('disk', `a small file could not be made durable (${code})`, 'look at the log of the system', WHY);
  } finally {
    await rm(file, { force: true }).catch(() => undefined);
  }
}

async function syncTimes(path: string): Promise<number[]> {
  const file = await open(path, 'w', 0o600);
  const times: number[] = [];
  try {
    for (let n = 0; n < DISK.times; n++) {
      const began = performance.now();
      await file.write(Buffer.alloc(4096, n), 0, 4096, 0);
      await file.sync();
      times.push(performance.now() - began);
    }
  } finally {
    await file.close();
  }
  return times.sort((a, b) => a - b);
}

/** @param times of one write and fsync each, milliseconds, rising */
export function diskFinding(times: readonly number[]): Finding {
  const median = times[Math.floor(times.length / 2)] ?? 0;
  const told = `a write reaches it in ${median.toFixed(1)} ms`;
  if (median >= DISK.stuck) return fail('disk', told, 'find out what else writes there, or move to another disk', WHY);
  return median >= DISK.slow ? warn('disk', told, 'a local SSD needs less than 5 ms', WHY) : ok('disk', told);
}
