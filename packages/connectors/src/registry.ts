import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { CapabilityDef, ToolDef } from '@reeve/kernel';
import type { z } from 'zod';
import { webdavConnector } from './dav/files-client.ts';
import { fakeWebdav } from './dav/files-fake.ts';
import { calendarConnector, contactsConnector } from './dav/objects-client.ts';
import { fakeCalendar, fakeContacts } from './dav/objects-fake.ts';
import { deviceConnector } from './device/client.ts';
import { fakeDevices } from './device/fake.ts';
import { documentsConnector } from './documents/client.ts';
import { fakeDocuments } from './documents/fake.ts';
import { fsConnector } from './fs/client.ts';
import { fakeFs } from './fs/fake.ts';
import { gitConnector } from './git/client.ts';
import { fakeGit } from './git/fake.ts';
import { httpConnector } from './http/client.ts';
import { fakeHttp } from './http/fake.ts';
import { jsonStoreConnector } from './json-store/client.ts';
import { fakeJsonStore } from './json-store/fake.ts';
import { mailConnector } from './mail/client.ts';
import { fakeMail } from './mail/fake.ts';
import { mailboxConnector } from './mailbox/client.ts';
import { fakeMailbox } from './mailbox/fake.ts';
import { mcpConnector } from './mcp/client.ts';
import { fakeMcp } from './mcp/fake.ts';
import { moduleConnector } from './module/client.ts';
import { fakeModule } from './module/fake.ts';
import type { Connector, OpenContext, Tool } from './port.ts';
import { postgresConnector } from './postgres/client.ts';
import { fakePostgres } from './postgres/fake.ts';
import { shellConnector } from './shell/client.ts';
import { fakeShell } from './shell/fake.ts';
import { sqlConnector } from './sql/client.ts';
import { fakeSql } from './sql/fake.ts';
import { webhookConnector } from './webhook/client.ts';
import { fakeWebhook } from './webhook/fake.ts';

export type Connectors = Readonly<Record<string, Connector>>;

const byId = (connectors: readonly Connector[]): Connectors =>
  Object.fromEntries(connectors.map((one) => [one.id, one]));

/** The connectors that reach real systems, by id. */
export const CONNECTORS: Connectors = byId([
  ...[sqlConnector, mailboxConnector, documentsConnector, jsonStoreConnector],
  ...[fsConnector, shellConnector, httpConnector, mailConnector],
  ...[webhookConnector, calendarConnector, contactsConnector, webdavConnector],
  ...[gitConnector, deviceConnector, postgresConnector],
  ...[mcpConnector, moduleConnector],
]);

/** A fresh set of fakes under the ids of the real ones. Their worlds outlive the tools opened on them. */
export function fakeConnectors(): Connectors {
  return byId([
    ...[fakeSql(), fakeMailbox(), fakeDocuments(), fakeJsonStore()],
    ...[fakeFs(), fakeShell(), fakeHttp(), fakeMail()],
    ...[fakeWebhook(), fakeCalendar(), fakeContacts(), fakeWebdav()],
    ...[fakeGit(), fakeDevices(), fakePostgres()],
    ...[fakeMcp(), fakeModule()],
  ]);
}

/** The parts of a definition that concern tools. */
export interface ToolParts {
  readonly tools: readonly ToolDef[];
  readonly capabilities: readonly CapabilityDef[];
}

export interface ToolDirectories extends Pick<OpenContext, 'workspaces' | 'hidden'> {
  /** Secrets by name, for who is asking. */
  readonly secret?: (
    name: string,
    by: { readonly tool: string; readonly seat: string | undefined },
  ) => Promise<string | undefined>;
  /** Parent of the tools' own directories: `<data>/<tool id>`, created when missing; workspaces go to `.workspaces` there. */
  readonly data: string;
  /** The pack's folder. */
  readonly pack: string;
}

/** Something wrong in a tool's or capability's configuration. */
export interface ToolIssue {
  /** e.g. `capabilities.orders.refund.config.statements.0`. */
  readonly path: string;
  readonly message: string;
}

/** What is wrong with the configuration of tools and capabilities, found without opening anything. */
export function toolIssues(parts: ToolParts, connectors: Connectors = CONNECTORS): ToolIssue[] {
  const tools = parts.tools.flatMap((tool) => {
    const connector = connectorOf(connectors, tool);
    if (connector) return issuesOf(connector.config, tool.config, `tools.${tool.id}.config`);
    return [{ path: `tools.${tool.id}.connector`, message: unknownConnector(connectors, tool) }];
  });
  const capabilities = parts.capabilities.flatMap((capability) => {
    const tool = parts.tools.find(({ id }) => id === capability.tool);
    const connector = tool && connectorOf(connectors, tool);
    return connector
      ? issuesOf(connector.capabilityConfig, capability.config, `capabilities.${capability.id}.config`)
      : [];
  });
  return [...tools, ...capabilities];
}

function connectorOf(connectors: Connectors, tool: ToolDef): Connector | undefined {
  return Object.hasOwn(connectors, tool.connector) ? connectors[tool.connector] : undefined;
}

function unknownConnector(connectors: Connectors, tool: ToolDef): string {
  return `there is no connector "${tool.connector}"; known are ${Object.keys(connectors).sort().join(', ')}`;
}

function issuesOf(schema: z.ZodType, value: unknown, path: string): ToolIssue[] {
  const parsed = schema.safeParse(value);
  if (parsed.success) return [];
  return parsed.error.issues.map((issue) => ({ path: [path, ...issue.path].join('.'), message: messageOf(issue) }));
}

/** In a choice of shapes, what is wrong with each of them. */
function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_union') return issue.message;
  const shapes = issue.errors.map((errors) => errors.map(messageOf).join(', ')).filter((text) => text !== '');
  return shapes.length > 0 ? `fits no known shape: ${shapes.join('; or ')}` : issue.message;
}

/**
 * Open every tool, in order. All or nothing: when one fails, those already open are closed and the error names the tool.
 * The caller closes the tools it was given.
 */
export async function openTools(
  parts: ToolParts,
  directories: ToolDirectories,
  connectors: Connectors = CONNECTORS,
): Promise<Map<string, Tool>> {
  const open = new Map<string, Tool>();
  for (const tool of parts.tools) {
    try {
      open.set(tool.id, await openTool(tool, parts.capabilities, directories, connectors));
    } catch (cause) {
      await Promise.allSettled([...open.values()].map((one) => one.close()));
      throw new Error(`tool ${tool.id} could not be opened: ${(cause as Error).message}`, { cause });
    }
  }
  return open;
}

async function openTool(
  tool: ToolDef,
  all: readonly CapabilityDef[],
  { data, pack, workspaces = join(data, '.workspaces'), secret, ...more }: ToolDirectories,
  connectors: Connectors,
): Promise<Tool> {
  const connector = connectorOf(connectors, tool);
  if (!connector) throw new Error(unknownConnector(connectors, tool));
  const directory = join(data, tool.id);
  mkdirSync(directory, { recursive: true });
  const capabilities = all.filter((capability) => capability.tool === tool.id);
  const own: OpenContext['secret'] = (name, seat) =>
    secret?.(name, { tool: tool.id, seat }) ?? Promise.resolve(undefined);
  return connector.open({ tool, capabilities, directory, packDirectory: pack, workspaces, secret: own, ...more });
}
