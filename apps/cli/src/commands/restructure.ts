import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { RestructuringPlanView } from '@reeve/protocol';
import { withClient } from '../connect.ts';
import { type Context, print, usage } from '../context.ts';
import { loadPackFolder } from '../house.ts';
import { lineText, restructuringText } from '../text/restructuring.ts';
import { safe, section } from '../text/table.ts';
import { idOf } from './pages.ts';

type Step = { do: string };

/** The steps in a file, as a pack would write them. */
export async function stepsOf(context: Context, file: string): Promise<Step[]> {
  const { readSteps } = await import('@reeve/packs');
  try {
    return readSteps(await readFile(resolve(context.io.cwd, file), 'utf8')) as Step[];
  } catch (error) {
    throw usage(`${file} cannot be read as steps`, (error as Error).message, 'see docs/how-to/restructure.md');
  }
}

const KINDS = ['cases', 'tasks', 'messages', 'approvals', 'operations', 'runs'] as const;

function movingText({ from, to, ...what }: RestructuringPlanView['moving'][number]): string[] {
  const lines = KINDS.filter((kind) => what[kind].length > 0).map(
    (kind) =>
      `${what[kind].length} ${kind}: ${what[kind].slice(0, 20).join(', ')}${what[kind].length > 20 ? ', …' : ''}`,
  );
  return [`${from} → ${to}${lines.length === 0 ? ': nothing is open' : ''}`, ...lines.map((line) => `  ${line}`)];
}

function planText(plan: RestructuringPlanView): string {
  return [
    section('Would be done', plan.sentences),
    section(
      'Retired',
      plan.retired.map(({ seat, heir }) => `${seat}; ${heir} takes its place`),
    ),
    section('Would move', plan.moving.flatMap(movingText)),
    section('Runs that end', plan.stopped.length === 0 ? [] : [plan.stopped.join(', ')]),
    section('Told', [plan.told.join(', ')]),
    section('Look at', plan.warnings),
  ].join('');
}

/** `reeve restructure plan` */
export async function plan(context: Context, file: string): Promise<void> {
  const steps = await stepsOf(context, file);
  await withClient(context, async ({ client }) => {
    const found = await client.planRestructuring({ steps });
    const then = `\nnothing was changed; do it with: reeve restructure do ${file} --base ${found.base} --reason "…"\n`;
    print(context, found, () => planText(found) + then);
  });
}

/** `reeve restructure do` */
export async function restructure(
  context: Context,
  file: string,
  { reason, base }: { reason: string; base?: string },
): Promise<void> {
  const steps = await stepsOf(context, file);
  await withClient(context, async ({ client }) => {
    const answer = await client.restructure({ steps, reason, ...(base === undefined ? {} : { base }) });
    const { restructuring: id, seq } = answer;
    const text = `${id} is done (record ${seq}); what moved: reeve restructure show ${id}\nkeep it: reeve restructure write DIR, with the folder of your pack\n`;
    print(context, answer, text);
  });
}

/** `reeve restructure list` */
export async function list(context: Context): Promise<void> {
  await withClient(context, async ({ client }) => {
    const found = await client.restructurings();
    const lines = found.restructurings.flatMap((line) => [
      lineText(line),
      ...line.sentences.map((s) => `  ${safe(s)}`),
    ]);
    print(context, found, lines.length === 0 ? 'never restructured\n' : `${lines.join('\n')}\n`);
  });
}

/** `reeve restructure show`, and `reeve why RS-…` */
export async function show(context: Context, given: string): Promise<void> {
  const id = idOf(given, 'RS', 'restructuring', 'reeve restructure list');
  await withClient(context, async ({ client }) => {
    const found = await client.restructuring({ id });
    print(context, found, () => restructuringText(found));
  });
}

/** `reeve restructure write` */
export async function write(context: Context, directory: string): Promise<void> {
  const folder = resolve(context.io.cwd, directory);
  const loaded = await loadPackFolder(folder);
  if (!loaded.ok)
    throw usage(`the pack in ${directory} has mistakes`, 'it cannot be compared', `reeve plan ${directory}`);
  const { writePlaces } = await import('@reeve/packs');
  await withClient(context, async ({ client }) => {
    const { definition } = await client.organisation();
    if (definition === null) throw usage('there is no organisation yet', 'nothing was applied', 'apply the pack first');
    const written = await writePlaces(folder, loaded.pack.definition, definition);
    const text =
      written.length === 0
        ? 'the pack has it already\n'
        : `${written.join('\n')}\nlook at it with: reeve plan ${directory}\n`;
    print(context, { written }, text);
  });
}

export interface OccupyOptions {
  readonly reason: string;
  readonly human?: string;
  readonly back?: boolean;
  readonly takeOver?: boolean;
}

/** `reeve restructure occupy` */
export async function occupy(context: Context, seat: string, options: OccupyOptions): Promise<void> {
  const { reason, human, back, takeOver } = options;
  if ((human === undefined) === (back !== true))
    throw usage('who is to sit there?', 'give --human or --back, not both', 'see reeve restructure occupy --help');
  await withClient(context, async ({ client }) => {
    const { definition } = await client.organisation();
    const named = definition?.seats.find((one) => one.id === seat)?.occupant ?? null;
    const occupant = human === undefined ? named : { principal: human, kind: 'human' };
    const more = takeOver ? { takesOver: true } : {};
    const answer = await client.occupySeat({ id: seat, occupant, reason, ...more });
    print(
      context,
      answer,
      `${occupant?.principal ?? 'nobody'} sits at ${seat} now (record ${answer.seq}); its desk and its work stay\n`,
    );
  });
}
