/** Backups of a house, and who is told about them. */
import type { DataDirectory } from '../data/directory.ts';
import type { HouseOptions, Log } from '../house.ts';
import { Notices } from '../notices.ts';
import { Backups } from './backups.ts';

export interface Kept {
  readonly backups: Backups;
  readonly notices: Notices;
}

/** What is not in the data directory is not copied from there. */
export function keeping({ path: data, organisation }: DataDirectory, log: Log, options: HouseOptions): Kept {
  const elsewhere = options.store !== undefined || options.ground !== undefined;
  const reason = elsewhere ? 'the ledger is in a database of its own, which is not copied from here' : null;
  const notices = new Notices();
  return { notices, backups: new Backups({ data, organisation, reason, log, notices, ...options.backups }) };
}

/** Folders that programs started by tools must not see, besides the data directory. */
export const hiddenBy = ({ hidden = [], backups = {} }: HouseOptions): readonly string[] => [
  ...hidden,
  ...Object.values(backups),
];
