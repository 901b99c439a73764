import type { SecretInfo } from '@reeve/server';
import { table } from './table.ts';

/** Names and what may have them; there is nothing else to show. */
export function secretsText(secrets: readonly SecretInfo[], { width }: { readonly width: number }): string {
  if (secrets.length === 0) return 'no secrets; store one with `reeve secret set`\n';
  const columns = [
    { title: 'secret' },
    { title: 'for', shrink: true },
    { title: 'seats', shrink: true },
    { title: 'since' },
  ] as const;
  const rows = secrets.map(({ name, tools, models, seats, stored, rotated }) => [
    name,
    [...tools.map((tool) => `tool ${tool}`), ...models.map((model) => `model ${model}`)].join(', '),
    seats.join(', ') || 'all',
    (rotated ?? stored).slice(0, 16).replace('T', ' '),
  ]);
  return `${table(columns, rows, width)}\n`;
}
