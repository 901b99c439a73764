/** What an MCP server of a pack says of its tools, with the pins that agree to them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describeServer } from '@reeve/connectors';
import { readPack, Secrets } from '@reeve/server';
import { type Context, print } from '../context.ts';
import { EXIT, Failure } from '../failure.ts';
import { safe, wrap } from '../text/table.ts';

/** `reeve mcp-tools DIR TOOL` [CLI172]: starts or asks the server once, changes nothing. */
export async function mcpTools(context: Context, directory: string, id: string): Promise<void> {
  const path = resolve(context.io.cwd, directory);
  const loaded = await readPack(path);
  if (!loaded.ok)
    throw new Failure(EXIT.invalid, `the pack in ${directory} has mistakes`, '`reeve plan` lists them', 'correct them');
  const tool = loaded.pack.definition.tools.find((one) => one.id === id);
  if (tool?.connector !== 'mcp')
    throw new Failure(
      EXIT.refused,
      `there is no MCP server "${id}" in that pack`,
      'it has no such tool of connector "mcp"',
      'name one of its tools',
    );
  const secrets = new Secrets(context.data, context.io.env.REEVE_SECRETS_PASSPHRASE);
  const folder = await mkdtemp(join(tmpdir(), 'reeve-mcp-tools-'));
  try {
    const secret = (name: string) => secrets.lookup(name, { tool: id });
    const found = await describeServer({ tool, capabilities: [], directory: folder, packDirectory: path, secret });
    print(context, found, () =>
      found.map(({ descriptor, pin }) => described(descriptor, pin, context.width)).join('\n'),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function described(descriptor: Readonly<Record<string, unknown>>, pin: string, width: number): string {
  const { name, description = '', inputSchema } = descriptor;
  const lines = [
    `${safe(String(name))}`,
    `  pin: ${pin}`,
    ...wrap(safe(String(description)), Math.min(width, 120) - 2).map((line) => `  ${line}`),
  ];
  return `${[...lines, `  arguments: ${safe(JSON.stringify(inputSchema ?? {}))}`].join('\n')}\n`;
}
