import type { ApiProblem, Client } from '@reeve/protocol';
import { withClient } from '../connect.ts';
import { type Context, print } from '../context.ts';
import { EXIT, Failure } from '../failure.ts';
import { safe } from '../text/table.ts';
import { idOf } from './pages.ts';

export interface OverrideOptions {
  readonly reason: string;
  readonly acknowledge?: readonly string[];
}

/** `reeve override`: the warning comes first, from the server; who goes on does so in his own name. */
export async function override(context: Context, given: string, options: OverrideOptions): Promise<void> {
  const id = idOf(given, 'OP', 'operation', 'reeve case show C-…');
  const { reason, acknowledge = [] } = options;
  await withClient(context, async ({ client, live }) => {
    const answer = await client
      .override({ id, reason, acknowledge: [...acknowledge] })
      .catch(async (error: unknown) => againAfter(context, client, { id, reason }, error));
    const later = live ? '' : ' when the organisation runs (`reeve up`)';
    const text = `overridden: ${id} is done after all as ${answer.again}${later} (record ${answer.seq}); follow it with: reeve why ${answer.again}\n`;
    print(context, answer, text);
  });
}

/** On a terminal the warning is a question; elsewhere the rules must be named. */
async function againAfter(
  context: Context,
  client: Client,
  { id, reason }: { id: string; reason: string },
  error: unknown,
) {
  if (!isWarning(error)) throw error;
  const { decision } = await client.operation({ id });
  const rules = [...new Set((decision?.reasons ?? []).filter((r) => r.verdict === 'deny').map((r) => r.rule))];
  const { io } = context;
  if (!io.inTty || context.json) throw refused(error, rules);
  io.err(`${safe(error.detail)}\n`);
  if (!/^y(es)?$/i.test((await io.ask('do it all the same, in your name? [y/N] ')).trim())) throw refused(error, rules);
  return client.override({ id, reason, acknowledge: rules });
}

const isWarning = (error: unknown): error is ApiProblem =>
  error instanceof Error && error.name === 'ApiProblem' && (error as ApiProblem).detail.startsWith('warning: ');

const refused = (error: ApiProblem, rules: readonly string[]): Failure =>
  new Failure(
    EXIT.refused,
    error.detail,
    'a refusal is overridden only by who names every rule that refused (rule GOV44)',
    `if you mean it, add: --acknowledge ${rules.map((rule) => `'${rule}'`).join(' ')}`,
    error,
  );
