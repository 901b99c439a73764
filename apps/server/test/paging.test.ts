import { describe, expect, it } from 'vitest';
import { Refusal } from '../src/errors.ts';
import { acrossLists, byKeys } from '../src/views/page.ts';
import { json, supported } from './support.ts';

const LISTS = { units: ['a', 'b:c', ''], seats: ['a', 'd'], topics: [] };

/** All pages of so many lines. */
function pages(limit: number) {
  const found: ReturnType<typeof acrossLists<keyof typeof LISTS>>[] = [];
  for (let cursor: string | undefined; ; ) {
    const one = acrossLists(LISTS, { limit, cursor });
    found.push(one);
    if (one.next === undefined) return found;
    cursor = one.next;
  }
}

describe('pages of several lists', () => {
  it.each([1, 2, 3, 4, 5, 6])('[SRV63] of %i lines hold every line once, in its list and in order', (limit) => {
    const all = pages(limit);
    expect(all).toHaveLength(Math.ceil(5 / limit));
    for (const { page } of all) expect(Object.values(page).flat().length).toBeLessThanOrEqual(limit);
    for (const list of ['units', 'seats', 'topics'] as const)
      expect(all.flatMap(({ page }) => page[list])).toEqual(LISTS[list]);
  });

  it('[SRV35] a cursor that is none is refused', () => {
    for (const cursor of ['seats:b', 'topics:a', 'a', ''])
      expect(() => acrossLists(LISTS, { limit: 2, cursor })).toThrow(Refusal);
  });

  it('keys that are gone are left out', () => {
    expect(byKeys([{ id: 'a' }, { id: 'b' }], ({ id }) => id, ['b', 'x', 'a'])).toEqual([{ id: 'b' }, { id: 'a' }]);
  });
});

it('[SRV63] profit and loss, costs and reviews are read page by page; who asks as before gets the first page', async () => {
  const { client, ask } = await supported();
  const whole = await client.profit({ limit: 1000 });
  expect(whole.next).toBeUndefined();
  const lines: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await client.profit({ limit: 3, ...(cursor === undefined ? {} : { cursor }) });
    expect(page.organisation).toEqual(whole.organisation);
    lines.push(...[...page.units, ...page.seats].map(({ id }) => id));
    cursor = page.next;
    if (cursor === undefined) break;
  }
  expect(lines).toEqual([...whole.units, ...whole.seats].map(({ id }) => id));
  expect(await client.profit()).toEqual(whole);
  expect(await client.costs({ limit: 1 })).toMatchObject({ seats: [], topics: [] });
  expect(await client.reviews({ limit: 1 })).toMatchObject({ decided: 0, byCapability: [] });
  for (const path of ['profit', 'costs', 'reviews']) expect((await ask(`/v1/${path}?cursor=nothing`)).status).toBe(400);
  expect((await ask('/v1/profit', json({}))).status).toBe(405);
});
