/** An authority of one's own, and a certificate of it for this machine: made with Debian's `openssl`. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { folder } from './support.ts';

const run = promisify(execFile);
const KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-sha256'];

export interface Certificates {
  /** PEM. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
  /** Where they are: `ca.pem`, `node.pem`, `node.key`. */
  readonly directory: string;
}

export async function certificates(): Promise<Certificates> {
  const directory = await folder();
  const openssl = (...args: string[]) => run('openssl', args, { cwd: directory });
  const authority = ['-days', '2', '-subj', '/CN=authority for tests', '-addext', 'basicConstraints=critical,CA:TRUE'];
  await openssl('req', '-x509', ...KEY, '-keyout', 'ca.key', '-out', 'ca.pem', ...authority);
  await openssl('req', '-new', ...KEY, '-keyout', 'node.key', '-out', 'node.csr', '-subj', '/CN=node');
  await writeFile(join(directory, 'names'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n');
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
  await openssl('x509', '-req', '-in', 'node.csr', ...signing, '-out', 'node.pem');
  const read = (name: string) => readFile(join(directory, name), 'utf8');
  return { ca: await read('ca.pem'), cert: await read('node.pem'), key: await read('node.key'), directory };
}
