import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { readOptional, writeWhole } from './files.ts';

const schema = z.object({
  pid: z.number().int(),
  port: z.number().int(),
  url: z.string(),
  started: z.string(),
});
/** What a running server says about itself in `server.json`; `started` is an ISO 8601 time. */
export type ServerFile = z.output<typeof schema>;

const pathOf = (data: string): string => join(data, 'server.json');

/** The server that says it runs on this data directory, or null. A crashed one leaves its file: the lock tells. */
export async function readServerFile(data: string): Promise<ServerFile | null> {
  try {
    const text = await readOptional(pathOf(data));
    return text === null ? null : (schema.safeParse(JSON.parse(text)).data ?? null);
  } catch {
    return null;
  }
}

export const writeServerFile = (data: string, file: ServerFile): Promise<void> =>
  writeWhole(pathOf(data), `${JSON.stringify(file)}\n`);

export const removeServerFile = (data: string): Promise<void> => rm(pathOf(data), { force: true });
