/**
 * Where tests keep their files: a folder of this run's own, gone after it, and in memory where that is to be had. Tests write
 * thousands of small databases, each of which waits for the disk many times; that a process is killed is the same in memory.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
/** Bytes that must be free there: several times what a whole run keeps at once. */
const ROOM = 4 * 2 ** 30;

function inMemory(): boolean {
  if (!existsSync(MEMORY)) return false;
  const { bavail, bsize } = statfsSync(MEMORY);
  return bavail * bsize >= ROOM;
}

const remove = (folder: string): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });

/** Folders of runs that were killed would stay in memory: their names say whose they are. */
function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    const pid = Number(/^reeve-tests-(\d+)-/.exec(name)?.[1]);
    if (pid === 0 || Number.isNaN(pid) || isAlive(pid)) continue;
    try {
      remove(join(parent, name));
    } catch {
      // A disk that a killed test of crashes had mounted is still there: not this run's business.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** For vitest's `globalSetup`: `os.tmpdir()` is that folder from then on, in workers and in what they start. @returns how to end it */
export default function scratch(): () => void {
  const usual = tmpdir();
  const parent = inMemory() ? MEMORY : usual;
  removeAbandoned(parent);
  const folder = mkdtempSync(join(parent, `reeve-tests-${process.pid}-`));
  // Servers that give up the rights of root must get through.
  chmodSync(folder, 0o1777);
  // What tsx has compiled stays where it is.
  const compiled = `tsx-${process.geteuid?.() ?? 0}`;
  mkdirSync(join(usual, compiled), { recursive: true });
  symlinkSync(join(usual, compiled), join(folder, compiled));
  process.env.TMPDIR = folder;
  return () => remove(folder);
}
