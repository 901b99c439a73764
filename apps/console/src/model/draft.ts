/** A restructuring that is being put together: its steps, and how the organisation would stand. Pure. */
import type { RestructuringPlanView, RestructuringStep, Structure } from '@reeve/protocol';
import { wordsOf } from './format.ts';

export type ChartSeat = Structure['seats'][number];
export type Effect = RestructuringPlanView['effects'][number];

/** What is kept while a plan is put together. */
export interface Draft {
  readonly steps: readonly RestructuringStep[];
  /** Digest of the organisation it was begun on; what is done is done to that one or not at all. */
  readonly base: string;
  /** The restructuring that these steps take back, and what they do not bring back. */
  readonly back?: { readonly id: string; readonly remains: readonly string[] };
}

type Step<K extends RestructuringStep['do']> = Extract<RestructuringStep, { do: K }>;

/** Moving a seat twice is moving it once. */
function joined(last: Step<'reassign'>, step: Step<'reassign'>): Step<'reassign'> {
  return { ...last, ...step };
}

const stays = ({ supervisor, unit }: Step<'reassign'>, seat: ChartSeat | undefined): boolean =>
  seat !== undefined &&
  (supervisor === undefined || supervisor === seat.supervisor) &&
  (unit === undefined || unit === seat.unit);

/**
 * The steps with one more. A move that follows a move of the same seat replaces it, and is left out when it leads back.
 * @param seats as they are in force
 */
export function withStep(
  steps: readonly RestructuringStep[],
  step: RestructuringStep,
  seats: readonly ChartSeat[],
): RestructuringStep[] {
  const last = steps.at(-1);
  if (last?.do === 'reassign' && step.do === 'reassign' && last.seat === step.seat) {
    const one = joined(last, step);
    const before = steps.slice(0, -1);
    const alone = !before.some((each) => each.do === 'reassign' && each.seat === step.seat);
    return alone &&
      stays(
        one,
        seats.find(({ id }) => id === one.seat),
      )
      ? before
      : [...before, one];
  }
  if (last?.do === 'occupy' && step.do === 'occupy' && last.seat === step.seat) return [...steps.slice(0, -1), step];
  return [...steps, step];
}

type Kind = NonNullable<ChartSeat['occupant']>['kind'];

/** Whom the steps put into a seat; undefined when they say nothing of it. */
function seated(
  steps: readonly RestructuringStep[],
  seat: string,
): { kind: Kind; name?: string | undefined } | undefined {
  for (const step of [...steps].reverse()) {
    if (step.do === 'occupy' && step.seat === seat) return step.occupant ?? undefined;
    if (step.do === 'add-layer' && step.seat.id === seat) return step.seat.occupant;
    const part = step.do === 'split' ? step.into.find(({ id }) => id === seat) : undefined;
    if (part) return part.occupant;
  }
  return undefined;
}

function occupantAfter(
  effect: Effect,
  seat: ChartSeat | undefined,
  steps: readonly RestructuringStep[],
): ChartSeat['occupant'] {
  const principal = effect.after!.occupant;
  if (principal === null) return null;
  if (seat?.occupant?.principal === principal) return seat.occupant;
  const by = seated(steps, effect.seat);
  return { principal, kind: by?.kind ?? 'human', name: by?.name ?? null };
}

/** The seats as they would stand: those concerned as the plan says, all others as they are. */
export function seatsAfter(
  seats: readonly ChartSeat[],
  plan: Pick<RestructuringPlanView, 'effects'> | null,
  steps: readonly RestructuringStep[],
): readonly ChartSeat[] {
  if (plan === null) return seats;
  const effects = new Map(plan.effects.map((effect) => [effect.seat, effect]));
  const known = new Set(seats.map(({ id }) => id));
  const changed = (effect: Effect, seat?: ChartSeat): ChartSeat => ({
    id: effect.seat,
    title: effect.title,
    unit: effect.after!.unit,
    supervisor: effect.after!.supervisor,
    status: seat?.status ?? 'active',
    occupant: occupantAfter(effect, seat, steps),
  });
  const kept = seats.flatMap((seat) => {
    const effect = effects.get(seat.id);
    if (!effect) return [seat];
    return effect.after === null ? [] : [changed(effect, seat)];
  });
  const added = plan.effects.filter(({ seat, after }) => !known.has(seat) && after !== null);
  return [...kept, ...added.map((effect) => changed(effect))];
}

const subject = (step: RestructuringStep): string | undefined => {
  if (step.do === 'split') return step.into[0]?.id;
  if (step.do === 'merge') return step.into;
  if (step.do === 'unit') return undefined;
  return typeof step.seat === 'string' ? step.seat : step.seat.id;
};

/** The seat to look at after a step: the one it is about, or who takes its place. */
export function seatAfter(
  step: RestructuringStep,
  { retired }: Pick<RestructuringPlanView, 'retired'>,
): string | undefined {
  const about = subject(step);
  return retired.find(({ seat }) => seat === about)?.heir ?? about;
}

/** What seats are called: by their titles, where the plan has them. */
export function namesIn({ effects }: Pick<RestructuringPlanView, 'effects'>): (seat: string) => string {
  const titles = new Map(effects.map(({ seat, title }) => [seat, title]));
  return (seat) => titles.get(seat) ?? wordsOf(seat);
}

export type Mark = 'new' | 'moved' | 'changed';

/** How a seat that stays differs from before: where it stands, or who sits there. */
export function markOf({ before, after }: Effect): Mark | null {
  if (after === null) return null;
  if (before === null) return 'new';
  if (before.supervisor !== after.supervisor || before.unit !== after.unit) return 'moved';
  return before.occupant === after.occupant ? null : 'changed';
}

const KINDS = ['cases', 'tasks', 'messages', 'approvals', 'operations', 'runs'] as const;
export type WorkKind = (typeof KINDS)[number];

/** How much of each kind goes from one seat to another; kinds of which nothing does are left out. */
export const amounts = (moving: RestructuringPlanView['moving'][number]): [WorkKind, number][] =>
  KINDS.flatMap((kind) => (moving[kind].length > 0 ? [[kind, moving[kind].length] as [WorkKind, number]] : []));

/** An id out of a title: what people call a thing, as the definition may call it. */
export const idOf = (title: string): string =>
  title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64);
