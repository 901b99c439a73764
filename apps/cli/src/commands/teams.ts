import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { RequestOf } from '@reeve/protocol';
import { viewOf, withClient } from '../connect.ts';
import { type Context, print, usage, wholeNumber } from '../context.ts';
import { graphText, proposalText, teamsText } from '../text/memory.ts';
import { oneOf } from './memory-input.ts';
import { given, idOf, moreText, type PageOptions, pageOf } from './pages.ts';

type Wanted = RequestOf<'proposeTeam'>;

/** `reeve team` */
export async function list(context: Context, options: PageOptions): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.teams(pageOf(options));
    const view = await viewOf(context, connection);
    print(context, found, () => teamsText(found.teams, view) + moreText(found.next));
  });
}

/** What a team is wanted for; the server says which field is wrong. */
async function wantedIn(file: string): Promise<Wanted> {
  const text = await readFile(resolve(file), 'utf8').catch((error: Error) => {
    throw usage(`${file} cannot be read`, error.message, 'name a JSON file; `reeve team propose --help` shows one');
  });
  try {
    return JSON.parse(text) as Wanted;
  } catch (error) {
    throw usage(`${file} is no JSON`, (error as Error).message, 'correct it and run it again');
  }
}

/** `reeve team propose` */
export async function propose(context: Context, file: string): Promise<void> {
  const wanted = await wantedIn(file);
  await withClient(context, async (connection) => {
    const found = await connection.client.proposeTeam(wanted);
    const view = await viewOf(context, connection);
    print(context, found, () => proposalText(found, view));
  });
}

/** `reeve team form` */
export async function form(context: Context, file: string): Promise<void> {
  const body = { ...(await wantedIn(file)) };
  await withClient(context, async ({ client }) => {
    const found = await client.command({ kind: 'team.form', body });
    print(
      context,
      found,
      `${found.team} was formed (record ${found.seq})\nsay how it did with: reeve team close ${found.team} reached\n`,
    );
  });
}

/** `reeve team close` */
export async function close(context: Context, text: string, how: string, { note }: { note?: string }): Promise<void> {
  const team = idOf(text, 'TM', 'team', 'reeve team');
  const success = oneOf(how, ['reached', 'missed'] as const, 'how it did') === 'reached';
  await withClient(context, async ({ client }) => {
    const found = await client.command({ kind: 'team.close', body: { team, success, ...given({ note }) } });
    print(context, found, `closed: ${team} ${how} its purpose (record ${found.seq})\n`);
  });
}

/** `reeve team graph` */
export async function graph(
  context: Context,
  { seat, topic, limit }: { seat?: string; topic?: string; limit: string },
): Promise<void> {
  const query = { ...given({ seat, topic }), most: wholeNumber(limit, '--limit', 1, 5000) };
  await withClient(context, async (connection) => {
    const found = await connection.client.knowledgeGraph(query);
    const view = await viewOf(context, connection);
    print(context, found, () => graphText(found, view));
  });
}
