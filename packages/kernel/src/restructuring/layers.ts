/** [RST11–RST13] Flat until a seat directs more than it can follow; then a layer is proposed, and a person decides (R-D51). */
import { type Context, type FollowUp, followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import { nextId, type State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { humanAt } from '../purpose/people.ts';
import { isFull, measuredNow } from '../purpose/proposals.ts';
import type { Option, Proposal } from '../purpose/schema.ts';
import { leadOptions, seatOptions } from './layer-options.ts';
import { crowded, type Layout, layouts, type Span, spanOf } from './span.ts';

/** Open cases of the supervisor that are cited. */
const CITED = 10;

const dayOf = (at: Time): string => new Date(at).toISOString().slice(0, 10);

/** What is expected of a layer: fewer report to the supervisor, and in proportion fewer messages wait for him. */
function effects(state: State, { supervisor, reports }: Span, after: number, by: string): Option['effects'] {
  const waiting = state.inbox.seats.get(supervisor.id)?.depth ?? 0;
  const share = Math.round((waiting * after) / reports.length);
  return [
    { metric: 'seat.reports', of: supervisor.id, value: after, by },
    ...(waiting === 0 ? [] : [{ metric: 'seat.waiting', of: supervisor.id, value: share, by }]),
  ];
}

function stay(state: State, span: Span, by: string): Option {
  return {
    ...{ id: 'stay', title: 'Leave it flat', text: 'Nothing is changed.', cost: 0, changes: [] },
    effects: effects(state, span, span.reports.length, by),
    risk: `Nobody really follows ${span.reports.length} seats: what goes wrong is seen late.`,
  };
}

/** [RST12] New seats between, one member leading each group, or nothing: the best first. */
function optionsFor(state: State, span: Span, found: readonly Layout[], now: Time): Option[] {
  const by = dayOf(now + spanOf(state).review);
  const all = [...leadOptions(state, found[0]!), ...found.map((layout) => seatOptions(state, span, layout))];
  const withEffects = all.map(
    ({ after, ...option }): Option => ({ ...option, effects: effects(state, span, after, by) }),
  );
  return [...withEffects, stay(state, span, by)];
}

function analysis(state: State, { supervisor, reports }: Span, found: readonly Layout[]): string {
  const { reports: most } = spanOf(state);
  const fit = found.map(({ kind, groups, cohesion }) => `by ${kind}: ${groups.length} groups, ${cohesion} %`);
  const large = found.some(({ groups }) => groups.some(({ members }) => members.length > most))
    ? ` One layer cannot take them all: the seats of the layer will direct more than ${most}, and another one will be proposed for them.`
    : '';
  return (
    `${reports.length} seats report directly to "${supervisor.id}"; the organisation allows ${most} before there is a layer between. ` +
    `Share of them who would have something in common with at least half of their group: ${fit.join('; ')}.${large}`
  );
}

/** Records and cases that show it: what made it so, and what is open at the supervisor. */
function evidence(state: State, { supervisor }: Span, seq: number): string[] {
  const open = [...state.cases.live].filter((id) => state.cases.cases.get(id)?.owner === supervisor.id);
  return [`#${seq}`, ...open.slice(-CITED)];
}

function proposed(state: State, span: Span, found: readonly Layout[], seq: number, ctx: Context, ahead: number): Draft {
  const proposal = nextId(state, 'P', ahead);
  const { id: about, unit } = span.supervisor;
  const options = optionsFor(state, span, found, ctx.now);
  return event('proposal.made', `proposal/${proposal}`, {
    ...{ proposal, unit, title: `A layer below "${about}": ${span.reports.length} seats report to it`, about },
    ...{ analysis: analysis(state, span, found), options, recommend: options[0]!.id },
    ...{ evidence: evidence(state, span, seq), by: 'system', decider: humanAt(state, about) },
    measured: measuredNow(state, options, ctx.now),
  });
}

const countThen = ({ measured, about }: Proposal): number =>
  measured.find(({ metric, of }) => metric === 'seat.reports' && of === about)?.value ?? 0;

/** [RST13] An open proposal stands while the very same seats report to the one it is about. */
function stands(state: State, proposal: Proposal, span: Span | undefined): boolean {
  if (span === undefined || span.reports.length !== countThen(proposal)) return false;
  const named = proposal.options.flatMap(({ steps = [] }) =>
    steps.flatMap((step) => (step.do === 'add-layer' ? step.over : [])),
  );
  return named.every((id) => state.organisation.seats.get(id)?.supervisor === proposal.about);
}

/** [RST13] Who decided to leave it as it is, is asked again only when it has become a good deal worse. */
function declined(state: State, { supervisor, reports }: Span): boolean {
  const about = [...state.purpose.proposals.values()].filter((each) => each.about === supervisor.id);
  const last = about.findLast(({ status, decision }) => status !== 'open' && decision?.by !== 'system');
  if (!last || last.decision?.restructuring !== undefined) return false;
  return reports.length < countThen(last) + Math.ceil(spanOf(state).reports / 3);
}

function withdrawn({ id, about }: Proposal): Draft {
  const reason = `withdrawn: other seats report to "${about}" than when it was made`;
  const decision = { proposal: id, verdict: 'reject' as const, option: null, by: 'system', reason, baseline: [] };
  return event('proposal.decided', `proposal/${id}`, decision);
}

/** [RST11] After each change of the organisation; whoever joins, joins by one. */
function look(state: State, { seq }: { seq: number }, ctx: Context): Draft[] {
  const spans = crowded(state);
  const open = [...state.purpose.proposals.values()].filter(
    (each) => each.status === 'open' && each.about !== undefined,
  );
  if (spans.length + open.length === 0) return [];
  const stale = open.filter(
    (each) =>
      !stands(
        state,
        each,
        spans.find(({ supervisor }) => supervisor.id === each.about),
      ),
  );
  const asked = new Set(open.flatMap((each) => (stale.includes(each) ? [] : [each.about])));
  const made: Draft[] = [];
  for (const span of spans) {
    if (asked.has(span.supervisor.id) || isFull(state, span.supervisor.unit) || declined(state, span)) continue;
    const found = layouts(state, span);
    if (found.length > 0) made.push(proposed(state, span, found, seq, ctx, made.length));
  }
  return [...stale.map(withdrawn), ...made];
}

export const layersFollowUps = { 'layer.look': look };
export const layersReact = {
  'organisation.applied': (_state: State, r: RecordOf<'organisation.applied'>): FollowUp[] => [
    followUp('layer.look', { seq: r.seq }),
  ],
};
