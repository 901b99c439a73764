/** Skills: what a desk knows how to do, with how often it helped. They outlive purposes; state does not (R-D42). */
import type { z } from 'zod';
import { participant } from '../cases/views.ts';
import type { Context, Decide } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { reject } from '../core/rejection.ts';
import { nextId, type State } from '../core/state.ts';
import { aboutOf, seenBy } from './beliefs.ts';
import { getSkill, isPerson, nameOf, ownDesk, settingsOf } from './desk-of.ts';
import type { memoryCommands } from './schema.ts';
import type { Skill } from './state.ts';

type Body<K extends keyof typeof memoryCommands> = z.output<(typeof memoryCommands)[K]>;

const of = (s: Skill) => ({ skill: s.id, seat: s.seat, case: s.case });

/** [MEM13] When the desk is full, the one that helped least goes; those a person adopted stay. */
function makeRoom(state: State, seat: string): Draft[] {
  const desk = state.memory.desks.get(seat);
  const most = settingsOf(state).skills;
  if ((desk?.skills.size ?? 0) < most) return [];
  const own = [...desk!.skills].map((id) => state.memory.skills.get(id)!).filter((s) => !s.adopted);
  const worth = (s: Skill): number => (s.successes + 1) / (s.successes + s.failures + 2);
  const [least] = own.sort((a, b) => worth(a) - worth(b) || (a.usedAt ?? a.at) - (b.usedAt ?? b.at));
  if (!least)
    reject('exhausted', `the desk of "${seat}" holds ${most} skills, all adopted`, {
      rule: 'MEM13',
      hint: 'retire some, or raise settings.memory.skills in the pack',
    });
  return [retired(least, 'system', `the desk holds ${most} skills`)];
}

const retired = (s: Skill, by: string, reason: string): Draft =>
  event('skill.retired', `skill/${s.id}`, { ...of(s), by, reason }, s.case);

function record(state: State, body: Body<'skill.record'>, ctx: Context): Draft[] {
  const seat = ownDesk(state, body.seat, ctx);
  const person = isPerson(state, ctx);
  // A person writes for everybody; a run writes out of its case, and what it writes is forgotten with the customer.
  const about =
    person && body.case === undefined ? { case: null } : aboutOf(state, { case: body.case, general: true }, ctx);
  const { kind, title, text, topics } = body;
  const skill = nextId(state, 'SK');
  const taint = person ? [] : [...seenBy(state, ctx, about.case)];
  const fresh = { ...about, skill, seat, kind, title, text, topics, taint, by: nameOf(ctx.actor) };
  return [event('skill.recorded', `skill/${skill}`, fresh, about.case), ...makeRoom(state, seat)];
}

function adopt(state: State, body: Body<'skill.adopt'>, ctx: Context): Draft[] {
  const old = getSkill(state, body.skill, ctx);
  if (!isPerson(state, ctx))
    reject('forbidden', 'a person adopts a skill', { rule: 'MEM13', hint: 'ask the human above this seat' });
  const { title, text } = body;
  const skill = nextId(state, 'SK');
  const { seat, kind, topics } = old;
  const fresh = {
    case: null,
    skill,
    seat,
    kind,
    title,
    text,
    topics,
    taint: [],
    by: nameOf(ctx.actor),
    adopts: old.id,
  };
  // No correlation with the case it came from: under that it would be sealed with the customer.
  return [event('skill.recorded', `skill/${skill}`, fresh, skill)];
}

export const skillsDecide = {
  'skill.record': record,
  'skill.adopt': adopt,
  'skill.use': ((state, body, ctx) => {
    const s = getSkill(state, body.skill, ctx);
    const { c } = participant(state, body.case, ctx.actor);
    return [
      event('skill.used', `skill/${s.id}`, { skill: s.id, seat: s.seat, case: c.id, by: nameOf(ctx.actor) }, c.id),
    ];
  }) as Decide<Body<'skill.use'>>,
  /** [MEM12] Nobody praises his own: a run does not judge the skills of its desk. */
  'skill.judge': ((state, body, ctx) => {
    const s = getSkill(state, body.skill, ctx);
    if (!isPerson(state, ctx))
      reject('forbidden', 'how a skill went is told by its case, or by a person', {
        rule: 'MEM12',
        hint: 'use it on the case',
      });
    const note = body.note === undefined ? {} : { note: body.note };
    return [
      event(
        'skill.judged',
        `skill/${s.id}`,
        { ...of(s), success: body.success, by: nameOf(ctx.actor), ...note },
        s.case,
      ),
    ];
  }) as Decide<Body<'skill.judge'>>,
  'skill.retire': ((state, body, ctx) => {
    const s = getSkill(state, body.skill, ctx);
    if (s.adopted && !isPerson(state, ctx))
      reject('forbidden', `a person adopted ${s.id} and also retires it`, { rule: 'MEM13', hint: 'ask him' });
    return [retired(s, nameOf(ctx.actor), body.reason)];
  }) as Decide<Body<'skill.retire'>>,
};
