/** Files that tell how something came to be so: read from the ledger when they change, which is seldom. */
import type { Definition, RecordOf, TargetDef } from '@reeve/kernel';
import type { Runtime } from '@reeve/runtime';
import type { Archive } from '../archive.ts';
import { postMortem } from '../oversight/post-mortem.ts';
import { allRecords } from '../views/ledger.ts';
import { bullets, cell, heading, moment, page, table } from './markdown.ts';

type Applied = RecordOf<'organisation.applied'>;

const wantedText = (target: TargetDef): string =>
  `${target.metric} ${target.direction === 'at-least' ? 'at least' : 'at most'} ${target.value}`;
const targetsOf = (definition: Definition | undefined): Map<string, string> =>
  new Map((definition?.targets ?? []).map((target) => [target.id, wantedText(target)]));

interface Change {
  readonly added: string[];
  readonly removed: string[];
  readonly changed: string[];
}

function changeOf(before: Map<string, string>, after: Map<string, string>): Change {
  const ids = [...new Set([...before.keys(), ...after.keys()])].sort();
  const change: Change = { added: [], removed: [], changed: [] };
  for (const id of ids) {
    const [was, is] = [before.get(id), after.get(id)];
    if (was === undefined) change.added.push(`${id}: ${is}`);
    else if (is === undefined) change.removed.push(`${id}: ${was}`);
    else if (was !== is) change.changed.push(`${id}: ${was} → ${is}`);
  }
  return change;
}

const nonEmpty = ({ added, removed, changed }: Change): boolean => added.length + removed.length + changed.length > 0;
const byOf = ({ actor }: Applied): string => actor.seat ?? actor.principal;

/** One version for each definition that changed a target (R-D65). */
function desiredState(applied: readonly Applied[]): string {
  let before: Map<string, string> | null = null;
  const versions: { record: Applied; change: Change }[] = [];
  for (const record of applied) {
    const after = targetsOf(record.body.changed);
    const change = changeOf(before ?? new Map(), after);
    if (before === null || nonEmpty(change)) versions.push({ record, change });
    before = after;
  }
  const last = versions.at(-1);
  const definition = applied.at(-1)?.body.changed;
  const rows = (definition?.targets ?? []).map((target) => [
    target.id,
    wantedText(target),
    target.owner ?? '-',
    target.because || '-',
  ]);
  const entries = versions
    .map(({ record, change }, i) => [
      `### v${i + 1} (${moment(record.at)})`,
      '',
      ...bullets([
        `Added: ${change.added.join('; ') || 'nothing'}`,
        `Removed: ${change.removed.join('; ') || 'nothing'}`,
        `Changed: ${change.changed.join('; ') || 'nothing'}`,
        `Reason: ${record.body.reason}`,
        `By: ${byOf(record)}`,
      ]),
      '',
    ])
    .reverse();
  return page(
    'Desired State',
    [
      `Version: ${versions.length}`,
      last ? `Last Updated: ${moment(last.record.at)} by ${cell(byOf(last.record))}` : 'Last Updated: never',
    ],
    heading(
      'Targets',
      table(
        ['target', 'wanted', 'owner', 'why'],
        rows.sort((a, b) => (a[0]! < b[0]! ? -1 : 1)),
      ),
    ),
    heading('Version History', entries.flat().slice(0, -1)),
  );
}

/** Every change of the organisation with its reason (R-D56). */
function charter(applied: readonly Applied[], org: string): string {
  const name = applied.at(-1)?.body.changed.name ?? org;
  const lines = applied.map(
    (record) =>
      `- ${moment(record.at)}, ${cell(byOf(record))}: ${cell(record.body.reason)} (${record.body.digest.slice(0, 12)})`,
  );
  return page(`Project charter of ${name}`, heading('Changes', lines.reverse()));
}

export async function definitionFiles(archive: Archive, org: string): Promise<[string, string][]> {
  const records = await allRecords(archive, { kind: 'organisation.applied' });
  const applied = records.filter((record): record is Applied & typeof record => record.kind === 'organisation.applied');
  return [
    ['DESIRED_STATE.md', desiredState(applied)],
    ['PROJECT_CHARTER.md', charter(applied, org)],
  ];
}

/** An incident with its post-mortem; while it is open, only what cannot change any more. */
export async function incidentFile(runtime: Runtime, archive: Archive, id: string): Promise<[string, string]> {
  const found = await postMortem(runtime, archive, id);
  const told = (entries: typeof found.chain) =>
    entries.map(({ at, seq, text }) => `${moment(at)} (record ${seq}): ${text}`);
  const { impact } = found;
  const head = [
    `opened: ${moment(found.openedAt)}`,
    `cause: ${found.cause} ${found.about}`,
    ...(found.earlier === null ? [] : [`again: level ${found.level}, declared fixed after ${found.earlier}`]),
    ...(found.closedAt === null ? ['open'] : [`closed: ${moment(found.closedAt)}`]),
  ];
  const closed =
    found.closedAt === null
      ? []
      : [
          heading('What happened meanwhile', bullets(told(found.timeline))),
          heading(
            'What it touched',
            bullets([
              `cases: ${impact.cases.join(', ') || 'none'}`,
              `operations: ${impact.operations.refused} refused, ${impact.operations.failed} failed, ${impact.operations.deferred} put off`,
              `runs stopped or failed: ${impact.runs}`,
              `decisions asked for: ${impact.approvals}`,
            ]),
          ),
          heading('What was done', bullets(found.done)),
          heading('What keeps it from happening again', bullets(found.prevention === null ? [] : [found.prevention])),
        ];
  const file = page(
    `${id}: ${found.summary}`,
    bullets(head),
    heading('How it came about', bullets(told(found.chain))),
    ...closed,
  );
  return [`incidents/${id}.md`, file];
}
