import { z } from 'zod';
import { id, type Route } from './route.ts';
import { backupBegun, backupList, backupName } from './shapes/backups.ts';
import { paging } from './shapes/common.ts';

/** Copies of the organisation. Where they go is said when the server is started, never by a request. */
export const BACKUP_ROUTES = {
  backups: {
    method: 'GET',
    path: '/v1/backups',
    summary: 'Backups, the newest first, and the one that is being taken or checked.',
    query: z.object(paging),
    responses: { 200: backupList },
  },
  takeBackup: {
    method: 'POST',
    path: '/v1/backups',
    summary: 'Begin to take a backup, verified when it is done; 409 while another one is taken or checked.',
    responses: { 202: backupBegun },
  },
  checkBackup: {
    method: 'POST',
    path: '/v1/backups/:id/check',
    summary:
      'Begin to check a backup: every file, the chain, the checkpoints; 409 while another one is taken or checked.',
    params: id(backupName),
    responses: { 202: backupBegun },
  },
  backupFile: {
    method: 'GET',
    path: '/v1/backups/:id/file',
    summary: 'A backup as one file, without keys: unpacked, it is the folder `reeve restore` takes.',
    download: 'application/x-tar',
    params: id(backupName),
    responses: { 200: z.string() },
  },
} as const satisfies Record<string, Route>;
