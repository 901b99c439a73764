/** What a verification found. */
import type { Verification } from '@reeve/ledger';
import { countText } from './quantities.ts';

/** What was verified, and how it went. */
export interface Verified extends Verification {
  readonly source: string;
  /** Null when the source does not say. */
  readonly org: string | null;
}

export function verificationText(found: Verified, seconds: number, witnessed: boolean): string {
  const speed = `${countText(found.count)} records in ${seconds.toFixed(2)} s (${countText(Math.round(found.count / Math.max(seconds, 0.001)))} a second)`;
  const whose = found.org === null ? '' : `of organisation ${found.org} `;
  const { firstBad, head } = found;
  if (firstBad)
    return `the ledger ${whose}in ${found.source} is NOT sound\nfirst bad record: ${countText(firstBad.seq)} (${firstBad.what}): ${firstBad.why}\n${countText(found.count)} records before it are sound\n`;
  const witness = witnessed
    ? 'it goes on from the witness: nothing was cut off or rewritten\n'
    : `keep this witness elsewhere; with it, cutting or rewriting shows: --witness ${head.seq}:${head.hash}\n`;
  return `the ledger ${whose}in ${found.source} is sound: ${speed}\n${witness}`;
}
