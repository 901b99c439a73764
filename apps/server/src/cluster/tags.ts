/** The key under which subjects of an organisation are found: it stays when the secret changes, so it is kept, sealed. */
import { type Files, tagKeyOf } from '@reeve/ledger/postgres';
import { StartError } from '../errors.ts';
import type { SecretRing } from './ring.ts';

const TAGS = 'keys/tags';

/**
 * @param founder the secret that everything of this organisation was made under when nothing is kept yet
 * @param id of the organisation's store
 */
export async function tagsOf(files: Files, ring: SecretRing, founder: Uint8Array, id: number): Promise<Uint8Array> {
  const kept = (await files.get(TAGS)) ?? (await files.put(TAGS, ring.seal(tagKeyOf(founder, id), TAGS)));
  const found = ring.open(kept, TAGS);
  if (found !== null) return found.bytes;
  throw new StartError('corrupt', `${TAGS} in the database was sealed under another secret`, 'give both secrets');
}
