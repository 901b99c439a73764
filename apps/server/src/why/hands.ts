/** Through whose hands a case went: what each occupant did, from the ledger, in stretches that somebody else's begins after. */
import type { Definition, EventKind, KernelRecord, OccupantKind, RecordOf } from '@reeve/kernel';
import type { Hand } from '@reeve/protocol';
import type { Archive } from '../archive.ts';
import { sentence } from '../sentences.ts';
import { allRecords } from '../views/ledger.ts';
import { ofKind } from './explain.ts';

/** Stretches told of one case at most, the newest. */
const MOST = 200;

/** What somebody did about a case, as opposed to what followed from it. */
const ACTS: ReadonlySet<EventKind> = new Set([
  'case.classified',
  'case.noted',
  'case.assigned',
  'case.transferred',
  'case.waiting',
  'case.blocked',
  'case.escalated',
  'case.resolved',
  'case.verified',
  'case.rejected',
  'case.closed',
  'case.cancelled',
  'case.reopened',
  'task.delegated',
  'task.completed',
  'message.sent',
  'operation.requested',
  'approval.decided',
]);

/** One stretch of work, before anybody has said what kind of occupant it was. */
interface Stretch {
  readonly seat: string;
  readonly principal: string;
  readonly run: string | null;
  readonly records: readonly KernelRecord[];
}

/** [SRV290] The acts on a case, put together as long as the same occupant goes on in the same run. Oldest first. */
function stretchesOf(records: readonly KernelRecord[]): Stretch[] {
  const found: { seat: string; principal: string; run: string | null; records: KernelRecord[] }[] = [];
  for (const record of records) {
    const { actor, causation, kind } = record;
    if (!ACTS.has(kind) || !('command' in causation) || actor.seat === undefined) continue;
    const run = runOf(causation.command);
    const last = found.at(-1);
    if (last?.seat === actor.seat && last.principal === actor.principal && last.run === run) last.records.push(record);
    else found.push({ seat: actor.seat, principal: actor.principal, run, records: [record] });
  }
  return found;
}

/** A step of a run is a command `<run>/<step>`; anybody else's is not. */
const runOf = (command: string): string | null => /^(R-\d+)\/\d+$/.exec(command)?.[1] ?? null;

const operationIn = (record: KernelRecord): string | null =>
  record.kind === 'operation.requested' ? record.body.operation : null;

/** The definition in force when record `seq` was written. */
type DefinitionAt = (seq: number) => Promise<Definition | null>;

/** Who had a hand in a case, oldest first; proportional to its records. */
export async function handsOf(archive: Archive, id: string, definitionAt: DefinitionAt): Promise<Hand[]> {
  const stretches = stretchesOf(await allRecords(archive, { correlation: id })).slice(-MOST);
  const hands: Hand[] = [];
  for (const stretch of stretches) {
    const { seat, principal, run, records } = stretch;
    const [first, last] = [records[0]!, records.at(-1)!];
    const def = (await definitionAt(first.seq))?.seats.find((one) => one.id === seat);
    const named = def?.occupant?.principal === principal ? def.occupant.kind : null;
    hands.push({
      ...{ seat, title: def?.title ?? seat, principal, run, from: first.at, to: last.at },
      occupant: named ?? (await seated(archive, stretch, first.seq)),
      did: records.map((record) => ({
        ...{ seq: record.seq, at: record.at, text: sentence(record), operation: operationIn(record) },
      })),
    });
  }
  return hands;
}

/** Who was put into a seat by hand is in no definition. */
async function seated(archive: Archive, { seat, principal }: Stretch, before: number): Promise<OccupantKind | null> {
  const records = await allRecords(archive, { stream: `seat/${seat}`, kind: 'seat.occupied', seq: { to: before } });
  const occupied: RecordOf<'seat.occupied'>[] = ofKind(records, 'seat.occupied');
  return occupied.findLast(({ body }) => body.occupant?.principal === principal)?.body.occupant?.kind ?? null;
}
