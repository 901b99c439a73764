/** Teams: who fits which role, how they hang together, and what is missing. Every number follows from the formula (R-D32). */
import type { z } from 'zod';
import type { Context, Decide } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { DAY } from '../core/quantities.ts';
import { reject } from '../core/rejection.ts';
import { nextId, type State } from '../core/state.ts';
import type { Seat } from '../organisation/state.ts';
import { directs, governs, isAbove, isHuman } from '../organisation/views.ts';
import { maturityOf } from '../purpose/people.ts';
import type { TeamSettings } from './definition.ts';
import { isPerson, nameOf, settingsOf } from './desk-of.ts';
import type { Experience } from './state.ts';
import type { Edge, Member, Role, ScoreParts, TeamEvents, Topology, teamCommands, Wanted } from './team-schema.ts';

type Formed = TeamEvents['team.formed'];

const common = (a: readonly string[], b: readonly string[]): number => a.filter((each) => b.includes(each)).length;

/** How long ago it last worked, in points. */
function recency(own: Experience | undefined, now: number, points: TeamSettings): number {
  if (!own || own.at === 0) return 0;
  const days = (now - own.at) / DAY;
  return days < 7 ? points.week : days < 30 ? points.month : 0;
}

/** [MEM21] What a seat scores for a role. One without history is judged by what it declares (conflict 10 of the requirements). */
export function scoreOf(state: State, seat: Seat, role: Role, now: number): ScoreParts {
  const points = settingsOf(state).team;
  const own = state.memory.experience.get(seat.id);
  const { domains, topics, skills, technologies = [] } = seat.abilities;
  return {
    domains: points.domain * common(role.domains, [...new Set([...domains, ...topics])]),
    skills: points.skill * common(role.skills, skills),
    technologies: points.technology * common(role.technologies, technologies),
    success: own && own.total > 0 ? points.success * (own.successful / own.total) : 0,
    recency: recency(own, now, points),
    experience: Math.min((own?.total ?? 0) / points.casesPerPoint, points.most),
  };
}

export const sumOf = (p: ScoreParts): number =>
  p.domains + p.skills + p.technologies + p.success + p.recency + p.experience;

/** What it declares must fit at all: experience alone makes nobody a specialist. */
const fits = (p: ScoreParts): boolean => p.domains + p.skills + p.technologies > 0;

interface Candidate {
  readonly seat: Seat;
  readonly parts: ScoreParts;
  readonly score: number;
}

function candidates(state: State, role: Role, without: ReadonlySet<string>, now: number): Candidate[] {
  const { minimum } = settingsOf(state).team;
  const all = [...state.organisation.seats.values()].filter(
    (s) => s.status === 'active' && s.occupant && !without.has(s.id),
  );
  return all
    .map((seat) => ({ seat, parts: scoreOf(state, seat, role, now) }))
    .map((each) => ({ ...each, score: sumOf(each.parts) }))
    .filter(({ parts, score }) => fits(parts) && score >= minimum)
    .sort((a, b) => b.score - a.score || (a.seat.id < b.seat.id ? -1 : 1));
}

const NOTHING: ScoreParts = { domains: 0, skills: 0, technologies: 0, success: 0, recency: 0, experience: 0 };

/** Role by role, the best who is not taken yet; nobody where none fits. */
function membersOf(state: State, wanted: Wanted, now: number): Member[] {
  const taken = new Set(wanted.without);
  const most = settingsOf(state).team.candidates;
  return wanted.roles.map((role) => {
    const found = candidates(state, role, taken, now);
    const [first] = found;
    if (first) taken.add(first.seat.id);
    return {
      ...{ role: role.role, seat: first?.seat.id ?? null, score: first?.score ?? 0, parts: first?.parts ?? NOTHING },
      candidates: found.slice(0, most).map(({ seat, score }) => ({ seat: seat.id, score })),
    };
  });
}

/** [MEM22] In this order (R-D34). */
export function topologyOf(wanted: Wanted): Topology {
  if (wanted.ordered) return 'pipeline';
  if (wanted.central !== undefined) return 'star';
  if (wanted.independent) return 'parallel';
  return wanted.review === undefined ? 'mesh' : 'review';
}

const others = (seats: readonly string[], one: string): string[] => seats.filter((seat) => seat !== one);

/** Who has to do with whom; each edge once, and never one that only one side knows of (R-D34 gap). */
function edgesOf(topology: Topology, seats: readonly string[], middle: string | undefined): Edge[] {
  if (topology === 'parallel') return [];
  if (topology === 'pipeline')
    return seats.slice(1).map((to, i) => ({ from: seats[i]!, to, as: 'hands-over' as const }));
  if (topology === 'star' && middle)
    return others(seats, middle).map((from) => ({ from, to: middle, as: 'depends' as const }));
  if (topology === 'review' && middle)
    return others(seats, middle).map((to) => ({ from: middle, to, as: 'reviews' as const }));
  return seats.flatMap((from, i) => seats.slice(i + 1).map((to) => ({ from, to, as: 'talks' as const })));
}

/** Seats outside the team that have what it lacks. */
function complementary(state: State, missing: readonly string[], team: readonly string[]): Formed['complementary'] {
  const found: Formed['complementary'] = [];
  for (const seat of state.organisation.seats.values()) {
    if (seat.status === 'retired' || team.includes(seat.id)) continue;
    const skills = seat.abilities.skills.filter((skill) => missing.includes(skill));
    if (skills.length > 0) found.push({ seat: seat.id, skills });
  }
  return found.slice(0, 50);
}

/** Pairs that have worked together before, on whatever it was. */
function knownPairs(state: State, seats: readonly string[]): Formed['known'] {
  const pairs = new Map<string, Formed['known'][number]>();
  for (const edge of state.memory.edges.values()) {
    if (!seats.includes(edge.a) || !seats.includes(edge.b)) continue;
    const key = `${edge.a}|${edge.b}`;
    const pair = pairs.get(key) ?? { seats: [edge.a, edge.b] as [string, string], count: 0, successes: 0 };
    pairs.set(key, { ...pair, count: pair.count + edge.count, successes: pair.successes + edge.successes });
  }
  return [...pairs.values()];
}

/** [MEM21] [MEM22] What a team for this purpose would be. Pure: it can be looked at before it is formed. */
export function proposal(state: State, wanted: Wanted, now: number): Omit<Formed, 'team' | 'case' | 'by'> {
  const members = membersOf(state, wanted, now);
  const seats = members.flatMap(({ seat }) => seat ?? []);
  const topology = topologyOf(wanted);
  const middle = members.find(({ role }) => role === (wanted.central ?? wanted.review))?.seat ?? undefined;
  const covered = new Set(seats.flatMap((id) => state.organisation.seats.get(id)!.abilities.skills));
  const missing = [...new Set(wanted.roles.flatMap((role) => role.skills))].filter((skill) => !covered.has(skill));
  return {
    ...{ purpose: wanted.purpose, topology, members, missing },
    topics: [...new Set(wanted.roles.flatMap((role) => role.domains))],
    edges: edgesOf(topology, seats, middle),
    complementary: complementary(state, missing, seats),
    known: knownPairs(state, seats),
  };
}

function checked(wanted: Wanted): void {
  const roles = wanted.roles.map(({ role }) => role);
  const twice = roles.find((role, i) => roles.indexOf(role) !== i);
  if (twice !== undefined)
    reject('invalid', `two roles are called "${twice}"`, { rule: 'MEM22', hint: 'rename one of them' });
  for (const [field, named] of Object.entries({ central: wanted.central, review: wanted.review }))
    if (named !== undefined && !roles.includes(named))
      reject('invalid', `${field}: there is no role "${named}"`, {
        rule: 'MEM22',
        hint: `choose one of ${roles.join(', ')}`,
      });
}

/** Teams that are remembered; the oldest goes first. */
export const TEAMS = 500;

/** [MEM22] Seats an agent forms no team of: all that are not below it. Null when it directs nobody or is not mature enough. */
function outOfReach(state: State, ctx: Context): string[] | null {
  const seat = ctx.actor.seat === undefined ? undefined : state.organisation.seats.get(ctx.actor.seat);
  const sits = seat?.status === 'active' && seat.occupant?.principal === ctx.actor.principal;
  if (!sits || isHuman(seat) || maturityOf(state, seat) < 1) return null;
  const all = [...state.organisation.seats.keys()];
  const far = all.filter((id) => !isAbove(state, seat.id, id));
  return far.length === all.length ? null : far;
}

function form(state: State, wanted: Wanted, ctx: Context): Draft[] {
  checked(wanted);
  const far = isPerson(state, ctx) ? null : outOfReach(state, ctx);
  if (far !== null)
    return [formed(state, proposal(state, { ...wanted, without: [...wanted.without, ...far] }, ctx.now), ctx)];
  const proposed = proposal(state, wanted, ctx.now);
  const foreign = proposed.members.find(
    ({ seat }) => seat !== null && seat !== ctx.actor.seat && !directs(state, ctx.actor, seat),
  );
  if (!isPerson(state, ctx) || (foreign && !governs(state, ctx.actor)))
    reject(
      'forbidden',
      `a team is formed by a human above all of its seats, or by a mature agent of seats below it${foreign ? `; "${foreign.seat}" is not below you` : ''}`,
      {
        rule: 'MEM22',
        hint: 'name the seats that are not to be chosen, or ask the human above them',
      },
    );
  return [formed(state, proposed, ctx)];
}

function formed(state: State, proposed: ReturnType<typeof proposal>, ctx: Context): Draft {
  const team = nextId(state, 'TM');
  return event('team.formed', `team/${team}`, { team, case: null, ...proposed, by: nameOf(ctx.actor) }, team);
}

export const teamDecide = {
  'team.form': form,
  'team.close': ((state, body, ctx) => {
    const team = state.memory.teams.get(body.team);
    if (!team)
      reject('not-found', `there is no team ${body.team}`, { rule: 'MEM22', hint: 'list them with `reeve team`' });
    if (team.outcome !== null)
      reject('conflict', `${team.id} is closed already`, { rule: 'MEM22', hint: 'form another one' });
    if (!isPerson(state, ctx))
      reject('forbidden', 'a person says how a team did', { rule: 'MEM22', hint: 'ask the human above it' });
    const note = body.note === undefined ? {} : { note: body.note };
    return [
      event(
        'team.closed',
        `team/${team.id}`,
        { team: team.id, case: null, success: body.success, by: nameOf(ctx.actor), ...note },
        team.id,
      ),
    ];
  }) as Decide<z.output<(typeof teamCommands)['team.close']>>,
};
