/**
 * What is personal in a record, opened with a key of the auditor's own. Written from the description of the format
 * (packages/ledger, LED80), with none of its code.
 */
import { createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import type { SubjectKey } from '@reeve/ledger';
import { type Body, type Opener, sorted } from './records.ts';

const NONCE = 12;
const TAG = 16;
const FIELD = '$sealed';

interface Form {
  readonly key: string;
  readonly paths: readonly string[];
  readonly data: string;
}

/** The text that was sealed under a key for a context. @throws Error when it was changed or is of another */
export function opened({ id, key }: SubjectKey, bytes: Uint8Array, context: string): Buffer {
  const secret = Buffer.from(hkdfSync('sha256', key, id, 'reeve erasure seal', 32));
  const decipher = createDecipheriv('aes-256-gcm', secret, bytes.subarray(0, NONCE), { authTagLength: TAG });
  decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(bytes.length - TAG));
  return Buffer.concat([decipher.update(bytes.subarray(NONCE, bytes.length - TAG)), decipher.final()]);
}

/** What stands for a name when its key is gone. */
export function markFor({ id, key }: SubjectKey, name: string): string {
  const secret = Buffer.from(hkdfSync('sha256', key, id, 'reeve erasure mark', 32));
  return `[erased ${createHmac('sha256', secret).update(name).digest('hex').slice(0, 12)}]`;
}

/** Opens records with every key there ever was. */
export const openerOf =
  (ever: ReadonlyMap<string, SubjectKey>): Opener =>
  (body, about) => {
    const form = body[FIELD] as Form | undefined;
    if (form === undefined) return null;
    const key = ever.get(form.key);
    if (key === undefined) throw new Error(`there never was a key ${form.key}`);
    return { body: unsealed(body, about, key), key: key.id };
  };

/** The body with what was personal in it. @throws Error when the key does not open it */
function unsealed(body: Body, about: Parameters<Opener>[1], key: SubjectKey): Body {
  const { [FIELD]: form, ...plain } = body;
  const { paths, data } = form as Form;
  const context = sorted(['record', about.org, about.seq, about.kind, key.id, paths]);
  const values = JSON.parse(opened(key, Buffer.from(data, 'base64'), context).toString('utf8')) as unknown[];
  paths.forEach((path, i) => {
    place(plain, path.slice(1).split('/'), values[i]);
  });
  return plain;
}

function place(root: Record<string, unknown>, steps: readonly string[], value: unknown): void {
  const names = steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = names.pop()!;
  let at = root;
  for (const name of names) at = at[name] as Record<string, unknown>;
  at[last] = value;
}
