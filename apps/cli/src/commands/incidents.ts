import { viewOf, withClient } from '../connect.ts';
import { type Context, print } from '../context.ts';
import { incidentsText, incidentText } from '../text/authority.ts';
import { postMortemText } from '../text/oversight.ts';
import { idOf, moreText, type PageOptions, pageOf } from './pages.ts';

const LIST = 'reeve incidents --all';

/** `reeve incidents` */
export async function incidents(context: Context, options: PageOptions & { all?: boolean }): Promise<void> {
  await withClient(context, async (connection) => {
    const status = options.all ? 'all' : 'open';
    const found = await connection.client.incidents({ ...pageOf(options), status });
    const view = await viewOf(context, connection);
    print(context, found, () => incidentsText(found.incidents, view) + moreText(found.next));
  });
}

/** `reeve incidents show` */
export async function incidentShow(context: Context, given: string): Promise<void> {
  const id = idOf(given, 'I', 'incident', LIST);
  await withClient(context, async ({ client }) => {
    const [found, told] = [await client.incident({ id }), await client.postMortem({ id })];
    print(context, { ...found, postMortem: told }, () => incidentText(found) + postMortemText(told));
  });
}

export interface CloseOptions {
  readonly cause: string;
  readonly done: string;
  readonly prevention: string;
}

/** `reeve incidents close` */
export async function closeIncident(context: Context, given: string, options: CloseOptions): Promise<void> {
  const id = idOf(given, 'I', 'incident', LIST);
  const { cause, done, prevention } = options;
  await withClient(context, async ({ client }) => {
    const answer = await client.closeIncident({ id, cause, done, prevention });
    print(context, answer, `closed: ${id} (record ${answer.seq}); read it with: reeve incidents show ${id}\n`);
  });
}
