/** Radicale (CalDAV, CardDAV) and Apache's mod_dav. */

import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '@reeve/ledger/trial';
import { home, started } from './process.ts';

export const DAV_PASSWORD = 'a-secret-of-ann';

export interface DavTrial {
  readonly port: number;
  /** Makes an empty collection. @returns its path on the server, `/ann/x/`. */
  collection(kind: 'calendar' | 'contacts' | 'files'): Promise<string>;
  /** A request of an outsider who knows the password. */
  ask(method: string, path: string, init?: RequestInit): Promise<Response>;
  stop(): Promise<void>;
}

const asking =
  (port: number): DavTrial['ask'] =>
  (method, path, { headers, ...init } = {}) => {
    const authorization = `Basic ${Buffer.from(`ann:${DAV_PASSWORD}`).toString('base64')}`;
    return fetch(`http://127.0.0.1:${port}${path}`, {
      ...init,
      method,
      headers: { authorization, ...(headers as object) },
    });
  };

export async function radicale(): Promise<DavTrial> {
  const at = home('radicale');
  const port = await freePort();
  writeFileSync(join(at.path, 'users'), `ann:${DAV_PASSWORD}\n`, { mode: 0o644 });
  const config = `[server]
hosts = 127.0.0.1:${port}
[auth]
type = htpasswd
htpasswd_filename = ${at.path}/users
htpasswd_encryption = plain
delay = 0
[rights]
type = owner_only
[storage]
filesystem_folder = ${at.path}/data
[logging]
level = error
`;
  writeFileSync(join(at.path, 'config'), config, { mode: 0o644 });
  const end = await started(at, 'radicale', ['--config', join(at.path, 'config')], port);
  const ask = asking(port);
  const collection = async (kind: string) => {
    const path = `/ann/${randomBytes(6).toString('hex')}/`;
    const [type, more] =
      kind === 'contacts'
        ? ['<A:addressbook/>', 'xmlns:A="urn:ietf:params:xml:ns:carddav"']
        : ['<A:calendar/>', 'xmlns:A="urn:ietf:params:xml:ns:caldav"'];
    const body = `<?xml version="1.0"?><mkcol xmlns="DAV:" ${more}><set><prop><resourcetype><collection/>${type}</resourcetype></prop></set></mkcol>`;
    const made = await ask('MKCOL', path, { body });
    if (made.status !== 201) throw new Error(`no collection: ${made.status} ${await made.text()}`);
    return path;
  };
  const stop = async () => {
    await end();
    at.remove();
  };
  return { port, collection, ask, stop };
}

const MODULES = [
  'mpm_event',
  'authn_core',
  'authz_core',
  'authz_user',
  'auth_basic',
  'authn_file',
  'dav',
  'dav_fs',
  'unixd',
  'setenvif',
];

export async function apache(): Promise<DavTrial> {
  const at = home('apache');
  const port = await freePort();
  const { uid, gid } = at.account.ids;
  for (const folder of ['root', 'run']) {
    mkdirSync(join(at.path, folder));
    if (uid !== undefined) chownSync(join(at.path, folder), uid, gid as number);
  }
  // {SHA} of the password, so that no further package is needed.
  const { createHash } = await import('node:crypto');
  writeFileSync(join(at.path, 'users'), `ann:{SHA}${createHash('sha1').update(DAV_PASSWORD).digest('base64')}\n`, {
    mode: 0o644,
  });
  const folder = '/usr/lib/apache2/modules';
  const modules = MODULES.filter((name) => existsSync(join(folder, `mod_${name}.so`)));
  const config = `ServerRoot ${at.path}
Listen 127.0.0.1:${port}
ServerName localhost
PidFile ${at.path}/run/pid
ErrorLog ${at.path}/run/error.log
${modules.map((name) => `LoadModule ${name}_module ${folder}/mod_${name}.so`).join('\n')}
StartServers 1
DocumentRoot ${at.path}/root
DavLockDB ${at.path}/run/lock
<Directory ${at.path}/root>
  Dav On
  AuthType Basic
  AuthName dav
  AuthBasicProvider file
  AuthUserFile ${at.path}/users
  Require valid-user
</Directory>
`;
  writeFileSync(join(at.path, 'httpd.conf'), config, { mode: 0o644 });
  const end = await started(at, 'apache2', ['-D', 'FOREGROUND', '-f', join(at.path, 'httpd.conf')], port);
  const ask = asking(port);
  const collection = async () => {
    const path = `/${randomBytes(6).toString('hex')}/`;
    const made = await ask('MKCOL', path);
    if (made.status !== 201) throw new Error(`no collection: ${made.status} ${await made.text()}`);
    return path;
  };
  const stop = async () => {
    await end();
    at.remove();
  };
  return { port, collection, ask, stop };
}
