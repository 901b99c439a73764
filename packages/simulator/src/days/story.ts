/** The five things that the ninety days must show, found in the records of the run; null where one did not happen. */
import type { Body, Entry } from '../audit/records.ts';
import { EVENING, HASTY, LANE, TARGET, TOPIC, WHOLESALE } from './house.ts';

/** A record, and what `reeve why` (or `lanes explain`, `route explain`) is asked about it. */
export interface Moment {
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly ask: string;
}

export interface Story {
  readonly gap: { readonly opened: Moment; readonly closed: Moment } | null;
  readonly weak: { readonly first: Moment; readonly last: Moment; readonly shares: readonly number[] } | null;
  readonly topic: { readonly misrouted: readonly Moment[]; readonly learned: Moment; readonly after: number } | null;
  readonly tripped: { readonly trip: Moment; readonly rearm: Moment; readonly refused: Moment | null } | null;
  readonly restructured: {
    readonly done: Moment;
    readonly moved: readonly string[];
    readonly lost: readonly string[];
  } | null;
}

const moment = ({ seq, at, kind }: Entry, ask: string): Moment => ({ seq, at, kind, ask });

const find = (entries: readonly Entry[], kind: string, holds: (body: Body, one: Entry) => boolean): Entry | undefined =>
  entries.find((one) => one.kind === kind && holds(one.body, one));

function gapOf(entries: readonly Entry[]): Story['gap'] {
  const opened = find(entries, 'gap.opened', ({ target }) => target === TARGET);
  const id = String(opened?.body.case);
  const closed = find(entries, 'gap.closed', (body) => body.case === id);
  return opened && closed ? { opened: moment(opened, id), closed: moment(closed, id) } : null;
}

interface Line {
  readonly seat: string;
  readonly before: number;
  readonly after: number;
}
const hastyIn = ({ body }: Entry): Line => (body.lines as readonly Line[]).find(({ seat }) => seat === HASTY)!;

/** Selections in which the hasty desk lost traffic. */
function weakOf(entries: readonly Entry[]): Story['weak'] {
  const lost = entries.filter((one) => {
    if (one.kind !== 'lane.selected' || one.body.lane !== LANE) return false;
    const { before, after } = hastyIn(one);
    return after < before;
  });
  const [first] = lost;
  const last = lost.at(-1);
  if (!first || !last) return null;
  return {
    ...{ first: moment(first, LANE), last: moment(last, LANE) },
    shares: [hastyIn(first).before, ...lost.map((one) => hastyIn(one).after)],
  };
}

const aboutTopic = ({ kind, body }: Entry): boolean =>
  kind === 'case.routed' && (body.needs as { topic?: string }).topic === TOPIC && body.cause === 'open';

/** Learned: the first such case after the last misrouted one that goes to who can do it at once, of all that came then. */
function topicOf(entries: readonly Entry[]): Story['topic'] {
  const about = new Set(entries.filter(aboutTopic).map(({ body }) => body.case));
  const transfers = entries.filter(
    ({ kind, body }) => kind === 'case.transferred' && body.from === EVENING && about.has(body.case),
  );
  const last = transfers.at(-1);
  if (!last) return null;
  const after = entries.filter((one) => one.seq > last.seq && aboutTopic(one));
  const [learned] = after;
  if (!learned || !after.every(({ body }) => body.to !== EVENING) || learned.body.to !== WHOLESALE) return null;
  return {
    misrouted: transfers.map((one) => moment(one, String(one.body.case))),
    ...{ learned: moment(learned, String(learned.body.case)), after: after.length },
  };
}

/** An operation that was refused while the switch was tripped, and what `why` says about it. */
function refusedBy(entries: readonly Entry[], from: number, to: number): Moment | null {
  const refused = find(entries, 'operation.decided', ({ verdict, reasons }, { seq }) => {
    const stops = (reasons as readonly { check: string; verdict: string }[]).some(({ check }) => check === 'switch');
    return seq > from && seq < to && verdict !== 'allow' && stops;
  });
  return refused ? moment(refused, String(refused.body.operation)) : null;
}

function tripOf(entries: readonly Entry[]): Story['tripped'] {
  const trip = find(entries, 'switch.tripped', ({ scope, id }) => scope === 'lane' && id === LANE);
  const rearm = trip && find(entries, 'switch.rearmed', ({ id }, { seq }) => id === LANE && seq > trip.seq);
  if (!trip || !rearm) return null;
  return { trip: moment(trip, LANE), rearm: moment(rearm, LANE), refused: refusedBy(entries, trip.seq, rearm.seq) };
}

const ENDS: ReadonlySet<string> = new Set(['case.closed', 'case.cancelled']);

/** Cases that moved in that step, and those of them that neither ended nor are still owned by somebody. */
function restructuringOf(entries: readonly Entry[], open: ReadonlySet<string>): Story['restructured'] {
  const done = find(entries, 'organisation.restructured', () => true);
  if (!done) return null;
  const later = entries.filter(({ seq }) => seq > done.seq);
  const moved = later.flatMap(({ kind, body, at }) =>
    kind === 'case.assigned' && body.from === EVENING && at === done.at ? [String(body.case)] : [],
  );
  const ended = new Set(later.flatMap(({ kind, body }) => (ENDS.has(kind) ? [String(body.case)] : [])));
  return {
    ...{ done: moment(done, String(done.body.restructuring)), moved },
    lost: moved.filter((id) => !ended.has(id) && !open.has(id)),
  };
}

/** @param open ids of the cases that somebody owns in the end */
export const storyOf = (entries: readonly Entry[], open: ReadonlySet<string>): Story => ({
  ...{ gap: gapOf(entries), weak: weakOf(entries), topic: topicOf(entries), tripped: tripOf(entries) },
  restructured: restructuringOf(entries, open),
});
