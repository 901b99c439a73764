import { metricsToken } from '@reeve/server';
import { expect, it } from 'vitest';
import { reeve, SUPPORT, serving, temporary } from './support/cli.ts';

it('[CLI96] metrics prints what a running server counts, and the token for scraping', async () => {
  const data = temporary();
  expect((await reeve({ data }, 'apply', SUPPORT, '--yes')).code).toBe(0);
  expect(await reeve({ data }, 'metrics')).toMatchObject({ code: 5, err: expect.stringContaining('no server runs') });
  await serving(data, async ({ house }) => {
    expect((await reeve({ data }, 'metrics', '--token')).out).toBe(`${metricsToken(house.token)}\n`);
    expect((await reeve({ data }, 'metrics')).out).toContain('reeve_organisations{status="running"} 1');
  });
}, 30_000);

it('[CLI98] a level or format of the log that is none is refused', async () => {
  const data = temporary();
  for (const option of ['--log-level', '--log-format'])
    expect(await reeve({ data }, 'up', option, 'loud')).toMatchObject({
      code: 2,
      err: expect.stringContaining('known are'),
    });
}, 30_000);
