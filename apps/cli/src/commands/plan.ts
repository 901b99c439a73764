import { resolve } from 'node:path';
import type { Definition } from '@reeve/kernel';
import { type Change, diffDefinitions, type LoadedPack, type LoadResult, type Problem } from '@reeve/packs';
import type { Organisation } from '@reeve/protocol';
import { hasOrganisation, withClient, withNewClient } from '../connect.ts';
import type { Context } from '../context.ts';
import { print, usage } from '../context.ts';
import { EXIT, type Exit } from '../failure.ts';
import { loadPackFolder, packToSend } from '../house.ts';
import { matrixChanges, planText, problemsText } from '../text/plan.ts';

export interface PlanOptions {
  readonly matrix?: boolean;
  readonly warnings?: boolean;
}

/** A pack that loads, compared with what is in force. */
interface Plan {
  readonly pack: LoadedPack;
  readonly warnings: readonly Problem[];
  /** Digest of the definition in force; empty when there is none. */
  readonly base: string;
  readonly before: Definition | null;
  /** Restructurings that the pack applied last does not have. */
  readonly restructured: readonly string[];
  readonly changes: readonly Change[];
}

/** `reeve plan` */
export async function plan(context: Context, directory: string, options: PlanOptions): Promise<Exit> {
  const loaded = await loadPackFolder(resolve(context.io.cwd, directory));
  if (!loaded.ok) return reject(context, directory, loaded);
  const planned = compare(loaded, await inForce(context));
  const next = planned.changes.length === 0 ? '' : `\nApply it with: reeve apply ${directory}\n`;
  print(context, await planJson(planned, options), () => textOf(context, directory, planned, options) + next);
  return EXIT.done;
}

function reject(context: Context, directory: string, result: LoadResult & { ok: false }): Exit {
  const { problems, warnings } = result;
  const found = { ok: false, problems, warnings };
  if (context.json) context.io.out(`${JSON.stringify(found)}\n`);
  else context.io.err(problemsText(directory, problems, warnings));
  return EXIT.invalid;
}

const NOTHING: Organisation = { digest: '', definition: null, pack: null, restructured: [] };

/** Looking must not create anything: without an organisation the data directory stays as it is. */
async function inForce(context: Context): Promise<Organisation> {
  if (context.at === undefined && !(await hasOrganisation(context.data))) return NOTHING;
  return withClient(context, ({ client }) => client.organisation());
}

function compare(loaded: LoadResult & { ok: true }, organisation: Organisation): Plan {
  const { pack, warnings } = loaded;
  const { definition: before, restructured } = organisation;
  return {
    pack,
    warnings,
    base: organisation.digest,
    before,
    restructured,
    changes: diffDefinitions(before, pack.definition),
  };
}

async function planJson(
  { pack, warnings, base, before, restructured, changes }: Plan,
  { matrix }: PlanOptions,
): Promise<object> {
  const { id, version, digest, definition } = pack;
  const common = { ok: true, pack: { id, version, digest }, base, restructured, changes, warnings };
  if (!matrix) return common;
  const { authorisationMatrix } = await import('@reeve/packs');
  const old = before === null ? '' : authorisationMatrix(before);
  return { ...common, matrix: matrixChanges(old, authorisationMatrix(definition)) };
}

function textOf(context: Context, directory: string, planned: Plan, options: PlanOptions): string {
  const { pack, warnings, before, changes } = planned;
  const choices = { matrix: options.matrix ?? false, verbose: options.warnings ?? false };
  const name = `${pack.definition.name}, pack ${pack.id} version ${pack.version}`;
  const text = planText(
    { name, directory, before, after: pack.definition, changes, warnings, ...choices },
    context.paint,
  );
  return text + driftText(planned, directory);
}

/** [CLI190] Files that do not know of a restructuring would take it back: that is said before anything else happens. */
function driftText({ restructured, changes }: Plan, directory: string): string {
  if (restructured.length === 0 || changes.length === 0) return '';
  const which = restructured.join(', ');
  return `\nRestructured since the last apply: ${which}. What differs above may take that back.\nWrite it into the pack: reeve restructure write ${directory}   Take it back: reeve apply ${directory} --undo-restructurings\n`;
}

export interface ApplyOptions extends PlanOptions {
  readonly yes?: boolean;
  readonly reason?: string;
  readonly undoRestructurings?: boolean;
}

/** `reeve apply`: shows the plan, asks, applies all of it or nothing. */
export async function apply(context: Context, directory: string, options: ApplyOptions): Promise<Exit> {
  if (!options.yes && (context.json || !context.io.inTty))
    throw usage(
      'nobody can be asked',
      'this is no terminal',
      `look at \`reeve plan ${directory}\` and apply it with --yes`,
    );
  const loaded = await loadPackFolder(resolve(context.io.cwd, directory));
  if (!loaded.ok) return reject(context, directory, loaded);
  const planned = compare(loaded, await inForce(context));
  const show = context.json ? () => {} : (text: string) => context.io.out(text);
  show(textOf(context, directory, planned, options));
  if (planned.changes.length === 0) {
    print(context, { applied: false, digest: planned.base }, 'nothing to apply\n');
    return EXIT.done;
  }
  if (!options.yes && !(await agreed(context))) {
    context.io.out('not applied; nothing was changed\n');
    return EXIT.done;
  }
  return enforce(context, planned, options);
}

const agreed = async ({ io }: Context): Promise<boolean> =>
  /^y(es)?$/i.test((await io.ask('\nApply it? [y/N] ')).trim());

async function enforce(context: Context, { pack, base, changes }: Plan, options: ApplyOptions): Promise<Exit> {
  const reason = options.reason ?? `applied pack ${pack.id} version ${pack.version}`;
  const undo = options.undoRestructurings ? { undo: true } : {};
  return withNewClient(context, async ({ client, live }) => {
    // Where that is, this folder is not.
    const sent = context.at === undefined ? {} : { archive: await packToSend(pack.dir) };
    const answer = await client.apply({ directory: pack.dir, ...sent, base, digest: pack.digest, reason, ...undo });
    const then = live ? 'it is in force' : 'start it with: reeve up';
    const text = `\napplied ${changes.length} changes: definition ${answer.digest.slice(0, 12)}, record ${answer.seq}; ${then}\n`;
    print(context, { applied: true, changes: changes.length, ...answer }, text);
    return EXIT.done;
  });
}
