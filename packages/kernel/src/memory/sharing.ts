/** Context contracts: what may be said of what a desk believes, to whom. Enforced when it is sent. */
import type { z } from 'zod';
import type { Context } from '../core/context.ts';
import { type Draft, event } from '../core/events.ts';
import { covers } from '../core/names.ts';
import { reject } from '../core/rejection.ts';
import { nextId, type State } from '../core/state.ts';
import { getSeat, workingSeat } from '../organisation/views.ts';
import { leaked } from '../provenance/leaks.ts';
import { heldBy, makeRoom, seenBy } from './beliefs.ts';
import type { ContextDef } from './definition.ts';
import { getBelief, nameOf } from './desk-of.ts';
import type { memoryCommands } from './schema.ts';
import { standingOf } from './standing.ts';
import type { Belief } from './state.ts';

type Body = z.output<(typeof memoryCommands)['context.share']>;

const names = (seats: readonly string[], seat: string): boolean => seats.includes('*') || seats.includes(seat);

/** Contracts between two seats, in the order of the pack. */
function contractsOf(state: State, from: string, to: string): readonly ContextDef[] {
  const all = state.organisation.definition?.contexts ?? [];
  return all.filter((contract) => names(contract.from, from) && names(contract.to, to));
}

/** [MEM16] Why a contract does not allow a belief to be told, as a half sentence; null when it does. */
function objection(contract: ContextDef, b: Belief, summary: string | undefined): string | null {
  const covered = contract.keys.some((pattern) => (b.key === null ? pattern === '*' : covers(pattern, b.key)));
  if (!covered) return `${b.id} is about ${b.key === null ? 'nothing that has a key' : `"${b.key}"`}`;
  if (!contract.layers.includes(b.layer)) return `${b.id} is of the layer "${b.layer}"`;
  if (!contract.personal && b.customer !== null) return `${b.id} is about a customer`;
  if (contract.confirmed && standingOf(b) !== 'confirmed') return `${b.id} is ${standingOf(b)}, not confirmed`;
  if (contract.form === 'value' && b.value === null) return `${b.id} has no value apart from its sentence`;
  return contract.form === 'summary' && summary === undefined
    ? 'a summary is to be given instead of the beliefs'
    : null;
}

function chosen(state: State, body: Body, from: string, beliefs: readonly Belief[]): ContextDef {
  const all = contractsOf(state, from, body.to);
  const named = body.contract === undefined ? all : all.filter(({ id }) => id === body.contract);
  const why: string[] = [];
  for (const contract of named) {
    const objections = beliefs.flatMap((b) => objection(contract, b, body.summary) ?? []);
    if (objections.length === 0) return contract;
    why.push(`"${contract.id}" does not allow it: ${[...new Set(objections)].join('; ')}`);
  }
  const none = `there is no context contract${body.contract ? ` "${body.contract}"` : ''} from "${from}" to "${body.to}"`;
  reject('forbidden', why.length > 0 ? why.join(' · ') : none, {
    rule: 'MEM16',
    hint: 'share less, or have a contract added to the pack under "contexts"',
  });
}

/** What the receiver gets; how sure it is and whose word it is goes with it. */
function copyOf(b: Belief, contract: ContextDef, summary: string | undefined): Pick<Belief, 'statement' | 'value'> {
  if (contract.form === 'value') return { statement: `${b.key}: ${b.value}`, value: b.value };
  if (contract.form === 'summary') return { statement: summary!, value: null };
  return { statement: b.statement, value: b.value };
}

function share(state: State, body: Body, ctx: Context): Draft[] {
  const from = workingSeat(state, ctx.actor).id;
  const to = getSeat(state, body.to).id;
  if (to === from) reject('invalid', 'a seat shares with somebody else', { rule: 'MEM16', hint: 'name another seat' });
  const beliefs = body.beliefs.map((id) => getBelief(state, id, ctx));
  const contract = chosen(state, body, from, beliefs);
  const told = contract.form === 'summary' ? beliefs.slice(0, 1) : beliefs;
  const taint =
    contract.form === 'summary'
      ? [...new Set([...seenBy(state, ctx, null), ...beliefs.flatMap((b) => b.taint)])]
      : null;
  return told.flatMap((b, i) => {
    const room = i === 0 ? makeRoom(state, to, 'state', null) : [];
    return [...copied(state, b, { ...body, from, taint, ahead: i }, contract, ctx), ...room];
  });
}

interface Telling extends Body {
  readonly from: string;
  /** Of a summary: all that is behind it. */
  readonly taint: readonly string[] | null;
  readonly ahead: number;
}

function copied(state: State, b: Belief, telling: Telling, contract: ContextDef, ctx: Context): Draft[] {
  const as = nextId(state, 'BL', telling.ahead);
  const { purpose, to, from, taint, summary, ahead: _ahead } = telling;
  const { statement, value } = copyOf(b, contract, summary);
  const about = { case: b.case, ...(b.customer === null ? {} : { customer: b.customer }) };
  const until = ctx.now + contract.for;
  const copy = {
    ...{ belief: as, seat: to, ...about, layer: 'state' as const, statement },
    ...(b.key === null ? {} : { key: b.key }),
    ...(value === null ? {} : { value }),
    ...{ confidence: b.confidence, impact: b.impact, origin: b.origin, evidence: [b.id], private: true },
    // What is only held at one desk is no word of a person at another.
    taint: taint === null ? tainted(b) : [...taint],
    until: b.until === null ? until : Math.min(until, b.until),
    ...{
      by: nameOf(ctx.actor),
      contradicts: standing(state, to, b, value),
      confirmed: b.confirmed !== null && taint === null,
    },
    shared: { from, belief: b.id, contract: contract.id, purpose },
  };
  return [
    event(
      'belief.shared',
      `belief/${b.id}`,
      { ...heldBy(b), to, as, contract: contract.id, purpose, by: nameOf(ctx.actor) },
      b.case,
    ),
    event('belief.recorded', `belief/${as}`, copy, b.case),
  ];
}

/** [MEM4] A belief that is contested or unconfirmed stays so at the next desk. */
const tainted = (b: Belief): string[] =>
  standingOf(b) === 'contested' ? [...b.taint, `${b.id} (contested belief)`] : [...b.taint];

/** What the receiver holds that says something else. */
function standing(state: State, to: string, b: Belief, value: Belief['value']): string[] {
  const desk = state.memory.desks.get(to);
  const same = b.key === null ? [] : (desk?.byKey.get(`${b.key}|${b.customer ?? ''}`) ?? []);
  return same.filter((id) => state.memory.beliefs.get(id)?.value !== value);
}

/** Beliefs a run has before it that are looked for in what it says, at most. */
const LOOKED_AT = 100;

/**
 * [MEM17] What a run tells another seat in a message or a task carries nothing it holds as private, in any wrapping. Costs nothing
 * for runs that have seen no private belief.
 */
export function keepPrivate(state: State, to: string, texts: () => readonly string[], ctx: Context): void {
  const seen = ctx.run === null ? undefined : state.runs.runs.get(ctx.run)?.beliefs;
  if (seen === undefined || to === ctx.actor.seat) return;
  const held = seen.slice(-LOOKED_AT).flatMap((id) => state.memory.beliefs.get(id) ?? []);
  const secret = held.filter((b) => b.private && b.seat === ctx.actor.seat);
  if (secret.length === 0) return;
  const all = texts();
  for (const b of secret) {
    const contracts = contractsOf(state, b.seat, to).filter(({ form }) => form !== 'summary');
    if (contracts.some((contract) => objection(contract, b, undefined) === null)) continue;
    if (leaked(all, [b.value === null ? b.statement : String(b.value)]) === null) continue;
    reject('forbidden', `this would tell "${to}" what ${b.id} says, which is private to "${b.seat}"`, {
      rule: 'MEM17',
      hint: 'leave it out; a context contract in the pack can allow it',
    });
  }
}

export const sharingDecide = { 'context.share': share };
