/** People who are asked by mail: what is sent, the pages behind the links, and what comes back. */
import type { Tool } from '@reeve/connectors';
import type { Runtime } from '@reeve/runtime';
import type { Log } from '../house.ts';
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

export interface PeopleOptions {
  /** The data directory. */
  readonly data: string;
  readonly runtime: Runtime;
  readonly tool: (id: string) => Tool | undefined;
  /** Where people reach this organisation; null where it is not known, so that nothing is sent. */
  readonly url: string | null;
  readonly log: Log;
}

const MINUTE = 60_000;

/** @throws StartError when the key of links is damaged. */
export async function openPeople({ data, runtime, tool, url, log }: PeopleOptions): Promise<People> {
  const links = await Links.open(data, runtime.org);
  const limits = { strangers: new Limit(30, MINUTE), own: new Limit(60, MINUTE) };
  const mailer = url === null ? null : new Mailer({ runtime, tool, links, url, log });
  return {
    desk: new PeopleDesk({ runtime, links, limits }),
    replies: new Replies({ runtime, links }),
    close: async () => mailer?.close(),
  };
}
