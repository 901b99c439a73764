import { type Desk, defineScript, type OperationOutcome } from '@reeve/workers';
import { done, rulesOf, why } from './lib/attempts.ts';
import { contextOf, dollars, finish, readPost, type StepReport } from './lib/brief.ts';

/** Publishes what was approved, whole: a missing picture is found or ordered first; without one it stays a draft (T4). */
export default defineScript(async (desk) => {
  if (desk.briefing.message.type !== 'task')
    return { outcome: `Nothing to do for a message of type ${desk.briefing.message.type}.` };
  return finish(desk, await publish(desk));
});

async function publish(desk: Desk): Promise<StepReport> {
  const { brief, slug = '' } = contextOf(desk);
  const first = await out(desk, slug);
  if (first.status === 'done') return boosted(desk, slug, brief.boost, [], done(first));
  if (rulesOf(first).join() !== 'has-a-picture') return stopped(slug, [], [], why(first));
  const picture = await illustrate(desk, slug);
  const tried = [`Refused without a picture; ${picture.how}.`];
  if (!picture.ok)
    return stopped(slug, tried, picture.evidence, 'there is no picture on its topic, so it stays as it is');
  const second = await out(desk, slug);
  const evidence = [...picture.evidence, ...done(second)];
  if (second.status === 'done') return boosted(desk, slug, brief.boost, tried, evidence);
  return stopped(slug, tried, evidence, why(second));
}

const out = (desk: Desk, slug: string): Promise<OperationOutcome> =>
  desk.request({ capability: 'posts.publish', args: { slug }, why: 'Reviewed and approved' });

const stopped = (slug: string, tried: readonly string[], evidence: readonly string[], reason: string): StepReport => ({
  ...{ step: 'publish', outcome: 'stopped', slug, tried, evidence },
  message: `"${slug}" is not published: ${reason}.`.replace('..', '.'),
});

/** A picture from the archive, else a new one: the dependency is mended, not worked around. */
async function illustrate(desk: Desk, slug: string): Promise<{ ok: boolean; how: string; evidence: string[] }> {
  const { post, operation } = await readPost(desk, slug);
  if (!post) return { ok: false, how: 'the post could not be read', evidence: [operation] };
  const found = await desk.request({
    capability: 'images.find',
    args: { topic: post.topic },
    why: 'A picture there is',
  });
  const have = found.status === 'done' && found.result.found === true ? String(found.result.image) : null;
  const made = have === null ? await order(desk, post.topic, post.title) : null;
  const image = have ?? (made?.status === 'done' ? String(made.result.image) : null);
  const evidence = [operation, ...done(found, made ?? undefined)];
  if (image === null)
    return { ok: false, how: 'none found, and switched to the picture desk, which has no motif', evidence };
  const set = await desk.request({ capability: 'posts.illustrate', args: { slug, image }, why: 'Its picture' });
  const how =
    have === null ? 'none found, and switched to the picture desk, which made one' : 'found one in the archive';
  return { ok: set.status === 'done', how, evidence: [...evidence, ...done(set)] };
}

const order = (desk: Desk, topic: string, alt: string): Promise<OperationOutcome> =>
  desk.request({ capability: 'images.make', args: { topic, alt }, why: 'There is none on this topic' });

async function boosted(
  desk: Desk,
  slug: string,
  amount: number,
  tried: readonly string[],
  evidence: readonly string[],
): Promise<StepReport> {
  const message = `Published "${slug}".`;
  if (amount === 0) return { step: 'publish', outcome: 'done', slug, tried, evidence, message };
  const paid = await desk.request({
    capability: 'ads.boost',
    args: { slug, amount },
    why: `${dollars(amount)} for readers`,
  });
  const more =
    paid.status === 'done' ? `Paid ${dollars(amount)} for readers.` : `Nothing was paid for readers: ${why(paid)}`;
  return {
    ...{ step: 'publish', outcome: 'done', slug, tried, evidence: [...evidence, ...done(paid)] },
    message: `${message} ${more}`,
  };
}
