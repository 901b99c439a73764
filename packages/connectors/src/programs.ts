/** Programs that are no tools: run like those of `shell`, in the workspace of a case. For whoever starts agents. */
import { closeSync, constants, mkdirSync, openSync, realpathSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { inFolder, openFolder } from './shared/folder.ts';

export { canIsolate } from './shell/client.ts';
export { type Order, run as runProgram } from './shell/process.ts';
export type { Ended } from './shell/wire.ts';

const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;

/** The workspace of that name below `parent`, made when missing; its real path. */
export function workspaceAt(parent: string, name: string): string {
  mkdirSync(join(parent, name), { recursive: true });
  const folder = openFolder(join(parent, name));
  closeSync(folder.fd);
  return realpathSync(join(parent, name));
}

/** Put a file into a workspace in place of whatever an earlier program left there; no link is followed [T11]. */
export function putFile(workspace: string, path: string, text: string): void {
  const segments = path.split('/');
  const name = segments.pop()!;
  const root = openFolder(workspace);
  try {
    inFolder(root, segments, true, (folder) => {
      rmSync(join(folder.path, name), { force: true, recursive: true });
      const fd = openSync(join(folder.path, name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
      try {
        writeSync(fd, text);
      } finally {
        closeSync(fd);
      }
    });
  } finally {
    closeSync(root.fd);
  }
}
