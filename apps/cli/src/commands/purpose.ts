import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseDuration, parseMoney } from '@reeve/kernel/units';
import type { GapView, RequestOf } from '@reeve/protocol';
import { viewOf, withClient } from '../connect.ts';
import { type Context, print, usage, wholeNumber } from '../context.ts';
import { gapsText, metricsText, proposalsText, proposalText, purposeDetailText, purposeText } from '../text/purpose.ts';
import { given, idOf, moreText, type PageOptions, pageOf } from './pages.ts';
import { stepsOf } from './restructure.ts';

interface Because {
  readonly reason: string;
}

/** `reeve purpose` */
export async function purpose(context: Context): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.purpose();
    const view = await viewOf(context, connection);
    print(context, found, () => purposeText(found.units, view));
  });
}

/** `reeve purpose show` */
export async function purposeShow(context: Context, unit: string): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.unitPurpose({ id: unit });
    const view = await viewOf(context, connection);
    print(context, found, () => purposeDetailText(found, view));
  });
}

/** A value as people write it: money and durations are kept in micro-units and milliseconds. */
function valueFrom(text: string, unit: GapView['unit']): number {
  const value = unit === 'money' ? parseMoney(text) : unit === 'duration' ? parseDuration(text) : Number(text);
  if (value !== undefined && Number.isFinite(value) && text.trim() !== '') return value;
  const such = unit === 'money' ? '$2500' : unit === 'duration' ? '5m' : '90';
  throw usage(`"${text}" is no value for this target`, `its metric is in ${unit}`, `write something such as ${such}`);
}

/** `reeve purpose set` */
export async function setTarget(context: Context, target: string, text: string, { reason }: Because): Promise<void> {
  await withClient(context, async ({ client }) => {
    const all = await client.gaps({ limit: 1000 });
    const found = all.gaps.find((each) => each.target === target);
    if (!found)
      throw usage(`there is no target "${target}"`, 'it is not among the targets', 'see them with: reeve gaps');
    const changes = [{ set: target, to: { value: valueFrom(text, found.unit) } }];
    const answer = await client.amendPurpose({ id: found.scope, changes, reason });
    print(
      context,
      answer,
      `${target} is changed: version ${answer.version} of ${answer.unit} (record ${answer.seq})\n`,
    );
  });
}

async function jsonOf(context: Context, file: string): Promise<unknown> {
  const text = await readFile(resolve(context.io.cwd, file), 'utf8');
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw usage(`${file} is no JSON`, (error as Error).message, 'correct it and run it again');
  }
}

/** `reeve purpose amend` */
export async function amend(context: Context, unit: string, file: string, { reason }: Because): Promise<void> {
  const changes = (await jsonOf(context, file)) as RequestOf<'amendPurpose'>['changes'];
  await withClient(context, async ({ client }) => {
    const answer = await client.amendPurpose({ id: unit, changes, reason });
    const text = `version ${answer.version} of ${unit} (record ${answer.seq})\ntake it back with: reeve purpose revert ${unit} ${answer.version} --reason "…"\n`;
    print(context, answer, text);
  });
}

/** `reeve purpose revert` */
export async function revert(context: Context, unit: string, text: string, { reason }: Because): Promise<void> {
  const version = wholeNumber(text, 'VERSION', 1, Number.MAX_SAFE_INTEGER);
  await withClient(context, async ({ client }) => {
    const answer = await client.revertPurpose({ id: unit, version, reason });
    print(context, answer, `version ${version} is taken back: version ${answer.version} (record ${answer.seq})\n`);
  });
}

/** `reeve purpose metrics` */
export async function metricValues(context: Context, options: PageOptions & { groups?: boolean }): Promise<void> {
  await withClient(context, async (connection) => {
    const found = await connection.client.metrics(pageOf(options));
    const view = await viewOf(context, connection);
    print(context, found, () => metricsText(found.metrics, options.groups === true, view) + moreText(found.next));
  });
}

export interface GapsOptions extends PageOptions {
  readonly open?: boolean;
  readonly unit?: string;
  readonly owner?: string;
}

/** `reeve gaps` */
export async function gaps(context: Context, options: GapsOptions): Promise<void> {
  const { open, unit, owner } = options;
  await withClient(context, async (connection) => {
    const status = open ? 'open' : 'all';
    const found = await connection.client.gaps({ ...pageOf(options), ...given({ unit, owner }), status });
    const view = await viewOf(context, connection);
    print(context, found, () => gapsText(found.gaps, view) + moreText(found.next));
  });
}

export interface ProposalsOptions extends PageOptions {
  readonly unit?: string;
  readonly status?: string;
}

const STATUSES = ['open', 'accepted', 'rejected', 'revise'] as const;

/** `reeve proposals` */
export async function proposals(context: Context, options: ProposalsOptions): Promise<void> {
  const status = STATUSES.find((each) => each === options.status);
  if (options.status !== undefined && status === undefined)
    throw usage(`--status cannot be "${options.status}"`, `it is one of ${STATUSES.join(', ')}`, 'correct it');
  await withClient(context, async (connection) => {
    const wanted = { ...pageOf(options), ...given({ unit: options.unit, status }) };
    const found = await connection.client.proposals(wanted);
    const view = await viewOf(context, connection);
    print(context, found, () => proposalsText(found.proposals, view) + moreText(found.next));
  });
}

const LIST = 'reeve proposals';

/** `reeve proposals show` */
export async function proposalShow(context: Context, text: string): Promise<void> {
  const id = idOf(text, 'P', 'proposal', LIST);
  await withClient(context, async (connection) => {
    const found = await connection.client.proposal({ id });
    const { metrics } = await connection.client.metrics({ limit: 1000 });
    const view = await viewOf(context, connection);
    print(context, found, () => proposalText(found, metrics, view));
  });
}

/** `reeve proposals make` */
export async function propose(context: Context, file: string): Promise<void> {
  const body = (await jsonOf(context, file)) as RequestOf<'makeProposal'>;
  await withClient(context, async ({ client }) => {
    const answer = await client.makeProposal(body);
    print(
      context,
      answer,
      `${answer.proposal} (record ${answer.seq}); read it with: reeve proposals show ${answer.proposal}\n`,
    );
  });
}

const DONE = { accept: 'accepted', reject: 'rejected', revise: 'sent back' } as const;

/** `reeve proposals accept | reject | revise` */
export async function decideOn(
  context: Context,
  verdict: keyof typeof DONE,
  text: string,
  options: Because & { option?: string; steps?: string },
): Promise<void> {
  const id = idOf(text, 'P', 'proposal', LIST);
  const { reason, option } = options;
  const steps = options.steps === undefined ? undefined : await stepsOf(context, options.steps);
  await withClient(context, async ({ client }) => {
    const answer = await client.decideProposal({ id, verdict, reason, ...given({ option, steps }) });
    print(context, answer, `${DONE[verdict]}: ${id} (record ${answer.seq})\n`);
  });
}
