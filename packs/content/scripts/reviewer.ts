import { type Desk, defineScript, type Report } from '@reeve/workers';
import { done, why } from './lib/attempts.ts';
import { contextOf, finish, type Post, readPost } from './lib/brief.ts';

/** Reads every draft before anybody else does, and what is out once more. */
export default defineScript(async (desk) => {
  if (desk.briefing.message.type !== 'task')
    return { outcome: `Nothing to do for a message of type ${desk.briefing.message.type}.` };
  return contextOf(desk).brief.audit ? audit(desk) : review(desk);
});

/** What is wrong with a draft; nothing: it may go out. */
function findings(post: Post): string[] {
  const paragraphs = post.body.split('\n\n').slice(1, -1);
  const bare = paragraphs.filter((paragraph) => !/\]\(https?:\/\/[^)]+\)$/.test(paragraph));
  return [
    ...(post.sources < 2 ? ['it rests on fewer than two sources'] : []),
    ...(post.brand === post.house_brand ? [] : [`${post.brand} is not the brand of this portfolio`]),
    ...(paragraphs.length < 2 ? ['it says next to nothing'] : []),
    ...(bare.length > 0 ? [`${bare.length} of its claims name no source`] : []),
  ];
}

async function review(desk: Desk): Promise<Report> {
  const { slug = '' } = contextOf(desk);
  const { post, operation } = await readPost(desk, slug);
  const wrong = post ? findings(post) : ['there is no such draft'];
  if (wrong.length > 0)
    return finish(desk, {
      ...{ step: 'review', outcome: 'partly', sentBack: true, slug, tried: [], evidence: [operation] },
      message: `Sent back: ${wrong.join('; ')}.`,
    });
  const approved = await desk.request({
    capability: 'posts.approve',
    args: { slug, note: 'Every claim names its source.' },
    why: 'Read in full',
  });
  const evidence = [operation, ...done(approved)];
  return approved.status === 'done'
    ? finish(desk, {
        step: 'review',
        outcome: 'done',
        slug,
        tried: [],
        evidence,
        message: `Reviewed and approved "${slug}".`,
      })
    : finish(desk, {
        step: 'review',
        outcome: 'stopped',
        slug,
        tried: [],
        evidence,
        message: `Not approved: ${why(approved)}`,
      });
}

interface Row {
  readonly slug: string;
  readonly brand: string;
  readonly house_brand: string;
  readonly image: string;
  readonly sources: number;
  readonly description_length: number;
}

const faults = (row: Row): string[] => [
  ...(row.sources < 2 ? [`${row.sources} sources`] : []),
  ...(row.brand === row.house_brand ? [] : [`of the brand ${row.brand}`]),
  ...(row.image === '' ? ['no picture'] : []),
  ...(row.description_length < 50 ? ['no proper description'] : []),
];

/** The last ten posts of a portfolio are read again; what breaks the rules becomes a draft (T6). */
async function audit(desk: Desk): Promise<Report> {
  const { portfolio } = contextOf(desk).brief;
  const read = await desk.request({ capability: 'posts.recent', args: { portfolio, limit: 10 }, why: 'What is out' });
  const rows = read.status === 'done' ? ((read.result.rows ?? []) as Row[]) : [];
  const evidence = done(read);
  const demoted: string[] = [];
  for (const row of rows) {
    const reason = faults(row).join(', ');
    if (reason === '') continue;
    const demotion = await desk.request({ capability: 'posts.demote', args: { slug: row.slug, reason }, why: reason });
    evidence.push(...done(demotion));
    if (demotion.status === 'done') demoted.push(`${row.slug} (${reason})`);
  }
  const message = `Looked at ${rows.length} posts of ${portfolio} and made ${demoted.length} drafts again: ${demoted.join('; ') || 'all is well'}.`;
  return finish(desk, { step: 'audit', outcome: 'done', tried: [], evidence, message });
}
