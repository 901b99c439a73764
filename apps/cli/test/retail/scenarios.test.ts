import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PACK, retailDefinition } from '../../src/tau/organisation.ts';
import { fixtureBenchmark } from './fixture.ts';
import { scenarioText } from './scenarios.ts';

describe('the scenarios of the retail pack', () => {
  it('are what the operators make of its small shop, judged on the shop itself', async () => {
    const text = await scenarioText(await retailDefinition(), fixtureBenchmark());
    await expect(text).toMatchFileSnapshot(join(PACK, 'policy-tests/violations.yaml'));
  }, 120_000);
});
