/** What tests of people who are asked by mail share: an organisation that sends it, and what stands in it. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HouseOptions } from '../src/index.ts';
import { digestOf, folder, type Place, packCopy, place, ticket } from './support.ts';

export const PUBLIC = 'https://reeve.acme.example/ops';
export const FOUNDER = 'founder@acme.example';

const OCCUPANT = 'occupant: { principal: founder, kind: human, name: Founder }';
const MAILED = `occupant: { principal: founder, kind: human, name: Founder, email: ${FOUNDER}, mail: [approval, question, task, wakeup] }`;

async function change(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} has no "${from}"`);
  await writeFile(file, text.replace(from, to));
}

export interface MailedPack {
  /** Capability that sends. */
  readonly send?: string;
  /** Fields of `settings.notices` besides it. */
  readonly settings?: string;
  /** YAML below `tools:` and `capabilities:`. */
  readonly tool?: string;
  readonly capability?: string;
}

/** The support pack, whose operator is asked by mail; without a tool of its own through its mailbox, a folder. */
export async function mailedPack({ send = 'mail.send', settings = '', tool, capability }: MailedPack = {}) {
  const pack = await packCopy();
  await change(
    join(pack, 'pack.yaml'),
    '  intake: front-desk',
    `  notices: { send: ${send}${settings} }\n  intake: front-desk`,
  );
  await change(join(pack, 'organisation/seats.yaml'), OCCUPANT, MAILED);
  if (tool) await change(join(pack, 'tools.yaml'), 'tools:\n', `tools:\n${tool}`);
  if (capability) await change(join(pack, 'tools.yaml'), 'capabilities:\n', `capabilities:\n${capability}`);
  return pack;
}

export interface Mailed extends Place {
  readonly data: string;
}

/** A place at work where such a pack is in force. */
export async function mailed(pack: MailedPack = {}, options: Partial<HouseOptions> = {}): Promise<Mailed> {
  const data = options.data ?? (await folder());
  const at = await place({ data, work: true, publicUrl: PUBLIC, ...options });
  await applied(at, await mailedPack(pack));
  return { ...at, data };
}

export const applied = async (at: Place, pack: string): Promise<unknown> =>
  at.client.apply({ directory: pack, base: '', digest: await digestOf(pack), reason: 'test' });

/** A refund above the tier, which waits for the operator. @returns the operation and its approval */
export async function waiting({ client, house }: Place): Promise<{ operation: string; approval: string }> {
  await client.openCase(ticket(9));
  await house.runtime.idle();
  const found = (await client.inbox()).approvals[0]!;
  return { operation: found.operation, approval: found.id };
}

/** The text of a mail as it was written: quoted-printable undone, as far as ASCII goes. */
const plain = (raw: string): string =>
  raw
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/** Mails in the folder of the support pack's mailbox to the operator, once there are so many. */
export async function lettersIn(data: string, least = 1): Promise<string[]> {
  const outbox = join(data, 'tools/mail/outbox/new');
  for (;;) {
    const names = await readdir(outbox).catch(() => []);
    const all = await Promise.all(names.map(async (name) => plain(await readFile(join(outbox, name), 'utf8'))));
    const own = all.filter((text) => text.includes(`To: ${FOUNDER}`));
    if (own.length >= least) return own;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Paths of the links in a mail, as they arrive behind what stands in front of the server; in the order of the mail. */
export const linksIn = (text: string): string[] =>
  [...text.matchAll(/https:\/\/reeve\.acme\.example\/ops(\/answer\/\S+)/g)].map(([, path]) => path!);

/** A request from a browser: no token, the name people know the server by. */
export const browse = (
  { house }: Pick<Place, 'house'>,
  path: string,
  form?: Record<string, string>,
): Promise<Response> =>
  Promise.resolve(
    house.app.fetch(
      new Request(`https://reeve.acme.example${path}`, {
        ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
      }),
    ),
  );
