import { withClient } from '../connect.ts';
import { type Context, print, spanOption } from '../context.ts';
import { safe, table } from '../text/table.ts';

export const day = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

/** `reeve token` */
export async function tokens(context: Context): Promise<void> {
  await withClient(context, async ({ client }) => {
    const { tokens: seats, executors } = await client.seatTokens();
    const found = [
      ...seats.map((each) => ({ kind: 'seat' as const, of: each.seat, ...each })),
      ...executors.map((each) => ({ kind: 'executor' as const, of: each.capabilities.join(' '), ...each })),
    ];
    const columns = [
      { title: 'token' },
      { title: 'kind' },
      { title: 'seat or capabilities', shrink: true },
      { title: 'for', shrink: true },
      { title: 'until' },
    ] as const;
    const until = (at: number | null) => (at === null ? 'revoked' : day(at));
    const rows = found.map(({ id, kind, of, name, expires }) => [id, kind, of, safe(name), until(expires)]);
    const none = 'no tokens; make one with `reeve token give SEAT` or `reeve token executor`\n';
    const shown = found.map(({ of: _, ...each }) => each);
    print(context, shown, () => (rows.length === 0 ? none : `${table(columns, rows, context.width)}\n`));
  });
}

/** `reeve token give` [CLI171] */
export async function give(
  context: Context,
  seat: string,
  { name = '', life }: { readonly name?: string; readonly life?: string },
): Promise<void> {
  await withClient(context, async ({ client, url }) => {
    const span = life === undefined ? null : spanOption(life, '--life', 1000);
    const made = await client.giveToken({ seat, name, life: span });
    const where = url === null ? '' : ` at ${url}/mcp`;
    print(context, made, `${made.token}\n`);
    if (!context.json) context.io.err(`for the seat "${seat}"${where}; it is told this once (${made.id} revokes it)\n`);
  });
}

/** `reeve token executor` [CLI173] */
export async function executorToken(
  context: Context,
  {
    name = '',
    capability: capabilities = ['*'],
    life,
  }: { readonly name?: string; readonly capability?: readonly string[]; readonly life?: string },
): Promise<void> {
  await withClient(context, async ({ client }) => {
    const span = life === undefined ? null : spanOption(life, '--life', 1000);
    const made = await client.giveExecutorToken({ name, capabilities: [...capabilities], life: span });
    print(context, made, `${made.token}\n`);
    const what = `for executors that make calls of ${capabilities.join(' ')}, and for nothing else`;
    if (!context.json) context.io.err(`${what}; it is told this once (${made.id} revokes it)\n`);
  });
}

/** `reeve token revoke` */
export async function revoke(context: Context, id: string): Promise<void> {
  await withClient(context, async ({ client }) => {
    print(context, await client.revokeToken({ id }), `${id} counts for nothing from now on\n`);
  });
}
