import { withClient } from '../connect.ts';
import type { Context } from '../context.ts';
import { print, usage } from '../context.ts';

const SCOPES = ['organisation', 'unit', 'seat', 'capability', 'tool', 'lane'] as const;
type Scope = (typeof SCOPES)[number];

export interface KillOptions {
  readonly reason: string;
  readonly rearm?: boolean;
}

/** `reeve kill`: stops everything a scope covers, or lets it act again. */
export async function kill(
  context: Context,
  scope: string,
  id: string | undefined,
  options: KillOptions,
): Promise<void> {
  const { reason } = options;
  const target = { scope: scopeOf(scope), id: idOf(scope, id), reason };
  await withClient(context, async ({ client }) => {
    const answer = options.rearm ? await client.rearm(target) : await client.trip(target);
    const name = `${answer.scope} ${answer.id}`.replace(/ all$/, '');
    const text = options.rearm
      ? `re-armed: ${name} may act again (record ${answer.seq})\n`
      : `stopped: ${name} does nothing any more (record ${answer.seq})\nlet it act again with: reeve kill --rearm ${name} --reason "…"\n`;
    print(context, answer, text);
  });
}

function scopeOf(text: string): Scope {
  const found = SCOPES.find((scope) => scope === text);
  if (found) return found;
  throw usage(
    `"${text}" cannot be switched off`,
    `the scopes are ${SCOPES.join(', ')}`,
    'for all of it: reeve kill organisation --reason "…"',
  );
}

function idOf(scope: string, id: string | undefined): string {
  if (scope === 'organisation') return id ?? 'all';
  if (id !== undefined) return id;
  throw usage(
    `which ${scope} is missing`,
    `a switch of a ${scope} needs its id`,
    `write: reeve kill ${scope} ID --reason "…"`,
  );
}
