import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toolIssues } from '@reeve/connectors';
import { capability, tool } from '@reeve/kernel';
import { expect, it } from 'vitest';
import { parse } from 'yaml';

const GUIDES = join(import.meta.dirname, '../../../docs/how-to/tools');

it.each(readdirSync(GUIDES))('the example of docs/how-to/tools/%s is one that can be applied [CON12]', (file) => {
  const yaml = /```yaml\n([\s\S]*?)```/.exec(readFileSync(join(GUIDES, file), 'utf8'))?.[1] ?? '';
  const parts: { tools: unknown[]; capabilities: unknown[] } = parse(yaml);
  const tools = parts.tools.map((one) => tool.parse(one));
  const capabilities = parts.capabilities.map((one) => capability.parse(one));
  expect(toolIssues({ tools, capabilities })).toEqual([]);
  for (const { id, args, sensitive } of capabilities)
    expect(Object.keys(args), id).toEqual(expect.arrayContaining(sensitive));
});
