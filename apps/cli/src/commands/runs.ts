import { ApiProblem, type Client, type RunOutput } from '@reeve/protocol';
import { viewOf, withClient } from '../connect.ts';
import { type Context, print } from '../context.ts';
import { endText, outputText, runHead, stepsText } from '../text/run.ts';

export interface RunOptions {
  readonly follow?: boolean;
  /** Why it is to end now. */
  readonly stop?: string;
}

/** `reeve run`: all steps so far; with --follow what it writes from now on, as it does; with --stop it ends. */
export async function runShow(context: Context, given: string, { follow, stop }: RunOptions): Promise<void> {
  const id = given.toUpperCase();
  if (stop !== undefined) return ended(context, id, stop);
  await withClient(context, async (connection) => {
    const { client } = connection;
    const run = await client.run({ id });
    if (context.json) {
      if (!follow) return print(context, run, '');
      for (const step of run.steps) context.io.out(`${JSON.stringify(step)}\n`);
    } else {
      const { currency } = await viewOf(context, connection);
      context.io.out(runHead(run, currency) + stepsText(run.steps, context.width));
    }
    if (follow && run.endedAt === null && connection.live) await followed(context, client, id);
    if (!context.json) context.io.out(endText(follow ? await client.run({ id }) : run));
  });
}

/** What a run writes, until it is over or somebody stops looking. */
async function followed({ io, json }: Context, client: Client, id: string): Promise<void> {
  const stop = new AbortController();
  const forget = io.onSignal(() => stop.abort());
  let line = true;
  const show = (entries: RunOutput['entries']) => {
    const shown = outputText(entries, line);
    line = shown.line;
    io.out(shown.text);
  };
  try {
    for await (const { entries, dropped } of client.followOutput({ id, signal: stop.signal })) {
      if (dropped > 0 && !json) io.out(`[${dropped} characters are not kept any more]\n`);
      if (json) for (const entry of entries) io.out(`${JSON.stringify(entry)}\n`);
      else show(entries);
    }
    if (!line) io.out('\n');
  } catch (error) {
    // It ended before it was looked at, and wrote nothing.
    if (!(error instanceof ApiProblem && error.code === 'not-found')) throw error;
  } finally {
    forget();
  }
}

async function ended(context: Context, run: string, reason: string): Promise<void> {
  await withClient(context, async ({ client }) => {
    const answer = await client.command({ kind: 'run.stop', body: { run, reason } });
    print(context, answer, `ended: ${run} (record ${answer.seq})\n`);
  });
}
