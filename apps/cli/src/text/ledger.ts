/** What a verification found, and what came of exporting, witnessing and proving. */
import type { Audit, ProofResult } from '@reeve/ledger';
import { countText, momentText, plural } from './quantities.ts';

/** What was verified, and how it went. */
export interface Verified extends Audit {
  readonly source: string;
}

/** How the ledger was compared with the outside. */
export type Against = 'nothing' | 'head' | 'file';

export function verificationText(found: Verified, seconds: number, against: Against): string {
  if (found.firstBad) return faultText(found);
  const speed = `${countText(found.count)} records in ${seconds.toFixed(2)} s (${countText(Math.round(found.count / Math.max(seconds, 0.001)))} a second)`;
  return `the ledger ${whose(found)}in ${found.source} is sound: ${speed}\n${signedText(found)}${witnessText(found, against)}`;
}

const whose = ({ org }: Verified): string => (org === undefined ? '' : `of organisation ${org} `);

/** First the place, then what is still good. */
export function faultText(found: Verified): string {
  const { seq, what, why } = found.firstBad!;
  const place = `first bad record: ${countText(seq)} (${what}): ${why}`;
  return `the ledger ${whose(found)}in ${found.source} is NOT sound\n${place}\n${countText(found.count)} records before it are sound\n`;
}

function signedText({ signed, count }: Verified): string {
  if (signed === undefined) return 'nothing is signed: there is no checkpoint\n';
  const rest = count - signed.size;
  const tail = rest === 0 ? '' : `; the last ${countText(rest)} are chained only`;
  const trust = signed.trusted
    ? ''
    : 'the key came with the ledger, so this shows damage, not forgery: give the key you know with --key\n';
  const keys = signed.keys.map((key) => key.slice(0, key.lastIndexOf('+'))).join(', ');
  return `signed: ${countText(signed.size)} records by ${keys}, ${plural(signed.checkpoints, 'checkpoint')}${tail}\n${trust}`;
}

function witnessText({ head, witnessed = 0 }: Verified, against: Against): string {
  if (against === 'head') return 'it goes on from the witness: nothing was cut off or rewritten\n';
  if (against === 'nothing')
    return `keep this witness elsewhere; with it, cutting or rewriting shows: --witness ${head.seq}:${head.hash}\n`;
  if (witnessed === 0) return 'the witness file holds no checkpoint of this ledger: nothing was compared\n';
  return `it contains all ${plural(witnessed, 'checkpoint')} the witness has seen: nothing before was cut off or rewritten\n`;
}

export function proofVerdict(file: string, result: ProofResult): string {
  if (!result.ok) return `the proof in ${file} is NOT good (${result.what}): ${result.why}\n`;
  const { header, body, checkpoint } = result;
  const who = header.actor.seat ? `${header.actor.principal} in seat ${header.actor.seat}` : header.actor.principal;
  return [
    `the proof in ${file} is good: the ledger ${checkpoint.origin} contains`,
    `record ${countText(header.seq)} of organisation ${header.org}: ${header.kind}, ${momentText(header.at)}, by ${who}`,
    JSON.stringify(body),
    `signed in a checkpoint of ${countText(checkpoint.size)} records\n`,
  ].join('\n');
}
