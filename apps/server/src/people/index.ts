/** People who are asked by mail: what is sent, the pages behind the links, and what comes back. */
import type { Runtime, ToolHost } from '@reeve/runtime';
import type { HouseOptions, Log } from '../house.ts';
import { PeopleDesk } from './desk.ts';
import { Limit } from './limit.ts';
import { Links } from './links.ts';
import { Mailer } from './mailer.ts';
import { Replies } from './replies.ts';

export interface People {
  readonly desk: PeopleDesk;
  readonly replies: Replies;
  close(): Promise<void>;
}

const MINUTE = 60_000;

/**
 * Without an address (`publicUrl`, else `url`) nothing is sent.
 * @param data the data directory
 * @throws StartError when the key of links is damaged.
 */
export async function openPeople(
  data: string,
  runtime: Runtime,
  tools: Pick<ToolHost, 'get'>,
  log: Log,
  { publicUrl, url: here }: Pick<HouseOptions, 'publicUrl' | 'url'>,
): Promise<People> {
  const links = await Links.open(data, runtime.org);
  const limits = { strangers: new Limit(30, MINUTE), own: new Limit(60, MINUTE) };
  const url = publicUrl ?? here;
  const mailer = url === undefined ? null : new Mailer({ runtime, tool: (id) => tools.get(id), links, url, log });
  return {
    desk: new PeopleDesk({ runtime, links, limits }),
    replies: new Replies({ runtime, links }),
    close: async () => mailer?.close(),
  };
}
