import type { BackupResult, RestoreResult } from '@reeve/server';
import { countText, plural } from './quantities.ts';

export function backupText({ path, head, files, bytes, keys }: BackupResult): string {
  const size = `${plural(files, 'file')}, ${(bytes / 1024 / 1024).toFixed(1)} MB`;
  const secret =
    keys === null
      ? 'the keys are not in it: without them what is personal cannot be read after a restore (--keys DIR)\n'
      : `the keys are in ${keys}: keep them apart, and replace older copies, or they bring back whom you forget later\n`;
  return `backed up and verified: ${countText(head.seq)} records, ${size} in ${path}\n${secret}`;
}

export const checkText = (path: string, head: BackupResult['head']): string =>
  `sound: every file is what it was, and ${countText(head.seq)} records verify, in ${path}\n`;

export function restoreText({ data, organisation, head, erased, keys }: RestoreResult): string {
  const secret = keys
    ? `${plural(erased, 'key')} of forgotten customers destroyed again\n`
    : 'without keys: what is personal reads [erased] for good\n';
  return `restored and verified: ${organisation}, ${countText(head.seq)} records, in ${data}\n${secret}let only one of the two organisations go on: start it with reeve up\n`;
}
