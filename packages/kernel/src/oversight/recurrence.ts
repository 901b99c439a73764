/** The same cause after it was declared fixed is raised a level and names the earlier incident [OVS30]. */
import { type Context, type FollowUp, followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import { chain, humanAbove, isHuman } from '../organisation/views.ts';

/** Signatures of fixed causes that are remembered, and the highest level. */
const KEPT = 1000;
const HIGHEST = 4;

/** What a cause is known by: what kind of thing went wrong, with what, and in which way. */
export const signatureOf = ({ cause, ref, what }: { cause: string; ref: string; what?: string | undefined }): string =>
  `${cause}:${ref}${what === undefined ? '' : `:${what}`}`;

/** The earlier incident of a signature that was declared fixed, with the level this one gets. */
export function earlierOf(state: State, signature: string): { earlier: string; level: number } | null {
  const found = state.oversight.fixed.get(signature);
  return found ? { earlier: found.incident, level: Math.min(HIGHEST, found.level + 1) } : null;
}

/** Who hears of level n: the n-th human above the seat it is about, else the one at the top. */
function toldAt(state: State, ref: string, level: number): string | null {
  const [, about = ''] = /^seat:(.*)$/.exec(ref) ?? [];
  const seat = state.organisation.seats.has(about) ? about : state.organisation.seats.has(ref) ? ref : null;
  const humans = (seat === null ? [] : chain(state, seat)).filter((id) => isHuman(state.organisation.seats.get(id)));
  return humans[level - 1] ?? humans.at(-1) ?? topHuman(state);
}

/** The person at the top of the organisation, else whoever is at the top. */
export function topHuman(state: State): string | null {
  const tops = [...state.organisation.seats.values()].filter(
    (s) => s.supervisor === undefined && s.status !== 'retired',
  );
  return (tops.find(isHuman) ?? tops[0])?.id ?? null;
}

function recur(state: State, body: { incident: string }, ctx: Context): Draft[] {
  const i = state.governance.control.incidents.get(body.incident);
  if (!i?.earlier || i.signature === undefined || ctx.now < i.openedAt) return [];
  const level = i.level ?? 1;
  const { id: incident, earlier, signature } = i;
  const to = toldAt(state, i.ref, level);
  return [event('incident.recurred', `incident/${incident}`, { incident, earlier, signature, level, to })];
}

export const recurrenceFollowUps = { 'incident.recur': recur };

export const recurrenceEvolve = {
  'incident.closed': (state: State, r: RecordOf<'incident.closed'>) => {
    const i = state.governance.control.incidents.get(r.body.incident);
    if (i?.signature === undefined) return;
    const { fixed } = state.oversight;
    fixed.delete(i.signature);
    fixed.set(i.signature, { incident: i.id, level: i.level ?? 1 });
    for (const oldest of fixed.keys()) {
      if (fixed.size <= KEPT) return;
      fixed.delete(oldest);
    }
  },
};

export const recurrenceReact = {
  'incident.opened': (_state: State, r: RecordOf<'incident.opened'>): FollowUp[] =>
    r.body.earlier === undefined ? [] : [followUp('incident.recur', { incident: r.body.incident })],
  'incident.recurred': (state: State, r: RecordOf<'incident.recurred'>): FollowUp[] => {
    const { incident, earlier, level, to } = r.body;
    if (to === null || !isHuman(state.organisation.seats.get(to))) return [];
    const text = `The cause of ${earlier}, which was declared fixed, is back: ${incident}, now level ${level}. What was to prevent it did not.`;
    const data = { incident, earlier, level };
    return [followUp('inbox.deliver', { to, type: 'escalation', text, data, priority: 'high' })];
  },
};

/** A person who can be told about a seat: above it, or at the top. */
export const personFor = (state: State, seat: string | null): string | null => {
  const above = seat === null ? null : humanAbove(state, seat);
  return above !== null && isHuman(state.organisation.seats.get(above)) ? above : topHuman(state);
};
