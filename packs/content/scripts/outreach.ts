import { type Desk, defineScript, type OperationOutcome } from '@reeve/workers';
import { done, rulesOf, why } from './lib/attempts.ts';
import { contextOf, finish, type Reply, readPost, type StepReport } from './lib/brief.ts';

interface Contact {
  readonly contact: string;
  readonly name: string;
  readonly email: string;
  readonly verified: number;
  readonly said_no: number;
  readonly last_days: number;
}

/** People told about one article. */
const MOST = 10;

/** Tells people who care about a topic, once; what must not be sent is left out with its reason. */
export default defineScript(async (desk) => {
  if (desk.briefing.message.type !== 'task')
    return { outcome: `Nothing to do for a message of type ${desk.briefing.message.type}.` };
  const { reply } = contextOf(desk).brief;
  return finish(desk, reply ? await note(desk, reply) : await distribute(desk));
});

async function note(desk: Desk, { contact, kind }: Reply): Promise<StepReport> {
  const noted = await desk.request({
    capability: 'contacts.note_reply',
    args: { contact, kind },
    why: 'They answered',
  });
  const evidence = done(noted);
  if (noted.status !== 'done')
    return { step: 'reply', outcome: 'stopped', tried: [], evidence, message: `Not noted: ${why(noted)}` };
  const message = `Noted that ${contact} answered: ${kind}.`;
  return { step: 'reply', outcome: 'done', tried: [], evidence, message };
}

async function distribute(desk: Desk): Promise<StepReport> {
  const { slug = '' } = contextOf(desk);
  const { post, operation } = await readPost(desk, slug);
  if (!post)
    return {
      step: 'distribute',
      outcome: 'stopped',
      tried: [],
      evidence: [operation],
      message: 'There is no such post.',
    };
  const list = await desk.request({ capability: 'contacts.find', args: { topic: post.topic }, why: 'Who cares' });
  const contacts = list.status === 'done' ? ((list.result.rows ?? []) as Contact[]) : [];
  const told: string[] = [];
  const left = new Map<string, string>();
  const evidence = [operation, list.operation];
  for (const contact of contacts) {
    if (told.length === MOST) break;
    const one = await pitch(desk, contact, post.title, slug);
    evidence.push(...one.evidence);
    if (one.told) told.push(contact.name);
    else left.set(contact.name, one.reason);
    if (one.paused) break;
  }
  return summary(slug, told, left, evidence);
}

function summary(
  slug: string,
  told: readonly string[],
  left: ReadonlyMap<string, string>,
  evidence: string[],
): StepReport {
  const reasons = [...left].map(([name, reason]) => `${name}: ${reason}`).join(' ');
  const outcome = told.length === 0 ? 'stopped' : left.size > 0 ? 'partly' : 'done';
  const message = `Told ${told.length} people about "${slug}"${left.size > 0 ? `; not ${reasons}` : '.'}`.slice(
    0,
    1500,
  );
  return {
    step: 'distribute',
    outcome,
    slug,
    tried: [...left.values()].slice(0, 20),
    evidence: evidence.slice(0, 80),
    message,
  };
}

interface Pitched {
  readonly told: boolean;
  readonly reason: string;
  /** The whole list is no good: going on would only ask again. */
  readonly paused: boolean;
  readonly evidence: readonly string[];
}

async function pitch(desk: Desk, contact: Contact, title: string, slug: string): Promise<Pitched> {
  const address = contact.email === '' ? await enrich(desk, contact) : { email: contact.email, evidence: [] };
  if (address.email === '')
    return {
      told: false,
      reason: 'no address, and the directory has none.',
      paused: false,
      evidence: address.evidence,
    };
  const sent = await send(desk, contact, address.email, title, slug);
  const evidence = [...address.evidence, ...done(sent)];
  if (sent.status !== 'done')
    return { told: false, reason: why(sent), paused: rulesOf(sent).includes('list-is-good'), evidence };
  const noted = await desk.request({
    capability: 'contacts.note_message',
    args: { contact: contact.contact },
    why: 'Written to',
  });
  return { told: true, reason: '', paused: false, evidence: [...evidence, ...done(noted)] };
}

/** A missing address is looked up where people publish it themselves. */
async function enrich(desk: Desk, { contact }: Contact): Promise<{ email: string; evidence: string[] }> {
  const found = await desk.request({ capability: 'contacts.enrich', args: { contact }, why: 'No address on file' });
  return { email: found.status === 'done' ? String(found.result.email) : '', evidence: done(found) };
}

const send = (desk: Desk, { name }: Contact, to: string, title: string, slug: string): Promise<OperationOutcome> =>
  desk.request({
    capability: 'mail.pitch',
    args: {
      to,
      subject: `You may want to read: ${title}`.slice(0, 200),
      body: `Hello ${name},\n\nwe looked at this because people in your field asked: ${title}.\nhttps://fieldnotes.example/${slug}\n\nOne line back is enough if you would rather not hear from us.\n\nFieldnotes Media`,
    },
    why: 'Cares about the topic, and was not written to lately',
  });
