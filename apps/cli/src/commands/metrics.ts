import { liveServer } from '../connect.ts';
import { type Context, print } from '../context.ts';
import { EXIT, Failure } from '../failure.ts';
import { readOrganisation, readToken } from '../layout.ts';

/** `reeve metrics`: what the running server counts, or the token for who asks it regularly. [CLI96] */
export async function metrics(context: Context, options: { readonly token?: boolean }): Promise<void> {
  const { data } = context;
  await readOrganisation(data);
  const token = (await readToken(data)) ?? '';
  const { metricsToken } = await import('@reeve/server');
  const derived = metricsToken(token);
  if (options.token) return print(context, { token: derived }, `${derived}\n`);
  const live = await liveServer(data);
  if (live === null)
    throw new Failure(
      EXIT.unavailable,
      'there is nothing to count',
      `no server runs on ${data}`,
      'start it with `reeve up`; `reeve doctor` looks at a stopped organisation',
    );
  const response = await fetch(`${live.url}/metrics`, { headers: { authorization: `Bearer ${derived}` } });
  const text = await response.text();
  print(context, { metrics: text }, text);
}
