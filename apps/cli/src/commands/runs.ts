import { viewOf, withClient } from '../connect.ts';
import { type Context, print } from '../context.ts';
import { endText, runHead, stepsText } from '../text/run.ts';

/** How often a run is looked at again while it is followed, in milliseconds. */
const LOOK = 1000;

/** `reeve run`: all steps so far; with --follow the others as they are taken. */
export async function runShow(
  context: Context,
  given: string,
  { follow }: { readonly follow?: boolean },
): Promise<void> {
  const id = given.toUpperCase();
  await withClient(context, async (connection) => {
    const { client } = connection;
    let run = await client.run({ id });
    if (context.json && !follow) return print(context, run, '');
    const { currency } = await viewOf(context, connection);
    const show = (after: number) => {
      const steps = run.steps.filter(({ seq }) => seq > after);
      for (const step of context.json ? steps : []) context.io.out(`${JSON.stringify(step)}\n`);
      if (!context.json) context.io.out(stepsText(steps, context.width));
    };
    if (!context.json) context.io.out(runHead(run, currency));
    show(0);
    let stopped = false;
    const forget = context.io.onSignal(() => {
      stopped = true;
    });
    while (follow && run.endedAt === null && !stopped) {
      const seen = run.steps.at(-1)?.seq ?? 0;
      await new Promise((resolve) => setTimeout(resolve, LOOK));
      run = await client.run({ id });
      show(seen);
    }
    forget();
    if (!context.json) context.io.out(endText(run));
  });
}
