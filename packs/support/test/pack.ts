import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Definition, definition, RESOURCE_KINDS } from '@reeve/kernel';
import { parse } from 'yaml';

export const PACK = join(import.meta.dirname, '..');

/** All resource files of the pack merged the way the loader does it: lists of the same kind are joined. */
export function readDefinition(): Definition {
  const manifest = parse(readFileSync(join(PACK, 'pack.yaml'), 'utf8')) as { name: string; settings: unknown };
  const merged: Record<string, unknown> = { name: manifest.name, settings: manifest.settings };
  for (const file of resourceFiles()) {
    const content = parse(readFileSync(join(PACK, file), 'utf8')) as Record<string, unknown[]>;
    for (const [kind, list] of Object.entries(content)) {
      if (!(RESOURCE_KINDS as readonly string[]).includes(kind))
        throw new Error(`${file}: "${kind}" is no kind of resource`);
      merged[kind] = [...((merged[kind] as unknown[]) ?? []), ...list];
    }
  }
  return definition.parse(merged);
}

const resourceFiles = (): string[] =>
  readdirSync(PACK, { recursive: true, encoding: 'utf8' })
    .filter(
      (file) => file.endsWith('.yaml') && file !== 'pack.yaml' && !/^(tickets|knowledge|policy-tests)\b/.test(file),
    )
    .sort();

export interface Ticket {
  readonly externalId: string;
  readonly subject: string;
  readonly text: string;
  readonly customer: string;
  readonly name: string;
  readonly channel: string;
  readonly priority?: string;
}

export interface Expected {
  readonly externalId: string;
  readonly topic: string;
  readonly kind: string;
  readonly expect: 'resolved' | 'approval' | 'escalated' | 'waiting_customer' | 'cancelled' | 'refused';
}

const lines = <T>(file: string): T[] =>
  readFileSync(join(PACK, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);

export const readTickets = (): Ticket[] => lines<Ticket>('tickets/tickets.jsonl');
export const readExpected = (): Map<string, Expected> =>
  new Map(lines<Expected>('tickets/expected.jsonl').map((entry) => [entry.externalId, entry]));
