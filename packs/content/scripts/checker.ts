import { type BriefingCase, type Desk, defineScript } from '@reeve/workers';
import type { Post, StepReport } from './lib/brief.ts';

/** Confirms what a case says was published, by looking; what others say only tells where to look. */
export default defineScript(async (desk) => {
  const { message, case: work } = desk.briefing;
  if (message.type !== 'verify' || !work) return { outcome: `Nothing to do for a message of type ${message.type}.` };
  const claims = claimed(work);
  const found: Awaited<ReturnType<typeof look>>[] = [];
  for (const claim of claims) found.push(await look(desk, work, claim));
  const wrong = found.flatMap((one) => (one.passed ? [] : [one.text]));
  const checks = [`${work.evidence.length} pieces of evidence on the case`, ...found.map(({ text }) => text)];
  const passed = wrong.length === 0 && work.evidence.length > 0;
  const done = await desk.verify({ passed, checks, ...(passed ? {} : { note: wrong.join(' ') || 'no evidence' }) });
  return { outcome: done.ok ? `${passed ? 'Confirmed' : 'Rejected'} ${work.id}.` : done.message };
});

interface Claim {
  readonly slug: string;
  readonly status: string;
}

/** What the reports say is out, and what they say stayed a draft. */
function claimed(work: BriefingCase): Claim[] {
  const reports = work.tasks.flatMap(({ report }) => (report ? [report as unknown as StepReport] : []));
  return reports.flatMap(({ step, outcome, slug }) =>
    step === 'publish' && slug !== undefined && outcome === 'done' ? [{ slug, status: 'published' }] : [],
  );
}

async function look(
  desk: Desk,
  work: BriefingCase,
  { slug, status }: Claim,
): Promise<{ passed: boolean; text: string }> {
  const check = `${desk.briefing.message.id}/${work.reopened}`;
  const read = await desk.request({ capability: 'posts.audit', args: { slug, check }, why: 'Look for myself' });
  const post = read.status === 'done' ? (read.result as unknown as Post) : null;
  return {
    passed: post?.status === status,
    text: `${slug} is ${post?.found ? post.status : 'not there'}, ${status} was claimed`,
  };
}
