/** Traffic and autonomy follow performance, within bounds, at a fixed pace; each step says what it rested on [ROL18–ROL20]. */
import type { Context, FollowUp } from '../core/context.ts';
import { followUp } from '../core/context.ts';
import { type Draft, event, type RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { humanAbove, isHuman } from '../organisation/views.ts';
import type { SelectionDef } from './definition.ts';
import { fitnessOf, partsOf } from './fitness.ts';
import { laneDefs, stageOf } from './lanes.ts';
import { measureLines } from './measures.ts';
import type { SelectionLine } from './schema.ts';
import { fallTo } from './stages.ts';
import type { Lane } from './state.ts';
import { work } from './tally.ts';

/** How each of them stands; nothing has moved yet. */
export function standings(lane: Lane, weights: SelectionDef['weights']): SelectionLine[] {
  const all = [...lane.seats.values()].map(({ since }) => since);
  return [...lane.seats].map(([seat, { share, since, weak }]) => {
    const parts = partsOf(since, all);
    const fitness = fitnessOf(parts, weights);
    return {
      seat,
      n: work(since),
      fitness,
      parts,
      tally: { ...since },
      before: share,
      after: share,
      weak,
      proposal: null,
    };
  });
}

/** Why nothing may move now; null when something may. */
function heldBy(lane: Lane, lines: readonly SelectionLine[], def: SelectionDef, now: Time): string | null {
  if (lane.moved !== null && now < lane.moved + def.cooldown) return 'the cool-down after the last move is not over';
  const short = lines.find(({ n, fitness }) => n < def.sample || fitness === null);
  return short ? `"${short.seat}" did ${short.n} pieces of work since the last move, ${def.sample} are needed` : null;
}

type Measured = SelectionLine & { fitness: number };

/** [ROL18] From the weakest that has traffic to give, to the fittest: at most a step, never below the floor. */
function shift(lines: Measured[], def: SelectionDef): string | null {
  const ordered = [...lines].sort((a, b) => a.fitness - b.fitness || (a.seat < b.seat ? -1 : 1));
  const best = ordered.at(-1)!;
  const worst = ordered.find(({ before, seat }) => before > def.floor && seat !== best.seat);
  if (!worst) return 'everybody else is at the floor';
  if (best.fitness - worst.fitness < def.margin)
    return `"${best.seat}" and "${worst.seat}" are less than ${def.margin} points apart`;
  const points = Math.min(def.step, worst.before - def.floor);
  worst.after -= points;
  best.after += points;
  return null;
}

/** [ROL19] Weak so many times in a row: a person is asked to redesign the seat, and after as many again to retire it. */
function weigh(lines: Measured[], def: SelectionDef): void {
  for (const line of lines) {
    line.weak = line.fitness < def.lowerBelow ? line.weak + 1 : 0;
    if (line.weak === def.proposeAfter) line.proposal = 'redesign';
    if (line.weak === 2 * def.proposeAfter) line.proposal = 'retire';
  }
}

/** [ROL19] Who is weak is trusted one stage less than the lane is now. */
function lowerWeak(state: State, lane: Lane, lines: readonly SelectionLine[]): Draft[] {
  const def = laneDefs(state).get(lane.id)!;
  return lines.flatMap(({ seat, fitness, weak, tally }) => {
    const from = stageOf(lane, def, seat);
    if (weak === 0 || fallTo(from) === from || from === 'shadow') return [];
    const reason = `its fitness is ${fitness}, below ${def.rollout.selection!.lowerBelow}`;
    return [
      event('lane.lowered', `lane/${lane.id}`, {
        lane: lane.id,
        seat,
        from,
        to: fallTo(from),
        by: 'selection',
        reason,
        measures: measureLines(tally),
      }),
    ];
  });
}

function select(state: State, body: { id: string }, ctx: Context): Draft[] {
  const lane = state.rollout.lanes.get(body.id);
  const def = laneDefs(state).get(body.id)?.rollout.selection;
  if (!lane || !def || lane.next === null || lane.next > ctx.now) return [];
  const lines = standings(lane, def.weights);
  let held = heldBy(lane, lines, def, ctx.now);
  const lowered: Draft[] = [];
  if (held === null) {
    weigh(lines as Measured[], def);
    held = shift(lines as Measured[], def);
    lowered.push(...lowerWeak(state, lane, lines));
  }
  return [
    event('lane.selected', `lane/${lane.id}`, { lane: lane.id, held, lines, next: ctx.now + def.every }),
    ...lowered,
  ];
}

export const selectionFollowUps = { 'lane.select': select };

const WHAT = {
  redesign: 'look at how it works and change it',
  retire: 'consider to retire it',
} as const;

/** Only a person redesigns or retires a seat; he is asked. */
function proposed(state: State, r: RecordOf<'lane.selected'>): FollowUp[] {
  return r.body.lines.flatMap(({ seat, proposal, fitness, weak }) => {
    const to = proposal === null ? null : humanAbove(state, seat);
    if (proposal === null || to === null || !isHuman(state.organisation.seats.get(to))) return [];
    const text = `"${seat}" was weak in the lane "${r.body.lane}" ${weak} times in a row (fitness ${fitness}): ${WHAT[proposal]}.`;
    return [
      followUp('inbox.deliver', {
        to,
        type: 'guidance',
        text,
        data: { lane: r.body.lane, seat, proposal },
        priority: 'normal',
      }),
    ];
  });
}

export const selectionReact = { 'lane.selected': proposed };
