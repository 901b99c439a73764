/** [PUR33] Targets are compared with what is, gaps become work for somebody, and periods that are over are reviewed. */
import { next as nextStatus } from '../cases/machine.ts';
import { isOpen } from '../cases/views.ts';
import { type Context, type FollowUp, followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import { nextId, type State } from '../core/state.ts';
import { isHuman } from '../organisation/views.ts';
import type { TargetDef } from './definition.ts';
import { nextAbove, responsibleFor } from './people.ts';
import { nextCheck, settingsOf } from './periods.ts';
import type { PurposeEvents, Standing } from './schema.ts';
import type { Track } from './state.ts';
import { metricOf, standingOf, standings } from './targets.ts';
import { standingText } from './text.ts';

type Why = PurposeEvents['gap.opened']['why'];
type Gap = NonNullable<Track['gap']>;

/** Fired by its timer; late or twice it does nothing twice [KER7]. */
function check(state: State, _body: unknown, ctx: Context): Draft[] {
  if (ctx.now < state.purpose.next || state.purpose.targets.length === 0) return [];
  const next = nextCheck(ctx.now, settingsOf(state).check);
  return [event('purpose.checked', 'purpose/targets', { next, standings: standings(state, ctx.now) })];
}

/** [PUR34] Why a gap is work now, or null. */
function reasonFor(state: State, { gap, status, widened, behind }: Track): Why | null {
  const { widens, stays } = settingsOf(state).gaps;
  if (gap !== null || (status !== 'behind' && status !== 'missed')) return null;
  if (widened >= widens) return 'widening';
  if (behind >= stays) return 'staying';
  return status === 'missed' ? 'missed' : null;
}

/** [PUR36] A gap is over when its target is met, on its way again, or not there any more. */
const overFor = (state: State, target: string, { gap, status }: Track): PurposeEvents['gap.closed']['why'] | null => {
  if (gap === null) return null;
  if (!state.purpose.targets.some(({ id }) => id === target)) return 'withdrawn';
  return status === 'met' || status === 'on_track' ? 'met' : null;
};

/** [PUR35] Work on it has gone on for long, and not a human's yet. */
const stubborn = (state: State, { gap }: Track): boolean =>
  gap !== null &&
  gap.checks >= settingsOf(state).gaps.stays &&
  !isHuman(state.organisation.seats.get(gap.holder)) &&
  nextAbove(state, gap.holder) !== null;

function looked(state: State): FollowUp[] {
  const found: FollowUp[] = [];
  for (const [target, track] of state.purpose.tracks) {
    const over = overFor(state, target, track);
    if (over !== null) found.push(followUp('gap.close', { target }));
    else if (reasonFor(state, track) !== null) found.push(followUp('gap.open', { target }));
    else if (stubborn(state, track)) found.push(followUp('gap.escalate', { target }));
  }
  return [...found, followUp('purpose.review', {})];
}

const targetOf = (state: State, id: string): TargetDef | undefined =>
  state.purpose.targets.find((target) => target.id === id);

const GAP_TEXT: Record<Why, string> = {
  widening: 'The gap has been getting wider.',
  staying: 'The gap has stayed open.',
  missed: 'The deadline has passed.',
};

/** The case of a gap is like any other, and its target is the customer: who owns it works on it, asks, delegates, escalates. */
function caseFor(state: State, target: TargetDef, standing: Standing, why: Why, owner: string, ctx: Context): Draft {
  const about = nextId(state, 'C');
  const metric = metricOf(state, target.metric)!;
  const said = standingText(state, target, standing);
  const because = target.because === '' ? '' : ` Why it matters: ${target.because}`;
  return event(
    'case.opened',
    `case/${about}`,
    {
      ...{ case: about, owner, due: ctx.now + settingsOf(state).gaps.due },
      subject: `Close the gap: ${metric.title}`,
      text: `${said} ${GAP_TEXT[why]}${because}`,
      ...{ customer: `target/${target.id}`, name: `target ${target.id}`, channel: 'api' },
      priority: why === 'missed' || target.kpi === 'primary' ? 'high' : 'normal',
      data: { gap: { ...standing, metric: metric.id, why } },
    },
    about,
  );
}

function open(state: State, body: { target: string }, ctx: Context): Draft[] {
  const target = targetOf(state, body.target);
  const track = state.purpose.tracks.get(body.target);
  const why = track ? reasonFor(state, track) : null;
  const owner = target ? responsibleFor(state, target) : null;
  const standing = target ? standingOf(state, target, ctx.now) : null;
  if (!target || !track || why === null || owner === null || !standing) return [];
  const about = nextId(state, 'C');
  const opened = { target: target.id, case: about, owner, why, standing, points: track.points.slice(-7) };
  return [event('gap.opened', `target/${target.id}`, opened, about), caseFor(state, target, standing, why, owner, ctx)];
}

function escalate(state: State, body: { target: string }, ctx: Context): Draft[] {
  const target = targetOf(state, body.target);
  const track = state.purpose.tracks.get(body.target);
  const standing = target ? standingOf(state, target, ctx.now) : null;
  const to = track?.gap ? nextAbove(state, track.gap.holder) : null;
  if (!target || !track?.gap || !standing || to === null || !stubborn(state, track)) return [];
  const { case: about, holder: from, level } = track.gap;
  const escalated = { target: target.id, case: about, from, to, level: level + 1, standing };
  return [
    event('gap.escalated', `target/${target.id}`, escalated, about),
    ...caseEscalated(state, track.gap, to, standingText(state, target, standing)),
  ];
}

/** The case goes up with its gap while it is open; otherwise the seat above is only told. */
function caseEscalated(state: State, { case: about, holder }: Gap, to: string, said: string): Draft[] {
  const c = state.cases.cases.get(about);
  if (!c || !isOpen(c) || nextStatus(c.status, 'escalate') === null) return [];
  const body = { case: about, reason: `The gap stays open. ${said}`, from: holder, to, level: c.escalations + 1 };
  return [event('case.escalated', `case/${about}`, body, about)];
}

/** Statuses in which nobody has begun to work on it. */
const UNTOUCHED: ReadonlySet<string> = new Set(['new', 'assigned']);

function close(state: State, body: { target: string }, ctx: Context): Draft[] {
  const track = state.purpose.tracks.get(body.target);
  const why = track ? overFor(state, body.target, track) : null;
  if (!track?.gap || why === null) return [];
  const about = track.gap.case;
  const target = targetOf(state, body.target);
  const value = target ? (standingOf(state, target, ctx.now)?.value ?? null) : null;
  const closed = event('gap.closed', `target/${body.target}`, { target: body.target, case: about, why, value }, about);
  const c = state.cases.cases.get(about);
  if (!c || !UNTOUCHED.has(c.status)) return [closed];
  const reason =
    why === 'met' ? `the target "${body.target}" is met again` : `the target "${body.target}" was withdrawn`;
  return [closed, event('case.cancelled', `case/${about}`, { case: about, reason, by: 'system' }, about)];
}

/** Whoever works on it learns that the number has moved, and may resolve with it. */
function told(state: State, r: RecordOf<'gap.closed'>): FollowUp[] {
  const c = state.cases.cases.get(r.body.case);
  if (!c || !isOpen(c)) return [];
  const ref = `target/${r.body.target}`;
  const text =
    r.body.why === 'met'
      ? `The target "${r.body.target}" is met again. Resolve ${c.id} with the evidence "${ref}" if your work is done.`
      : `The target "${r.body.target}" was withdrawn. Cancel ${c.id} if nothing is left to do.`;
  return [
    followUp('inbox.deliver', { to: c.owner, type: 'inform', text, case: c.id, data: { target: r.body.target } }),
  ];
}

/** Without an open case nothing else tells the seat above. */
function raised(state: State, r: RecordOf<'gap.escalated'>): FollowUp[] {
  const c = state.cases.cases.get(r.body.case);
  const target = targetOf(state, r.body.target);
  if (!target || (c && isOpen(c))) return [];
  const text = `The gap stays open. ${standingText(state, target, r.body.standing)}`;
  const data = { target: target.id, case: r.body.case };
  return [followUp('inbox.deliver', { to: r.body.to, type: 'escalation', text, data, priority: 'high' })];
}

export const checkReact = { 'purpose.checked': looked, 'gap.closed': told, 'gap.escalated': raised };
export const checkFollowUps = {
  'purpose.check': check,
  'gap.open': open,
  'gap.escalate': escalate,
  'gap.close': close,
};
