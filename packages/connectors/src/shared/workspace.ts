/** Where a tool with a workspace works: one folder of its own, or one for each case. */
import { closeSync, fstatSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Call, OpenContext } from '../port.ts';
import { refused } from './call.ts';
import { type Folder, inFolder, openFolder } from './folder.ts';
import { relativePath } from './paths.ts';

const CASE = /^C-\d{1,15}$/;

/** The fields of a tool's configuration that say where it works. */
export const workspaceFields = {
  /** `tool`: one folder for all cases. `case`: each case has its own, shared with other tools that say so. */
  workspace: z.enum(['tool', 'case']),
  /** Folder in the tool's directory, for `workspace: tool`. */
  root: relativePath.default('files'),
};

export interface Workspaces {
  /** Folder the workspaces lie in. */
  readonly parent: string;
  /** Name of the workspace of `call` below `parent`. Throws a deterministic `ToolError` when there is none. */
  nameFor(call: Call): string;
  /** Open a workspace, created when missing, for the time of `use`. It is never a link. */
  within<T>(name: string, use: (root: Folder) => T): T;
}

export function workspacesOf(
  context: OpenContext,
  config: { readonly workspace: 'tool' | 'case'; readonly root: string },
): Workspaces {
  const perCase = config.workspace === 'case';
  const parent = perCase ? (context.workspaces ?? join(context.directory, 'workspaces')) : context.directory;
  mkdirSync(parent, { recursive: true });
  if (!perCase) within(parent, config.root, () => undefined);
  return {
    parent,
    nameFor: (call) => {
      if (!perCase) return config.root;
      if (call.case !== undefined && CASE.test(call.case)) return call.case;
      throw refused(`${call.capability.id} works in the workspace of a case; ask for it as part of a case`);
    },
    within: (name, use) => within(parent, name, use),
  };
}

function within<T>(parent: string, name: string, use: (root: Folder) => T): T {
  const folder = openFolder(parent);
  try {
    return inFolder(folder, name.split('/'), true, (root) => {
      assertSameMount(folder, root);
      return use(root);
    }) as T;
  } finally {
    closeSync(folder.fd);
  }
}

/** A folder below another can be a mount point: another volume, or the same one bound from elsewhere [T10]. */
export function assertSameMount(root: Folder, folder: Folder): void {
  if (sameMount(root, folder)) return;
  throw refused('the path leads to another volume; use a path on the volume of the workspace');
}

export function sameMount(a: Folder, b: Folder): boolean {
  return fstatSync(a.fd).dev === fstatSync(b.fd).dev && mountOf(a) === mountOf(b);
}

/** The kernel's number of the mount an open folder is on; undefined where there is no /proc. */
function mountOf({ fd }: Folder): string | undefined {
  try {
    return /^mnt_id:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1];
  } catch {
    return undefined;
  }
}
