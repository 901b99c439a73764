import { withClient } from '../connect.ts';
import { type Context, print, spanOption } from '../context.ts';
import { safe, table } from '../text/table.ts';

const day = (at: number): string => new Date(at).toISOString().slice(0, 16).replace('T', ' ');

/** `reeve token` */
export async function tokens(context: Context): Promise<void> {
  await withClient(context, async ({ client }) => {
    const found = (await client.seatTokens()).tokens;
    const columns = [
      { title: 'token' },
      { title: 'seat' },
      { title: 'for', shrink: true },
      { title: 'until' },
    ] as const;
    const rows = found.map(({ id, seat, name, expires }) => [
      id,
      seat,
      safe(name),
      expires === null ? 'revoked' : day(expires),
    ]);
    const none = 'no tokens; make one with `reeve token give SEAT`\n';
    print(context, found, () => (rows.length === 0 ? none : `${table(columns, rows, context.width)}\n`));
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

/** `reeve token revoke` */
export async function revoke(context: Context, id: string): Promise<void> {
  await withClient(context, async ({ client }) => {
    print(context, await client.revokeToken({ id }), `${id} counts for nothing from now on\n`);
  });
}
