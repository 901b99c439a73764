import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Call, CallResult, Connector, OpenContext, Tool } from '../port.ts';
import { ToolError } from '../port.ts';
import { assertWanted, landed, refused } from '../shared/call.ts';
import { configured, parseConfig } from '../shared/capabilities.ts';
import { closable } from '../shared/closing.ts';
import { assertNoSecret, cleaned, secretsFor } from '../shared/credentials.ts';
import { openPlans, type Plan, type Plans, unknownOutcome } from '../shared/planned.ts';
import { GitError, type GitRun, git, remoteFailure } from './run.ts';
import {
  branchOf,
  type Change,
  changesOf,
  type GitCapability,
  type GitConfig,
  gitCapability,
  gitConfig,
  gitPath,
  MAX_FILE,
  messageOf,
  otherVersion,
  versionOf,
  writableBranch,
  writesGit,
} from './wire.ts';

/** A repository, read and changed through a bare copy: no working folder, no hooks, nothing of it is ever run. */
export const gitConnector: Connector = {
  id: 'git',
  config: gitConfig,
  capabilityConfig: gitCapability,
  open: async (context) => openGit(context),
};

/** `name` is the commit that is pushed; `old` where the branch must be, empty when it must not be there. */
interface GitPlan extends Plan {
  readonly branch: string;
  readonly old: string;
  readonly result: CallResult;
}

interface Repository {
  readonly context: OpenContext;
  readonly config: GitConfig;
  readonly folder: string;
  readonly plans: Plans<GitPlan>;
  readonly closing: AbortController;
  /** The copy is changed by one call at a time. */
  turn: Promise<unknown>;
}

function openGit(context: OpenContext): Tool {
  const config = parseConfig(gitConfig, context.tool.config, `tool ${context.tool.id}`);
  const capabilities = configured(context, gitCapability, writesGit);
  const closing = new AbortController();
  const plans = openPlans<GitPlan>(join(context.directory, '.reeve', 'plans.db'), {
    find: (plan) => find(repository, plan),
  });
  const folder = join(context.directory, 'repository.git');
  const repository: Repository = { context, config, folder, plans, closing, turn: Promise.resolve() };
  return closable({
    call: async (call) => {
      const found = capabilities.get(call.capability.id)?.config;
      if (!found) throw refused(`${call.capability.id} is not a capability of this tool; apply the pack again`);
      assertWanted(call);
      return carryOut(repository, found, call);
    },
    lookup: (key) => plans.lookup(key),
    health: () => healthOf(repository),
    close: async () => {
      closing.abort();
      await repository.turn;
      plans.close();
    },
  });
}

async function carryOut(repository: Repository, action: GitCapability, call: Call): Promise<CallResult> {
  const { run, redactor, check } = await runFor(repository, call.seat, call.signal);
  check(call);
  const acts = {
    read: () => read(run, call),
    list: () => list(run, call),
    log: () => log(run, call, action.action === 'log' ? action.limit : 1),
    diff: () => diff(run, call),
    commit: () => commit(repository, run, call, action.action === 'commit' ? action.below : undefined),
    merge: () => merge(repository, run, call),
  };
  try {
    return redactor.clean(await acts[action.action]());
  } catch (error) {
    throw cleaned(
      error instanceof GitError ? new ToolError('transient', error.message) : error,
      redactor,
      call.capability.id,
    );
  }
}

async function runFor({ context, config, folder, closing }: Repository, seat: string | undefined, signal: AbortSignal) {
  const secrets = await secretsFor(context.secret, config.password ? [config.password.secret] : [], seat);
  const password = config.password && secrets.values.get(config.password.secret);
  const run: GitRun = { folder, config, password, signal: AbortSignal.any([signal, closing.signal]) };
  return { run, redactor: secrets.redactor, check: (call: Call) => assertNoSecret(call, secrets) };
}

/** Do `work` when what was begun before is over: two fetches at once would be in each other's way. */
function inTurn<T>(repository: Repository, work: () => Promise<T>): Promise<T> {
  const next = repository.turn.then(work);
  repository.turn = next.catch(() => undefined);
  return next;
}

/** The commit of a branch at the remote, with what belongs to it, or undefined. */
async function tipOf(run: GitRun, branch: string): Promise<string | undefined> {
  if (!existsSync(join(run.folder, 'HEAD'))) {
    mkdirSync(run.folder, { recursive: true });
    await git(run, ['init', '--quiet', '--bare']);
  }
  const ref = `refs/heads/${branch}`;
  try {
    const listed = (await git(run, ['ls-remote', '--', run.config.remote, ref], { remote: true })).toString('utf8');
    const [tip] = listed.split('\t');
    if (!tip) return undefined;
    const known = await git(run, ['cat-file', '-e', `${tip}^{commit}`]).then(
      () => true,
      () => false,
    );
    if (!known)
      await git(run, ['fetch', '--quiet', '--no-tags', '--', run.config.remote, `+${ref}:${ref}`], { remote: true });
    return tip;
  } catch (error) {
    throw remoteFailure(error);
  }
}

async function tipFor(run: GitRun, branch: string): Promise<string> {
  const tip = await tipOf(run, branch);
  if (tip !== undefined) return tip;
  throw refused(`there is no branch "${branch}" at the remote; look at its name`);
}

async function read(run: GitRun, call: Call): Promise<CallResult> {
  const path = gitPath(call);
  const tip = await tipFor(run, branchOf(call, run.config.base));
  const entry = (await git(run, ['ls-tree', '-l', '-z', tip, '--', path])).toString('utf8').split('\0')[0] ?? '';
  const [, mode, , size] = /^(\d+) (\w+) [0-9a-f]+ +(\d+|-)\t/.exec(entry) ?? [];
  if (mode === undefined || !mode.startsWith('100')) return { value: { found: false }, version: tip };
  if (Number(size) > MAX_FILE) throw refused(`the file has ${size} bytes; at most ${MAX_FILE} are read`);
  const bytes = await git(run, ['cat-file', 'blob', `${tip}:${path}`]);
  const content = new TextDecoder('utf-8').decode(bytes);
  if (content.includes('\0')) throw refused('the file is not text; it is not read here');
  return { value: { found: true, content, version: tip }, version: tip };
}

async function list(run: GitRun, call: Call): Promise<CallResult> {
  const path = gitPath(call, true);
  const tip = await tipFor(run, branchOf(call, run.config.base));
  const listed = await git(run, ['ls-tree', '-z', '-l', tip, '--', ...(path === '' ? [] : [`${path}/`])]);
  const rows = listed
    .toString('utf8')
    .split('\0')
    .flatMap((line) => {
      const [, mode = '', size, name] = /^(\d+) \w+ [0-9a-f]+ +(\d+|-)\t(.*)$/s.exec(line) ?? [];
      return name === undefined ? [] : [{ path: name, folder: mode.startsWith('04'), size: Number(size) || 0 }];
    });
  return { value: { rows: rows.slice(0, 1000), count: Math.min(rows.length, 1000), version: tip }, version: tip };
}

async function log(run: GitRun, call: Call, limit: number): Promise<CallResult> {
  const path = gitPath(call, true);
  const tip = await tipFor(run, branchOf(call, run.config.base));
  const format = '--format=%H%x00%aI%x00%an%x00%B%x00';
  const said = await git(run, ['log', '-z', format, `-n${limit}`, tip, '--', ...(path === '' ? [] : [path])]);
  const parts = said.toString('utf8').split('\0');
  const rows: Record<string, unknown>[] = [];
  for (let at = 0; at + 3 < parts.length; at += 5) {
    const [commit, date, author, message] = parts.slice(at, at + 4);
    rows.push({ commit: commit?.trim(), date, author, message: message?.trim() });
  }
  return { value: { rows, count: rows.length }, version: tip };
}

async function diff(run: GitRun, call: Call): Promise<CallResult> {
  const tip = await tipFor(run, branchOf(call));
  const base = await tipFor(run, run.config.base);
  const said = await git(run, ['diff', '--no-ext-diff', '--no-textconv', '--no-color', `${base}...${tip}`, '--']);
  const text = said.subarray(0, MAX_FILE).toString('utf8');
  return { value: { diff: text, cut: said.length > MAX_FILE, version: tip }, version: tip };
}

async function commit(
  repository: Repository,
  run: GitRun,
  call: Call,
  below: readonly string[] | undefined,
): Promise<CallResult> {
  const { config, plans } = repository;
  const branch = writableBranch(call, config);
  const [changes, message, expected] = [changesOf(call, below), messageOf(call), versionOf(call)];
  const prepare = () =>
    inTurn(repository, async (): Promise<GitPlan> => {
      const old = await tipOf(run, branch);
      if (expected !== undefined && expected !== (old ?? '')) throw otherVersion(branch);
      const parent = old ?? (await tipFor(run, config.base));
      const made = await madeCommit(run, parent, changes, message, call);
      return planOf(repository, call, branch, old ?? '', made, {
        branch,
        commit: made,
        files: changes.map(({ path }) => path),
      });
    });
  return plans.once(call, prepare, (plan, mark) => inTurn(repository, () => push(run, plan, mark)));
}

function planOf(
  repository: Repository,
  call: Call,
  branch: string,
  old: string,
  name: string,
  value: Record<string, unknown>,
): GitPlan {
  const result = landed(`git:${repository.config.remote}/${branch}`, call, value, name);
  return { capability: call.capability.id, seat: call.seat, name, branch, old, result };
}

/** A commit on top of `parent`, made of parts only: what is in the repository is neither checked out nor filtered. */
async function madeCommit(
  run: GitRun,
  parent: string,
  changes: readonly Change[],
  message: string,
  call: Call,
): Promise<string> {
  const env = {
    GIT_INDEX_FILE: join(run.folder, `index-${createHash('sha256').update(call.key).digest('hex').slice(0, 16)}`),
  };
  await git(run, ['read-tree', parent], { env });
  const lines = [];
  for (const { path, content } of changes) lines.push(await indexLine(run, parent, path, content));
  await git(run, ['update-index', '-z', '--index-info'], { env, input: lines.join('') });
  const tree = (await git(run, ['write-tree'], { env })).toString('utf8').trim();
  if (tree === (await git(run, ['rev-parse', `${parent}^{tree}`])).toString('utf8').trim())
    throw refused('the files are already like that; nothing would change');
  const [, name = '', email = ''] = /^(.*) <(.*)>$/.exec(run.config.author) ?? [];
  const date = `${Math.floor(call.now / 1000)} +0000`;
  const who = { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: date };
  const by = { GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email, GIT_COMMITTER_DATE: date };
  const text = `${message}\n\nReeve-Operation: ${call.operation}\n`;
  return (await git(run, ['commit-tree', tree, '-p', parent], { env: { ...who, ...by }, input: text }))
    .toString('utf8')
    .trim();
}

/** An existing file keeps its mode; links, submodules and folders are never replaced. */
async function indexLine(run: GitRun, parent: string, path: string, content: string | null): Promise<string> {
  const entry = (await git(run, ['ls-tree', '-z', parent, '--', path])).toString('utf8');
  const mode = /^(\d+) /.exec(entry)?.[1];
  if (mode !== undefined && !mode.startsWith('100'))
    throw refused(`"${path}" is no plain file; it is not changed here`);
  if (content === null && mode === undefined) throw refused(`there is no "${path}" to delete`);
  if (content === null) return `0 ${'0'.repeat(parent.length)}\t${path}\0`;
  const blob = (await git(run, ['hash-object', '-w', '--stdin'], { input: content })).toString('utf8').trim();
  return `${mode ?? '100644'} ${blob}\t${path}\0`;
}

/** The branch goes from `old` to the commit, or nothing happens: whatever else is pushed meanwhile is not lost. */
async function push(run: GitRun, { branch, old, name, result }: GitPlan, mark: () => void): Promise<CallResult> {
  const ref = `refs/heads/${branch}`;
  mark();
  try {
    const lease = `--force-with-lease=${ref}:${old}`;
    await git(run, ['push', '--quiet', '--no-verify', '--atomic', lease, '--', run.config.remote, `${name}:${ref}`], {
      remote: true,
    });
    return result;
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    if (/stale info|\[rejected\]|fetch first/.test(error.message)) throw otherVersion(branch);
    if (/remote rejected|pre-receive hook declined|protected branch/.test(error.message))
      throw new ToolError('governance', `the repository refused it: ${error.message}; nothing was changed`);
    const failure = remoteFailure(error);
    if (failure instanceof ToolError && failure.category !== 'transient') throw failure;
    throw unknownOutcome(error.message);
  }
}

async function merge(repository: Repository, run: GitRun, call: Call): Promise<CallResult> {
  const { base } = repository.config;
  const [from, expected] = [branchOf(call), versionOf(call)];
  const prepare = () =>
    inTurn(repository, async (): Promise<GitPlan> => {
      const tip = await tipFor(run, from);
      if (expected !== undefined && expected !== tip) throw otherVersion(from);
      const old = await tipFor(run, base);
      if (!(await isAncestor(run, old, tip)))
        throw refused(`"${base}" has gone on without "${from}"; bring "${from}" up to date first`);
      return planOf(repository, call, base, old, tip, { branch: base, commit: tip, from });
    });
  return repository.plans.once(call, prepare, (plan, mark) => inTurn(repository, () => push(run, plan, mark)));
}

const isAncestor = (run: GitRun, old: string, tip: string): Promise<boolean> =>
  git(run, ['merge-base', '--is-ancestor', old, tip]).then(
    () => true,
    (error: unknown) => {
      if (error instanceof GitError && error.status === 1) return false;
      throw error;
    },
  );

/** A push on its way can do nothing once the branch is not where it expects it: what is seen now is final. */
async function find(repository: Repository, plan: GitPlan): Promise<CallResult | null> {
  const { run } = await runFor(repository, plan.seat, repository.closing.signal);
  return inTurn(repository, async () => {
    const tip = await tipOf(run, plan.branch).catch((error: Error) => {
      throw unknownOutcome(error.message);
    });
    if (tip === undefined || tip === plan.old) return null;
    const there = tip === plan.name || (await isAncestor(run, plan.name, tip));
    return there ? plan.result : null;
  });
}

async function healthOf(repository: Repository): Promise<{ ok: boolean; message: string }> {
  const { remote, base } = repository.config;
  try {
    const { run } = await runFor(repository, undefined, repository.closing.signal);
    const tip = await inTurn(repository, () => tipOf(run, base));
    return tip === undefined
      ? { ok: false, message: `${remote} has no branch "${base}"` }
      : { ok: true, message: `${remote} answers` };
  } catch (error) {
    return { ok: false, message: `${remote}: ${(error as Error).message}` };
  }
}
