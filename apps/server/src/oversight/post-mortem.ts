/** How an incident came about, what happened meanwhile, what it touched, what was done: read from the ledger, told by nobody. */
import { inUnit, type KernelRecord, type State } from '@reeve/kernel';
import type { PostMortem } from '@reeve/protocol';
import type { Runtime } from '@reeve/runtime';
import type { Archive } from '../archive.ts';
import { sentence } from '../sentences.ts';
import { allRecords } from '../views/ledger.ts';
import { none } from '../views/page.ts';

/** Links of the chain, entries of the timeline and cases that are told at most. */
const MOST = { chain: 20, timeline: 200, cases: 100, looked: 200 } as const;
/** Records looked through at most for one post-mortem. */
const LOOKED = 20_000;

type Told = PostMortem['timeline'][number];
const told = (record: KernelRecord): Told => ({
  ...{ seq: record.seq, at: record.at, kind: record.kind, text: sentence(record) },
});

/** From what set it off to its opening: each record is the cause of the next. */
async function chainOf(archive: Archive, opened: KernelRecord): Promise<Told[]> {
  const chain = [told(opened)];
  for (let cause = opened.causation; 'seq' in cause && chain.length < MOST.chain; ) {
    const [record] = await allRecords(archive, { seq: { from: cause.seq, to: cause.seq } });
    if (!record) break;
    chain.unshift(told(record));
    cause = record.causation;
  }
  return chain;
}

/** What went wrong, or was done because something did. */
const NOTABLE =
  /^(operation\.(failed|deferred|escalated|lapsed)|run\.(stopped|failed)|approval\.requested|switch\.|seat\.|violation\.|mode\.|incident\.|wakeup\.)/;

const notable = (record: KernelRecord): boolean =>
  NOTABLE.test(record.kind) || (record.kind === 'operation.decided' && record.body.verdict === 'deny');

interface Asked {
  readonly seat: string;
  readonly tool: string;
  readonly capability: string;
}

interface Subject {
  readonly about: string;
  readonly scope: string;
  readonly name: string;
  /** Seats of the unit it is about. */
  readonly inside: ReadonlySet<string>;
  /** What was done up to now, while memory knows it. */
  readonly done: readonly string[] | null;
  readonly head: number;
}

function subjectOf(state: State, id: string, about: string): Subject {
  const colon = about.indexOf(':');
  const scope = colon === -1 ? 'seat' : about.slice(0, colon);
  const name = about.slice(colon + 1);
  const seats = scope === 'unit' ? [...state.organisation.seats.values()] : [];
  const inside = new Set(seats.filter(({ unit }) => inUnit(state, unit, name)).map((seat) => seat.id));
  const done = state.governance.control.incidents.get(id)?.done;
  return { about, scope, name, inside, done: done ? [...done] : null, head: state.seq };
}

/** Was this record about what the incident is about? Everything is, when the whole organisation was stopped. */
function relation(
  { about, scope, name, inside }: Subject,
  asked: ReadonlyMap<string, Asked>,
): (record: KernelRecord) => boolean {
  const covers: Record<string, (seat: string | undefined, op: Asked | undefined) => boolean> = {
    organisation: () => true,
    seat: (seat, op) => (op?.seat ?? seat) === name,
    unit: (seat, op) => inside.has(op?.seat ?? seat ?? ''),
    tool: (_, op) => op?.tool === name,
    capability: (_, op) => op?.capability === name,
    lane: () => false,
  };
  return (record) => {
    const body = record.body as { operation?: string; seat?: string; scope?: string; id?: string; about?: string };
    if (body.scope !== undefined && body.id !== undefined) return `${body.scope}:${body.id}` === about;
    if (body.about === about || body.about === name) return true;
    const op = body.operation === undefined ? undefined : asked.get(body.operation);
    return covers[scope]?.(body.seat ?? record.actor.seat, op) ?? false;
  };
}

/** Who asked for the operations that went wrong: some were asked for before the incident. */
async function askedFor(archive: Archive, records: readonly KernelRecord[]): Promise<Map<string, Asked>> {
  const asked = new Map<string, Asked>();
  for (const { kind, body } of records) if (kind === 'operation.requested') asked.set(body.operation, body);
  const named = records.filter(notable).map(({ body }) => (body as { operation?: string }).operation);
  const earlier = new Set(named.filter((id): id is string => id !== undefined && !asked.has(id)));
  for (const id of [...earlier].slice(0, MOST.looked)) {
    const [first] = await allRecords(archive, { stream: `operation/${id}`, kind: 'operation.requested' });
    if (first?.kind === 'operation.requested') asked.set(id, first.body);
  }
  return asked;
}

function impactOf(records: readonly KernelRecord[]): PostMortem['impact'] {
  const count = (...kinds: string[]) => records.filter(({ kind }) => kinds.includes(kind)).length;
  const cases = new Set(records.map(({ correlation }) => correlation).filter((id) => id.startsWith('C-')));
  return {
    cases: [...cases].slice(0, MOST.cases),
    operations: {
      refused: count('operation.decided'),
      failed: records.filter((record) => record.kind === 'operation.failed' && record.body.final).length,
      deferred: count('operation.deferred'),
    },
    runs: count('run.stopped', 'run.failed'),
    approvals: count('approval.requested'),
  };
}

/** @throws Refusal `not-found` */
export async function postMortem(runtime: Runtime, archive: Archive, id: string): Promise<PostMortem> {
  const own = await allRecords(archive, { stream: `incident/${id}` });
  const opened = own.find((record) => record.kind === 'incident.opened');
  if (!opened) throw none('incident', id);
  const closed = own.find((record) => record.kind === 'incident.closed');
  const { cause, ref, summary, signature, level, earlier } = opened.body;
  const subject = await runtime.read((state) => subjectOf(state, id, ref));
  const end = closed?.seq ?? subject.head;
  const to = Math.min(end, opened.seq + LOOKED - 1);
  const during = await allRecords(archive, { seq: { from: opened.seq, to } });
  const isAbout = relation(subject, await askedFor(archive, during));
  const mine = during.filter(
    (record) => notable(record) && (isAbout(record) || own.some(({ seq }) => seq === record.seq)),
  );
  const steps = subject.done ?? opened.body.done;
  return {
    ...{ incident: id, cause, about: ref, summary, openedAt: opened.at },
    closedAt: closed?.at ?? null,
    lasted: closed ? closed.at - opened.at : null,
    signature: signature ?? null,
    level: level ?? 1,
    earlier: earlier ?? null,
    chain: await chainOf(archive, opened),
    timeline: mine.slice(0, MOST.timeline).map(told),
    impact: impactOf(mine),
    done: closed ? [...steps, closed.body.done] : [...steps],
    prevention: closed?.body.prevention ?? null,
    complete: mine.length <= MOST.timeline && to >= end,
  };
}
