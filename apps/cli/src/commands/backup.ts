import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { type Context, print } from '../context.ts';
import { backups } from '../house.ts';
import { readOrganisation } from '../layout.ts';
import { backupText, checkText, restoreText } from '../text/backup.ts';

/** `reeve backup`: beside a running server or without one. */
export async function backup(context: Context, to: string, options: { readonly keys?: string }): Promise<void> {
  const { organisation } = await readOrganisation(context.data);
  const { takeBackup } = await backups();
  const here = (path: string) => resolve(context.io.cwd, path);
  const keys = options.keys === undefined ? {} : { keys: here(options.keys) };
  const taken = await takeBackup({ data: context.data, organisation, to: here(to), ...keys });
  print(context, taken, () => backupText(taken));
}

/** `reeve check-backup`: without a server, and without a data directory. */
export async function check(context: Context, dir: string): Promise<void> {
  const { checkBackup } = await backups();
  const path = resolve(context.io.cwd, dir);
  const head = await checkBackup({ path, room: tmpdir() });
  print(context, { path, head }, () => checkText(path, head));
}

interface RestoreFlags {
  readonly keys?: string;
  readonly erased?: string;
}

/** `reeve restore`: makes the data directory, which must not hold anything yet. */
export async function restore(context: Context, from: string, options: RestoreFlags): Promise<void> {
  const { restoreBackup } = await backups();
  const here = (path: string) => resolve(context.io.cwd, path);
  const restored = await restoreBackup({
    from: here(from),
    data: context.data,
    ...(options.keys === undefined ? {} : { keys: here(options.keys) }),
    ...(options.erased === undefined ? {} : { erased: here(options.erased) }),
  });
  print(context, restored, () => restoreText(restored));
}
