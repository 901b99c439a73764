/** git as a program: no hooks, no settings of this machine, no terminal, no helpers; only the protocols of the tool. */
import { execFile } from 'node:child_process';
import { isIP } from 'node:net';
import { checkedAddresses, resolveName } from '../http/request.ts';
import { ToolError } from '../port.ts';
import type { GitConfig } from './wire.ts';

export interface GitRun {
  /** The bare repository the tool keeps. */
  readonly folder: string;
  readonly config: GitConfig;
  readonly password: string | undefined;
  readonly signal: AbortSignal;
}

export interface RunOptions {
  readonly input?: string | Buffer;
  readonly env?: Readonly<Record<string, string>>;
  /** Does it speak with the remote? */
  readonly remote?: boolean;
}

const MAX_OUTPUT = 16 * 1024 * 1024;

/** Run git in the tool's repository. @returns its output. @throws GitError */
export async function git(
  run: GitRun,
  args: readonly string[],
  { input, env = {}, remote = false }: RunOptions = {},
): Promise<Buffer> {
  const settings = remote ? await remoteSettings(run) : [];
  return new Promise((resolve, reject) => {
    const options = {
      ...{ cwd: run.folder, encoding: 'buffer', maxBuffer: MAX_OUTPUT, timeout: run.config.time, signal: run.signal },
      env: { ...environment(run.folder, settings), ...env },
    } as const;
    const child = execFile('git', args, options, (error, stdout, stderr) => {
      if (!error) resolve(Buffer.from(stdout));
      else
        reject(
          new GitError(
            args[0] ?? '',
            stderr.toString('utf8').trim() || error.message,
            typeof error.code === 'number' ? error.code : -1,
          ),
        );
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input ?? '');
  });
}

/** What git said when it failed. */
export class GitError extends Error {
  readonly status: number;
  constructor(command: string, said: string, status: number) {
    super(`git ${command}: ${said.split('\n').slice(-5).join('; ').slice(0, 1000)}`);
    this.name = 'GitError';
    this.status = status;
  }
}

type Setting = readonly [name: string, value: string];

/** Secrets and addresses travel in the environment, which other users do not see, never among the arguments. */
async function remoteSettings({ config, password }: GitRun): Promise<Setting[]> {
  if (config.remote.startsWith('file:')) return [];
  const url = new URL(config.remote);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const own = isIP(host) !== 0 ? [host] : host === 'localhost' ? ['127.0.0.0/8', '::1'] : [];
  const origin = { origin: url.origin, paths: ['/'], addresses: [...config.addresses, ...own], headers: {} };
  const [first] = await checkedAddresses(url, origin, resolveName);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const pinned: Setting[] =
    first && isIP(host) === 0 ? [['http.curloptResolve', `${host}:${port}:${first.address}`]] : [];
  if (password === undefined) return pinned;
  const basic = Buffer.from(`${config.user}:${password}`, 'utf8').toString('base64');
  return [...pinned, [`http.${url.origin}/.extraHeader`, `Authorization: Basic ${basic}`]];
}

const FIXED: readonly Setting[] = [
  ...([
    ['core.hooksPath', '/dev/null'],
    ['credential.helper', ''],
    ['protocol.version', '2'],
    ['http.followRedirects', 'false'],
    ['http.sslVerify', 'true'],
    ['core.fsmonitor', 'false'],
    ['gc.auto', '0'],
    ['maintenance.auto', 'false'],
    ['transfer.fsckObjects', 'true'],
    ['safe.directory', '*'],
    ['push.gpgSign', 'false'],
    ['fetch.recurseSubmodules', 'false'],
  ] as const),
];

function environment(folder: string, more: readonly Setting[]): Record<string, string> {
  const settings = [...FIXED, ...more];
  return {
    ...{ PATH: '/usr/local/bin:/usr/bin:/bin', HOME: folder, LANG: 'C', LC_ALL: 'C', TZ: 'UTC' },
    ...{
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      GIT_ASKPASS: '/bin/false',
    },
    ...{ GIT_ALLOW_PROTOCOL: 'https:http:file', GIT_DIR: folder, GIT_NO_REPLACE_OBJECTS: '1', GIT_OPTIONAL_LOCKS: '0' },
    GIT_CONFIG_COUNT: String(settings.length),
    ...Object.fromEntries(
      settings.flatMap(([name, value], n) => [
        [`GIT_CONFIG_KEY_${n}`, name],
        [`GIT_CONFIG_VALUE_${n}`, value],
      ]),
    ),
  };
}

/** What a failed conversation with the remote means; looking at it changes nothing. */
export function remoteFailure(error: unknown): unknown {
  if (!(error instanceof GitError)) return error;
  if (/Authentication failed|could not read (Username|Password)|403|401/.test(error.message))
    return new ToolError('governance', `the repository refused the login: ${error.message}; check user and secret`);
  if (/certificate|SSL/i.test(error.message))
    return new ToolError('deterministic', `no protected connection: ${error.message}`);
  return new ToolError('transient', `the repository cannot be reached: ${error.message}`);
}
