import { type Desk, defineScript, type OperationOutcome } from '@reeve/workers';
import { rulesOf, why } from './lib/attempts.ts';
import { type Brief, contextOf, finish, type Source, type StepReport } from './lib/brief.ts';

/** Slugs tried before somebody else has to think of one. */
const SLUGS = 4;

/** Turns sources into a draft: each sentence is a source's, and says whose. */
export default defineScript(async (desk) => {
  if (desk.briefing.message.type !== 'task')
    return { outcome: `Nothing to do for a message of type ${desk.briefing.message.type}.` };
  const { brief, sources = [] } = contextOf(desk);
  return finish(desk, await draft(desk, brief, sources));
});

async function draft(desk: Desk, brief: Brief, sources: readonly Source[]): Promise<StepReport> {
  const house = await desk.request({
    capability: 'portfolios.get',
    args: { portfolio: brief.portfolio },
    why: 'Whose portfolio',
  });
  const brand = brief.brand || String((house.status === 'done' && house.result.brand) || '');
  if (brand === '')
    return {
      ...{ step: 'draft', outcome: 'stopped', tried: [], evidence: [house.operation], missing: 'the brand' },
      message: `Not written: nothing is known of the portfolio "${brief.portfolio}", so it is not clear for which brand.`,
    };
  const tried: string[] = [];
  for (let n = 1; n <= SLUGS; n++) {
    const slug = slugOf(brief.title, n);
    const saved = await save(desk, { brief, brand, slug, sources });
    if (saved.status === 'done')
      return {
        ...{ step: 'draft', outcome: 'done', slug, tried, evidence: [saved.operation] },
        message: `Saved the draft "${slug}" from ${sources.length} sources.`,
      };
    if (rulesOf(saved).join() !== 'new-slug')
      return {
        ...{ step: 'draft', outcome: 'stopped', tried, evidence: [] },
        message: `Not saved, and not tried again because the contract was not satisfied: ${why(saved)}`,
      };
    tried.push(`"${slug}" is taken; tried the next slug.`);
  }
  return { step: 'draft', outcome: 'stopped', tried, evidence: [], message: `${SLUGS} slugs were taken already.` };
}

const save = (
  desk: Desk,
  { brief, brand, slug, sources }: { brief: Brief; brand: string; slug: string; sources: readonly Source[] },
): Promise<OperationOutcome> =>
  desk.request({
    capability: 'posts.save',
    args: {
      ...{ slug, portfolio: brief.portfolio, brand, topic: brief.topic, title: brief.title },
      ...{ description: brief.description || describe(brief, sources), body: bodyOf(brief, sources) },
      sources: sources.length,
    },
    why: 'The draft of the article',
  });

function slugOf(title: string, n: number): string {
  const base = title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 70)
    .replace(/-+$/, '');
  return n === 1 ? base || 'article' : `${base || 'article'}-${n}`;
}

const describe = (brief: Brief, sources: readonly Source[]): string =>
  `${brief.title}: what ${sources.length} sources say about ${brief.topic.replaceAll('-', ' ')}, each named, so that you can look for yourself.`.slice(
    0,
    300,
  );

const bodyOf = (brief: Brief, sources: readonly Source[]): string =>
  [
    `# ${brief.title}`,
    ...sources.map(({ says, title, url }) => `${says} [${title}](${url})`),
    'Every sentence above is the finding of the source beside it.',
  ].join('\n\n');
