/** The content pack at work: scenarios T3 to T11 of the requirements, on the real runtime and the real tools. */
import { afterEach, describe, expect, it } from 'vitest';
import { openStudio, type Studio } from './house.ts';

let studio: Studio;
afterEach(() => studio.close());

const HEAT = { Title: 'What 742 heat pumps did', Topic: 'heat pumps', Portfolio: 'powermoves' };
const report = async (id: string, step: string) =>
  (await studio.case(id)).tasks.map((task) => task.report).find((one) => one?.step === step) as Record<string, unknown>;

describe('a brief becomes an article', () => {
  it('research, draft, review, picture, publication, distribution, answer, check', async () => {
    studio = await openStudio();
    const work = await studio.brief({ ...HEAT, Distribute: 'yes' });
    expect(work.status).toBe('closed');
    expect(studio.rows("SELECT slug, status, image FROM posts WHERE topic = 'heat-pumps'")).toEqual([
      { slug: 'what-742-heat-pumps-did', status: 'published', image: 'img-heat-pump' },
    ]);
    const told = (await studio.operations(work.id, 'mail.pitch')).filter(
      ({ status }) => status === 'verified' || status === 'succeeded',
    );
    // Ruth and Jan; Ola after her address was looked up. Per said no, Ines heard from us three days ago.
    expect(told.map(({ args }) => args.to).sort()).toEqual([
      'jan@bergmann.example',
      'ola@czerny.example',
      'ruth@amsel-heating.example',
    ]);
  });
});
