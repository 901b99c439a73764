import { createHash } from 'node:crypto';
import type { Call, CallResult, Connector } from '../port.ts';
import { landed, refused } from '../shared/call.ts';
import { parseConfig } from '../shared/capabilities.ts';
import { fakeConnector } from '../shared/fake.ts';
import { gitConnector } from './client.ts';
import {
  branchOf,
  changesOf,
  type GitCapability,
  gitCapability,
  gitConfig,
  gitPath,
  messageOf,
  otherVersion,
  versionOf,
  writableBranch,
  writesGit,
} from './wire.ts';

interface Commit {
  readonly commit: string;
  readonly date: string;
  readonly author: string;
  readonly message: string;
  readonly files: ReadonlyMap<string, string>;
  readonly parent: Commit | undefined;
}

/** A repository in memory with one empty commit on its base; differences are lists of paths. */
export function fakeGit(): Connector {
  return fakeConnector(gitConnector, gitCapability, (context) => {
    const config = parseConfig(gitConfig, context.tool.config, `tool ${context.tool.id}`);
    const commit = (parent: Commit | undefined, files: Commit['files'], message: string, at: number): Commit => {
      const id = createHash('sha1')
        .update(JSON.stringify([parent?.commit, [...files], message, at]))
        .digest('hex');
      return { commit: id, date: new Date(at).toISOString(), author: config.author, message, files, parent };
    };
    const branches = new Map([[config.base, commit(undefined, new Map(), 'begun', 0)]]);
    const tipFor = (branch: string): Commit => {
      const tip = branches.get(branch);
      if (tip) return tip;
      throw refused(`there is no branch "${branch}" at the remote; look at its name`);
    };
    const committed = (call: Call, below: readonly string[] | undefined): CallResult => {
      const branch = writableBranch(call, config);
      const [changes, message, expected] = [changesOf(call, below), messageOf(call), versionOf(call)];
      const old = branches.get(branch);
      if (expected !== undefined && expected !== (old?.commit ?? '')) throw otherVersion(branch);
      const parent = old ?? tipFor(config.base);
      const files = new Map(parent.files);
      for (const { path, content } of changes) {
        if (content === null && !files.has(path)) throw refused(`there is no "${path}" to delete`);
        if (content === null) files.delete(path);
        else files.set(path, content);
      }
      if (JSON.stringify([...files].sort()) === JSON.stringify([...parent.files].sort()))
        throw refused('the files are already like that; nothing would change');
      const made = commit(parent, files, message, call.now);
      branches.set(branch, made);
      const value = { branch, commit: made.commit, files: changes.map(({ path }) => path) };
      return landed(`git:${config.remote}/${branch}`, call, value, made.commit);
    };
    const merged = (call: Call): CallResult => {
      const [from, expected] = [branchOf(call), versionOf(call)];
      const tip = tipFor(from);
      if (expected !== undefined && expected !== tip.commit) throw otherVersion(from);
      if (!historyOf(tip).includes(tipFor(config.base)))
        throw refused(`"${config.base}" has gone on without "${from}"; bring "${from}" up to date first`);
      branches.set(config.base, tip);
      return landed(
        `git:${config.remote}/${config.base}`,
        call,
        { branch: config.base, commit: tip.commit, from },
        tip.commit,
      );
    };
    return {
      writes: writesGit,
      run: (call: Call, action: GitCapability): CallResult => {
        if (action.action === 'commit') return committed(call, action.below);
        if (action.action === 'merge') return merged(call);
        const tip = tipFor(branchOf(call, action.action === 'diff' ? undefined : config.base));
        if (action.action === 'diff')
          return {
            value: { diff: changedPaths(tipFor(config.base), tip), cut: false, version: tip.commit },
            version: tip.commit,
          };
        const path = gitPath(call, action.action !== 'read');
        return { value: shown(tip, path, action), version: tip.commit };
      },
    };
  });
}

function historyOf(tip: Commit): Commit[] {
  const all: Commit[] = [];
  for (let at: Commit | undefined = tip; at; at = at.parent) all.push(at);
  return all;
}

const changedPaths = (base: Commit, tip: Commit): string =>
  [...new Set([...base.files.keys(), ...tip.files.keys()])]
    .filter((path) => base.files.get(path) !== tip.files.get(path))
    .sort()
    .join('\n');

function shown(tip: Commit, path: string, action: GitCapability): Record<string, unknown> {
  if (action.action === 'read') {
    const content = tip.files.get(path);
    return content === undefined ? { found: false } : { found: true, content, version: tip.commit };
  }
  if (action.action === 'log') {
    const limit = action.limit;
    const touched = historyOf(tip).filter(
      ({ files, parent }) => path === '' || files.get(path) !== parent?.files.get(path),
    );
    const rows = touched
      .slice(0, limit)
      .map(({ commit, date, author, message }) => ({ commit, date, author: author.replace(/ <.*/, ''), message }));
    return { rows, count: rows.length };
  }
  const prefix = path === '' ? '' : `${path}/`;
  const rows = new Map<string, Record<string, unknown>>();
  for (const [name, content] of [...tip.files].filter(([name]) => name.startsWith(prefix)).sort()) {
    const [part = '', ...below] = name.slice(prefix.length).split('/');
    const folder = below.length > 0;
    rows.set(part, { path: `${prefix}${part}`, folder, size: folder ? 0 : Buffer.byteLength(content) });
  }
  return { rows: [...rows.values()], count: rows.size, version: tip.commit };
}
