/** Who declares what: worked out once per definition, so that a decision looks at those who can, not at everybody [RTE2]. */
import type { State } from '../core/state.ts';
import type { Definition } from '../definition.ts';
import type { SeatDef } from '../organisation/schema.ts';
import { inUnit } from '../organisation/views.ts';
import type { Needs } from './definition.ts';

/** Combinations remembered per definition; beyond it they are worked out again. */
const MOST = 2000;

interface Index {
  readonly by: ReadonlyMap<string, readonly SeatDef[]>;
  readonly able: Map<string, readonly string[]>;
}

const known = new WeakMap<Definition, Index>();

/** One text for what is needed; equal needs wait in one line. */
export function lineOf({ topic, domain, skills, complexity, unit }: Needs): string {
  return `${topic ?? ''}|${domain ?? ''}|${[...skills].sort().join('+')}|${complexity ?? ''}|${unit ?? ''}`;
}

function keysOf({ abilities }: SeatDef): string[] {
  return [
    ...abilities.skills.map((skill) => `s:${skill}`),
    ...abilities.topics.map((topic) => `t:${topic}`),
    ...abilities.domains.map((domain) => `d:${domain}`),
  ];
}

function indexOf(definition: Definition): Index {
  const found = known.get(definition);
  if (found) return found;
  const by = new Map<string, SeatDef[]>();
  for (const seat of definition.seats) {
    for (const key of keysOf(seat)) {
      const seats = by.get(key);
      if (seats) seats.push(seat);
      else by.set(key, [seat]);
    }
  }
  const fresh = { by, able: new Map<string, readonly string[]>() };
  known.set(definition, fresh);
  return fresh;
}

/** [RTE2] Required skills are all declared; topic, domain and complexity are in the seat's lists (R-C25). */
export function canHandle({ abilities }: Pick<SeatDef, 'abilities'>, needs: Needs): boolean {
  return (
    needs.skills.every((skill) => abilities.skills.includes(skill)) &&
    (needs.topic === undefined || abilities.topics.includes(needs.topic)) &&
    (needs.domain === undefined || abilities.domains.includes(needs.domain)) &&
    (needs.complexity === undefined || abilities.complexity.includes(needs.complexity))
  );
}

/** What of this the seat does not declare, by its part: `skill orders`, `topic refund`. */
export function lacks({ abilities }: Pick<SeatDef, 'abilities'>, needs: Needs): string[] {
  const { topic, domain, complexity } = needs;
  return [
    ...needs.skills.filter((skill) => !abilities.skills.includes(skill)).map((skill) => `skill ${skill}`),
    ...(topic !== undefined && !abilities.topics.includes(topic) ? [`topic ${topic}`] : []),
    ...(domain !== undefined && !abilities.domains.includes(domain) ? [`domain ${domain}`] : []),
    ...(complexity !== undefined && !abilities.complexity.includes(complexity) ? [`complexity ${complexity}`] : []),
  ];
}

function shortest(definition: Definition, { by }: Index, needs: Needs): readonly SeatDef[] {
  const keys = [
    ...needs.skills.map((skill) => `s:${skill}`),
    ...(needs.topic === undefined ? [] : [`t:${needs.topic}`]),
    ...(needs.domain === undefined ? [] : [`d:${needs.domain}`]),
  ];
  let best: readonly SeatDef[] = definition.seats;
  for (const key of keys) {
    const seats = by.get(key) ?? [];
    if (seats.length < best.length) best = seats;
  }
  return best;
}

/** Seats that declare all of it, in the order of the definition, whoever sits there. Those of its unit only, loans not counted. */
export function able(state: State, needs: Needs): readonly string[] {
  const { definition } = state.organisation;
  if (!definition) return [];
  const index = indexOf(definition);
  const line = lineOf(needs);
  const found = index.able.get(line);
  if (found) return found;
  const fresh = shortest(definition, index, needs)
    .filter((seat) => canHandle(seat, needs) && (needs.unit === undefined || inUnit(state, seat.unit, needs.unit)))
    .map(({ id }) => id);
  if (index.able.size >= MOST) index.able.clear();
  index.able.set(line, fresh);
  return fresh;
}

/** Parts of the needs that no seat at all declares; when it is empty, nobody declares them together. */
export function undeclared(state: State, needs: Needs): string[] {
  const seats = state.organisation.definition?.seats ?? [];
  const open = new Set([...lacks({ abilities: NOTHING }, needs)]);
  for (const seat of seats) {
    if (open.size === 0) break;
    const missing = new Set(lacks(seat, needs));
    for (const part of open) if (!missing.has(part)) open.delete(part);
  }
  return [...open];
}

const NOTHING: SeatDef['abilities'] = { skills: [], topics: [], domains: [], complexity: [] };
