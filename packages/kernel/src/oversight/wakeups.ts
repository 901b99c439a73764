/** Whom to wake at once, whatever the ladder does meanwhile (R-E5) [OVS35–OVS37]. */
import { compileCondition } from '../cel/index.ts';
import type { Context, Decide } from '../core/context.ts';
import { type FollowUp, followUp } from '../core/context.ts';
import { type Draft, event, type KernelRecord, type RecordOf } from '../core/events.ts';
import { formatMoney } from '../core/quantities.ts';
import { reject } from '../core/rejection.ts';
import { countId, nextId, type State } from '../core/state.ts';
import type { Definition } from '../definition.ts';
import { worthOfTopic } from '../economy/outcomes.ts';
import { actingSeat, isHuman, OWNER } from '../organisation/views.ts';
import type { WakeReason, wakeRule } from './definition.ts';
import { personFor, topHuman } from './recurrence.ts';
import { oversightOf } from './settings.ts';

/** Wake-ups and reasons that are remembered. */
const KEPT = { wakeups: 100, reasons: 1000 } as const;

interface Waking {
  why: WakeReason;
  about: string;
  text: string;
  /** The seat it is about: the person above it is told. */
  seat: string | null;
}

const wake = (body: Waking): FollowUp => followUp('wakeup.raise', { ...body });

function raise(state: State, body: Waking, ctx: Context): Draft[] {
  const last = state.oversight.woken.get(`${body.why}:${body.about}`);
  if (last !== undefined && ctx.now - last < oversightOf(state).wake.again) return [];
  const wakeup = nextId(state, 'W');
  const to = body.why === 'failure' ? topHuman(state) : personFor(state, body.seat);
  const { why, about, text } = body;
  return [event('wakeup.raised', `wakeup/${wakeup}`, { wakeup, why, about, text: text.slice(0, 1000), to })];
}

export const wakeupsFollowUps = { 'wakeup.raise': raise };

/** [OVS37] Who was woken, a person above him, or the owner says that he has seen it. */
const acknowledge: Decide<{ wakeup: string; note?: string }> = (state, body, ctx) => {
  const found = state.oversight.wakeups.get(body.wakeup);
  if (!found) reject('not-found', `there is no wake-up ${body.wakeup} in memory`, { rule: 'OVS37' });
  if (found.acknowledged)
    reject('conflict', `${found.id} was acknowledged by ${found.acknowledged.by}`, { rule: 'OVS37' });
  const owner = ctx.actor.principal === OWNER && ctx.actor.seat === undefined;
  const by = owner ? OWNER : actingSeat(state, ctx.actor).id;
  if (!owner && !isHuman(state.organisation.seats.get(by)))
    reject('forbidden', 'a wake-up is for a person', { rule: 'OVS37', hint: 'leave it to whoever was woken' });
  const note = body.note === undefined ? {} : { note: body.note };
  return [event('wakeup.acknowledged', `wakeup/${found.id}`, { wakeup: found.id, by, ...note })];
};

export const wakeupsDecide = { 'wakeup.acknowledge': acknowledge };

function trim(kept: Map<string, unknown>, most: number): void {
  for (const oldest of kept.keys()) {
    if (kept.size <= most) return;
    kept.delete(oldest);
  }
}

export const wakeupsEvolve = {
  'wakeup.raised': (state: State, r: RecordOf<'wakeup.raised'>) => {
    const { wakeup, why, about, text, to } = r.body;
    countId(state, wakeup);
    state.oversight.wakeups.set(wakeup, { id: wakeup, why, about, text, to, at: r.at, acknowledged: null });
    state.oversight.woken.delete(`${why}:${about}`);
    state.oversight.woken.set(`${why}:${about}`, r.at);
    trim(state.oversight.wakeups, KEPT.wakeups);
    trim(state.oversight.woken, KEPT.reasons);
  },
  'wakeup.acknowledged': (state: State, r: RecordOf<'wakeup.acknowledged'>) => {
    const found = state.oversight.wakeups.get(r.body.wakeup);
    if (found) found.acknowledged = { by: r.body.by, at: r.at };
  },
};

/** [OVS35] A decision about much money, or about what cannot be undone, of which the requester is not sure. */
function unclear(state: State, r: RecordOf<'approval.requested'>): FollowUp[] {
  const op = state.operations.operations.get(r.body.operation);
  const { confidence } = state.organisation.settings;
  if (!op || op.confidence === null || op.confidence >= confidence) return [];
  const high = r.body.packet.cost >= oversightOf(state).wake.stakes || op.effect === 'irreversible';
  if (!high) return [];
  const sure = `${Math.round(op.confidence * 100)} % sure`;
  const text = `${r.body.approval}: ${op.capability}${op.cost > 0 ? ` for ${formatMoney(op.cost)}` : ''} needs a decision, and "${op.seat}" is only ${sure}`;
  return [wake({ why: 'unclear', about: r.body.approval, text, seat: op.seat })];
}

function opportunity(state: State, r: RecordOf<'case.classified'>): FollowUp[] {
  const { opportunity: from } = oversightOf(state).wake;
  if (from === undefined || r.body.topic === undefined) return [];
  const worth = worthOfTopic(state.organisation, r.body.topic);
  if (worth < from) return [];
  const text = `${r.body.case} is about "${r.body.topic}", worth ${formatMoney(worth)}`;
  return [wake({ why: 'opportunity', about: r.body.case, text, seat: r.body.by })];
}

function incident(state: State, r: RecordOf<'incident.opened'>): FollowUp[] {
  const { incident: id, cause, summary, level = 1 } = r.body;
  const text = `${id}: ${summary}`;
  if (cause === 'violation') return [wake({ why: 'security', about: r.body.ref, text, seat: r.body.ref })];
  const byItself = cause === 'switch' && state.governance.switches.get(r.body.ref)?.condition !== undefined;
  return cause === 'tool' || byItself || level > 1
    ? [wake({ why: 'failure', about: r.body.ref, text, seat: null })]
    : [];
}

export const wakeupsReact = {
  'approval.requested': unclear,
  'case.classified': opportunity,
  'incident.opened': incident,
  'mode.degraded': (_state: State, r: RecordOf<'mode.degraded'>): FollowUp[] =>
    r.body.mode === 'store' || (r.body.mode === 'supervisor' && r.body.instead === null)
      ? [
          wake({
            why: 'failure',
            about: r.body.about,
            text: `${r.body.mode} ${r.body.about}: ${r.body.why}`,
            seat: null,
          }),
        ]
      : [],
  'wakeup.raised': (state: State, r: RecordOf<'wakeup.raised'>): FollowUp[] => {
    const { to, text, why, wakeup } = r.body;
    if (to === null || !isHuman(state.organisation.seats.get(to))) return [];
    return [followUp('inbox.deliver', { to, type: 'escalation', text, data: { wakeup, why }, priority: 'urgent' })];
  },
};

type Rule = (typeof wakeRule)['_output'];
const index = new WeakMap<Definition, Map<string, Rule[]>>();

/** Rules by the event they watch, worked out once per definition. */
function rulesOf(definition: Definition): Map<string, Rule[]> {
  let found = index.get(definition);
  if (found) return found;
  found = new Map();
  for (const rule of definition.settings.oversight?.wake.rules ?? [])
    found.set(rule.when.event, [...(found.get(rule.when.event) ?? []), rule]);
  index.set(definition, found);
  return found;
}

const NONE: readonly FollowUp[] = [];

/** [OVS36] What the organisation itself wants to be woken for; called for every record. A condition that errs wakes. */
export function wakes(state: State, record: KernelRecord): readonly FollowUp[] {
  const { definition } = state.organisation;
  const rules = definition === null ? undefined : rulesOf(definition).get(record.kind);
  if (!rules) return NONE;
  return rules.flatMap(({ id, why, when, text }) => {
    if (when.where !== undefined) {
      const held = compileCondition(when.where)({ body: record.body as never, actor: record.actor as never });
      if (held.ok && !held.value) return [];
    }
    return [
      wake({
        why,
        about: `${id}:${record.stream}`,
        text: `${text} (${record.stream})`,
        seat: record.actor.seat ?? null,
      }),
    ];
  });
}
