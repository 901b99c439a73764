import { isErased } from '../core/erased.ts';
import type { RecordOf } from '../core/events.ts';
import { countId, type State, setTimer } from '../core/state.ts';
import { settingsOf } from './desk-of.ts';
import { type Belief, type CaseMemory, type Desk, emptyDesk, type Skill } from './state.ts';

function desk(state: State, seat: string): Desk {
  let found = state.memory.desks.get(seat);
  if (!found) {
    found = emptyDesk();
    state.memory.desks.set(seat, found);
  }
  return found;
}

/** Beliefs contradict each other about the same customer, or about nobody. */
export const scopeOf = (customer: string | null, key: string): string => `${key}|${customer ?? ''}`;

export function ofCase(state: State, id: string): CaseMemory {
  let found = state.memory.cases.get(id);
  if (!found) {
    found = { working: new Set(), skills: new Set(), success: null, counted: null };
    state.memory.cases.set(id, found);
  }
  return found;
}

/** The beliefs of a desk under one scope and key; a lookup, so nothing is looked through. */
function underKey(at: Desk, b: Belief, change: (ids: string[]) => string[]): void {
  if (b.key === null) return;
  const scope = scopeOf(b.customer, b.key);
  const left = change(at.byKey.get(scope) ?? []);
  if (left.length > 0) at.byKey.set(scope, left);
  else at.byKey.delete(scope);
}

function recorded(state: State, r: RecordOf<'belief.recorded'>): void {
  const { belief: id, confirmed, contradicts, shared, customer, key, value, corrects: _old, ...rest } = r.body;
  countId(state, id);
  const b: Belief = {
    ...rest,
    ...{ id, key: key ?? null, value: value ?? null, customer: customer ?? null, at: r.at, seenAt: r.at },
    confirmed: confirmed ? { by: r.body.by, how: 'person', at: r.at } : null,
    ...{ repeatedBy: [], contradicts: [...contradicts], disputed: null, shared: shared ?? null },
  };
  state.memory.beliefs.set(id, b);
  const at = desk(state, b.seat);
  at.beliefs.add(id);
  at.counts[b.layer] += 1;
  underKey(at, b, (ids) => [...ids, id]);
  for (const other of contradicts) state.memory.beliefs.get(other)?.contradicts.push(id);
  if (b.layer === 'working' && b.case !== null) ofCase(state, b.case).working.add(id);
  if (b.until !== null) setTimer(state, b.until, `belief.lapse:${id}`);
}

function drop(state: State, b: Belief): void {
  state.memory.beliefs.delete(b.id);
  const at = desk(state, b.seat);
  at.beliefs.delete(b.id);
  at.counts[b.layer] -= 1;
  underKey(at, b, (ids) => ids.filter((id) => id !== b.id));
  for (const id of b.contradicts) {
    const other = state.memory.beliefs.get(id);
    if (other) other.contradicts = other.contradicts.filter((each) => each !== b.id);
  }
  if (b.case !== null) state.memory.cases.get(b.case)?.working.delete(b.id);
}

function confirmed(state: State, r: RecordOf<'belief.confirmed'>): void {
  const b = state.memory.beliefs.get(r.body.belief);
  if (!b) return;
  const { how, by, origin, confidence, until, statement } = r.body;
  // A new object where the words are new: what was worked out of the old ones is kept by identity.
  const now: Belief = { ...b, confidence, until, seenAt: r.at };
  if (how !== 'repeated') {
    now.confirmed = { by, how, at: r.at };
    if (how === 'person') now.disputed = null;
    if (statement !== undefined) now.statement = statement;
  }
  if (!now.repeatedBy.includes(origin) && origin !== b.origin) now.repeatedBy = [...now.repeatedBy, origin].slice(-20);
  state.memory.beliefs.set(b.id, now);
  if (until !== null && until !== b.until) setTimer(state, until, `belief.lapse:${b.id}`);
}

function skillRecorded(state: State, r: RecordOf<'skill.recorded'>): void {
  const { skill: id, seat, adopts, customer: _whose, ...rest } = r.body;
  countId(state, id);
  const before = adopts === undefined ? undefined : state.memory.skills.get(adopts);
  const { uses = 0, successes = 0, failures = 0, usedAt = null } = before ?? {};
  const counts = { uses, successes, failures, usedAt };
  const skill: Skill = { ...rest, ...counts, id, seat, at: r.at, adopted: before !== undefined };
  if (before) dropSkill(state, before);
  state.memory.skills.set(id, skill);
  desk(state, seat).skills.add(id);
}

function dropSkill(state: State, skill: Skill): void {
  state.memory.skills.delete(skill.id);
  desk(state, skill.seat).skills.delete(skill.id);
}

function judge(skill: Skill | undefined, success: boolean, by: 1 | -1): void {
  if (!skill) return;
  if (success) skill.successes += by;
  else skill.failures += by;
}

/** [MEM12] How a case went counts once for the skills that were used on it; what turns out later takes its place. */
function verdict(state: State, caseId: string, success: boolean): void {
  const found = state.memory.cases.get(caseId);
  if (!found || found.success === success) return;
  for (const id of found.skills) {
    const skill = state.memory.skills.get(id);
    if (found.success !== null) judge(skill, found.success, -1);
    judge(skill, success, 1);
  }
  found.success = success;
}

/** [MEM2] The working set of a case is gone with it. */
function clear(state: State, caseId: string): void {
  for (const id of state.memory.cases.get(caseId)?.working ?? []) drop(state, state.memory.beliefs.get(id)!);
}

/** Closed to the customer's satisfaction, as far as anybody knows, and not a second time. */
export const wentWell = (state: State, id: string): boolean => {
  const c = state.cases.cases.get(id);
  return c !== undefined && c.satisfied !== false && c.reopened === 0;
};

/** [MEM14] What is about somebody who is forgotten goes at once; read without his key it is not even legible. */
function forgotten(state: State, r: RecordOf<'customer.forgotten'>): void {
  const cases = new Set(r.body.cases);
  const whose = new Set(r.body.cases.map((id) => state.cases.cases.get(id)?.customer));
  for (const b of [...state.memory.beliefs.values()]) {
    const his = b.customer === null ? b.case !== null && cases.has(b.case) : whose.has(b.customer);
    if (his || isErased(b.statement)) drop(state, b);
  }
  for (const skill of [...state.memory.skills.values()])
    if ((skill.case !== null && cases.has(skill.case)) || isErased(skill.text)) dropSkill(state, skill);
}

/** The layers that belong to a purpose are gone with it; skills and what is stable stay. */
function begun(state: State, r: RecordOf<'desk.begun'>): void {
  const { desk: seat, purpose, previous, reset, archived } = r.body;
  for (const id of reset) {
    const b = state.memory.beliefs.get(id);
    if (b) drop(state, b);
  }
  const at = desk(state, seat);
  if (previous !== null) at.past = [...at.past, { purpose: previous, until: r.at, snapshot: archived }].slice(-100);
  Object.assign(at, { purpose, since: r.at, served: at.served + 1 });
}

function snapshotted(state: State, r: RecordOf<'desk.snapshotted'>): void {
  const { snapshot: id, desk: seat, branch: name, merged, case: _none, changed: _changed, ...rest } = r.body;
  countId(state, id);
  const at = desk(state, seat);
  at.snapshots.set(id, { ...rest, id, branch: name, merged: merged ?? null, at: r.at });
  const branch = at.branches.get(name);
  if (branch) branch.head = id;
  const heads = new Set([...at.branches.values()].flatMap((b) => [b.head, b.from]));
  // Heads stay, so one look at the oldest few is enough.
  for (const oldest of at.snapshots.keys()) {
    if (at.snapshots.size <= settingsOf(state).snapshots) break;
    if (!heads.has(oldest)) at.snapshots.delete(oldest);
  }
}

const onBelief =
  (apply: (state: State, b: Belief, at: number, body: { by: string; reason: string }) => void) =>
  (state: State, r: { at: number; body: { belief: string; by: string; reason: string } }): void => {
    const b = state.memory.beliefs.get(r.body.belief);
    if (b) apply(state, b, r.at, r.body);
  };

export const memoryEvolve = {
  'belief.recorded': recorded,
  'belief.confirmed': confirmed,
  'belief.disputed': onBelief((_, b, at, { by, reason }) => {
    b.disputed = { by, reason, at };
  }),
  'belief.ended': onBelief((state, b) => drop(state, b)),
  'skill.recorded': skillRecorded,
  'skill.used': (state: State, r: RecordOf<'skill.used'>) => {
    const skill = state.memory.skills.get(r.body.skill);
    if (!skill) return;
    skill.uses += 1;
    skill.usedAt = r.at;
    if (r.body.case !== null) ofCase(state, r.body.case).skills.add(skill.id);
  },
  'skill.judged': (state: State, r: RecordOf<'skill.judged'>) =>
    judge(state.memory.skills.get(r.body.skill), r.body.success, 1),
  'skill.retired': (state: State, r: RecordOf<'skill.retired'>) => {
    const skill = state.memory.skills.get(r.body.skill);
    if (skill) dropSkill(state, skill);
  },
  'case.closed': (state: State, r: RecordOf<'case.closed'>) => {
    clear(state, r.body.case);
    verdict(state, r.body.case, wentWell(state, r.body.case));
  },
  'case.cancelled': (state: State, r: RecordOf<'case.cancelled'>) => clear(state, r.body.case),
  'case.reopened': (state: State, r: RecordOf<'case.reopened'>) => verdict(state, r.body.case, false),
  'case.feedback': (state: State, r: RecordOf<'case.feedback'>) => {
    if (!r.body.satisfied) verdict(state, r.body.case, false);
  },
  'case.archived': (state: State, r: RecordOf<'case.archived'>) => {
    state.memory.cases.delete(r.body.case);
  },
  'customer.forgotten': forgotten,
  'desk.begun': begun,
  'desk.snapshotted': snapshotted,
  'desk.branched': (state: State, r: RecordOf<'desk.branched'>) => {
    const { desk: seat, branch: name, from, purpose } = r.body;
    desk(state, seat).branches.set(name, { name, head: from, from, purpose, status: 'active', at: r.at });
  },
  'desk.branch_closed': (state: State, r: RecordOf<'desk.branch_closed'>) => {
    const branch = desk(state, r.body.desk).branches.get(r.body.branch);
    if (branch) branch.status = 'closed';
  },
};
