import { withClient } from '../connect.ts';
import { type Context, print, spanOption } from '../context.ts';
import { safe, table } from '../text/table.ts';
import { day } from './tokens.ts';

/** `reeve peer` */
export async function peers(context: Context): Promise<void> {
  await withClient(context, async ({ client }) => {
    const found = (await client.peers()).peers;
    const columns = [
      { title: 'token' },
      { title: 'peer' },
      { title: 'services', shrink: true },
      { title: 'until' },
    ] as const;
    const rows = found.map(({ id, peer, services, expires }) => [
      id,
      safe(peer),
      services === null ? 'all that are offered' : services.join(', '),
      expires === null ? 'revoked' : day(expires),
    ]);
    const none = 'no peers; admit one with `reeve peer admit NAME`\n';
    print(context, found, () => (rows.length === 0 ? none : `${table(columns, rows, context.width)}\n`));
  });
}

/** `reeve peer admit` [CLI230] */
export async function admit(
  context: Context,
  peer: string,
  { service, life }: { readonly service?: string[]; readonly life?: string },
): Promise<void> {
  await withClient(context, async ({ client, url }) => {
    const span = life === undefined ? null : spanOption(life, '--life', 1000);
    const made = await client.admitPeer({ peer, services: service ?? null, life: span });
    print(context, made, `${made.token}\n`);
    if (context.json) return;
    const where = url === null ? '' : `, whose agent card is at ${url}/.well-known/agent-card.json`;
    context.io.err(`for the peer "${peer}"${where}; it is told this once (${made.id} revokes it)\n`);
  });
}

/** `reeve peer revoke` */
export async function revoke(context: Context, id: string): Promise<void> {
  await withClient(context, async ({ client }) => {
    print(context, await client.revokePeer({ id }), `${id} counts for nothing from now on\n`);
  });
}
