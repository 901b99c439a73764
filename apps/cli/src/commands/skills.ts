import { viewOf, withClient } from '../connect.ts';
import { type Context, print } from '../context.ts';
import { skillsText, skillText } from '../text/memory.ts';
import { oneOf } from './memory-input.ts';
import { given, idOf, moreText, type PageOptions, pageOf } from './pages.ts';

const KINDS = ['pattern', 'template', 'issue'] as const;
const skillId = (text: string): string => idOf(text, 'SK', 'skill', 'reeve skills');

export interface ListOptions extends PageOptions {
  readonly seat?: string;
  readonly kind?: string;
  readonly topic?: string;
  readonly text?: string;
}

/** `reeve skills` */
export async function list(context: Context, options: ListOptions): Promise<void> {
  const { seat, topic, text } = options;
  const query = { ...pageOf(options), ...given({ seat, topic, q: text, kind: oneOf(options.kind, KINDS, '--kind') }) };
  await withClient(context, async (connection) => {
    const found = await connection.client.skills(query);
    const view = await viewOf(context, connection);
    print(context, found, () => skillsText(found.skills, view) + moreText(found.next));
  });
}

/** `reeve skills show` */
export async function show(context: Context, text: string): Promise<void> {
  const id = skillId(text);
  await withClient(context, async ({ client }) => {
    const found = await client.skill({ id });
    print(context, found, () => skillText(found));
  });
}

/** `reeve skills record` */
export async function record(
  context: Context,
  [seat, kind, title, text]: readonly string[],
  { topic = [] }: { topic?: readonly string[] },
): Promise<void> {
  const body = { seat, kind: oneOf(kind, KINDS, 'the kind'), title, text, topics: topic };
  await withClient(context, async ({ client }) => {
    const found = await client.command({ kind: 'skill.record', body });
    print(context, found, `${found.skill}: ${seat} has it from its next run on (record ${found.seq})\n`);
  });
}

/** `reeve skills adopt` */
export async function adopt(context: Context, given: string, title: string, text: string): Promise<void> {
  const skill = skillId(given);
  await withClient(context, async ({ client }) => {
    const found = await client.command({ kind: 'skill.adopt', body: { skill, title, text } });
    print(
      context,
      found,
      `${found.skill} takes the place of ${skill} and outlives its customer (record ${found.seq})\n`,
    );
  });
}

/** `reeve skills judge` */
export async function judge(context: Context, text: string, how: string, { note }: { note?: string }): Promise<void> {
  const [skill, success] = [skillId(text), oneOf(how, ['helped', 'failed'] as const, 'how it went') === 'helped'];
  await withClient(context, async ({ client }) => {
    const found = await client.command({ kind: 'skill.judge', body: { skill, success, ...given({ note }) } });
    print(context, found, `counted: ${skill} ${how} (record ${found.seq})\n`);
  });
}

/** `reeve skills retire` */
export async function retire(context: Context, text: string, { reason }: { reason: string }): Promise<void> {
  const skill = skillId(text);
  await withClient(context, async ({ client }) => {
    const found = await client.command({ kind: 'skill.retire', body: { skill, reason } });
    print(context, found, `retired: ${skill} is used no more (record ${found.seq})\n`);
  });
}
