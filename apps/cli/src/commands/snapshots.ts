import { resolve } from 'node:path';
import type { ResponseOf } from '@reeve/protocol';
import { withClient } from '../connect.ts';
import { type Context, print } from '../context.ts';
import { countText, plural } from '../text/quantities.ts';
import { safe } from '../text/table.ts';
import { idOf } from './pages.ts';

const snapshotId = (text: string): string => idOf(text, 'DS', 'snapshot', 'reeve desk show');

function takenText(seat: string, taken: ResponseOf<'takeSnapshot'>): string {
  const { snapshot, files, bytes, added, changed, conflicts, root, seq } = taken;
  const said = `${snapshot} of ${seat}: ${plural(files, 'file')}, ${countText(bytes)} bytes, ${countText(added)} stored, ${changed} changed (${root.slice(0, 12)}, record ${seq})\n`;
  const both = conflicts.map((path) => `both sides changed ${safe(path)}; the other one is ${safe(path)}.theirs\n`);
  return said + both.join('');
}

/** `reeve desk snapshot` */
export async function take(
  context: Context,
  id: string,
  directory: string,
  options: { branch: string; purpose: string },
): Promise<void> {
  await withClient(context, async ({ client }) => {
    const taken = await client.takeSnapshot({ id, directory: resolve(directory), ...options });
    print(context, taken, takenText(id, taken));
  });
}

/** `reeve desk branch` */
export async function branch(
  context: Context,
  [seat, name, given]: readonly [string, string, string],
  { purpose }: { purpose: string },
): Promise<void> {
  const from = snapshotId(given);
  await withClient(context, async ({ client }) => {
    const made = await client.command({ kind: 'desk.branch', body: { seat, branch: name, from, purpose } });
    print(context, made, `${name} begins at ${from} (record ${made.seq})\n`);
  });
}

/** `reeve desk close-branch` */
export async function closeBranch(
  context: Context,
  seat: string,
  name: string,
  { reason }: { reason: string },
): Promise<void> {
  await withClient(context, async ({ client }) => {
    const done = await client.command({ kind: 'desk.close_branch', body: { seat, branch: name, reason } });
    print(context, done, `closed: ${name} (record ${done.seq})\n`);
  });
}

/** `reeve desk merge` */
export async function merge(
  context: Context,
  id: string,
  from: string,
  options: { into: string; purpose: string },
): Promise<void> {
  await withClient(context, async ({ client }) => {
    const taken = await client.mergeDesk({ id, from, ...options });
    print(context, taken, takenText(id, taken));
  });
}

/** `reeve desk restore` */
export async function restore(context: Context, id: string, given: string, directory: string): Promise<void> {
  const snapshot = snapshotId(given);
  await withClient(context, async ({ client }) => {
    const done = await client.restoreDesk({ id, snapshot, directory: resolve(directory) });
    const gone = done.erased.map((path) => `erased with its customer: ${safe(path)}\n`).join('');
    print(
      context,
      done,
      `${plural(done.files, 'file')} of ${snapshot} in ${directory} (${done.root.slice(0, 12)})\n${gone}`,
    );
  });
}

/** `reeve desk changes` */
export async function changes(context: Context, id: string, from: string, to: string): Promise<void> {
  await withClient(context, async ({ client }) => {
    const found = await client.compareDesk({ id, from: snapshotId(from), to: snapshotId(to) });
    const lines = found.changes.map(({ path, what }) => `${what.padEnd(8)} ${safe(path)}\n`);
    print(context, found, lines.join('') || 'no difference\n');
  });
}
