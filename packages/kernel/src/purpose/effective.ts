/** What is in force: the definition, with what was amended since. */
import { canonical } from '../core/canonical.ts';
import type { RecordOf } from '../core/events.ts';
import type { State } from '../core/state.ts';
import type { Definition } from '../definition.ts';
import type { MetricDef, TargetDef } from './definition.ts';
import { forget } from './folds.ts';
import type { Change } from './schema.ts';
import type { Version } from './state.ts';

/** Versions of one unit kept in memory; older ones are on the ledger. */
const VERSIONS = 50;
/** The unit of what belongs to none. */
export const WHOLE = 'organisation';

interface Named {
  readonly id: string;
}

const same = (a: unknown, b: unknown): boolean => canonical(a ?? null) === canonical(b ?? null);

function overlaid<T extends Named>(defined: readonly T[], amended: ReadonlyMap<string, T | null>): readonly T[] {
  if (amended.size === 0) return defined;
  const ids = new Set(defined.map(({ id }) => id));
  const kept = defined.flatMap((each) => {
    const instead = amended.get(each.id);
    return instead === undefined ? [each] : instead === null ? [] : [instead];
  });
  const added = [...amended].flatMap(([id, each]) => (each === null || ids.has(id) ? [] : [each]));
  return [...kept, ...added];
}

/** [PUR21] What the new definition says differently than the one before wins over what was amended; the rest stays amended. */
function yieldTo<T extends Named>(
  amended: Map<string, T | null>,
  before: readonly T[],
  after: readonly T[],
  done: (id: string) => void,
): void {
  const [old, now] = [before, after].map((list) => new Map(list.map((each) => [each.id, each])));
  for (const id of [...amended.keys()]) {
    if (same(old!.get(id), now!.get(id))) continue;
    amended.delete(id);
    done(id);
  }
}

const purposesOf = (definition: Definition | null): Map<string, string> =>
  new Map((definition?.units ?? []).map(({ id, purpose }) => [id, purpose]));

/** What a unit is there for, as amended. */
export const purposeOf = (state: State, unit: string): string =>
  state.purpose.amended.purposes.get(unit) ?? state.organisation.units.get(unit)?.purpose ?? '';

/** The unit a target belongs to. */
export const unitOf = (target: TargetDef): string => target.unit ?? WHOLE;

function inForce(state: State, definition: Definition | null): void {
  const { purpose } = state;
  purpose.metrics = overlaid<MetricDef>(definition?.metrics ?? [], purpose.amended.metrics);
  purpose.targets = overlaid<TargetDef>(definition?.targets ?? [], purpose.amended.targets);
  forget(state);
}

/** Targets that are new begin their way now; those that are gone are forgotten once the work on their gap is over. */
function follow(state: State, at: number): void {
  const { targets, tracks } = state.purpose;
  const kept = new Set(targets.map(({ id }) => id));
  for (const [id, track] of tracks) if (!kept.has(id) && track.gap === null) tracks.delete(id);
  for (const { id } of targets)
    if (!tracks.has(id))
      tracks.set(id, {
        ...{ since: at, baseline: null, points: [], status: 'unknown', distance: 0 },
        ...{ widened: 0, behind: 0, gap: null },
      });
}

function record(state: State, unit: string, version: Omit<Version, 'version'>): void {
  const known = state.purpose.versions.get(unit) ?? [];
  known.push({ version: (known.at(-1)?.version ?? 0) + 1, ...version });
  if (known.length > VERSIONS) known.shift();
  state.purpose.versions.set(unit, known);
}

function changesOf(before: readonly TargetDef[], after: readonly TargetDef[]): Map<string, Change[]> {
  const found = new Map<string, Change[]>();
  const [old, now] = [before, after].map((list) => new Map(list.map((each) => [each.id, each])));
  for (const id of new Set([...old!.keys(), ...now!.keys()])) {
    const change: Change = { what: 'target', id, before: old!.get(id) ?? null, after: now!.get(id) ?? null };
    if (same(change.before, change.after)) continue;
    const unit = unitOf(change.after ?? change.before!);
    found.set(unit, [...(found.get(unit) ?? []), change]);
  }
  return found;
}

/** [PUR20] A new definition is a new version of each unit whose desired state it changes. Applied before the organisation's own. */
export function applied(state: State, r: RecordOf<'organisation.applied'>): void {
  const { purpose } = state;
  const [before, after] = [state.organisation.definition, r.body.changed];
  const texts = purposesOf(before);
  const old = { targets: purpose.targets, purposes: new Map(purpose.amended.purposes) };
  yieldTo(purpose.amended.metrics, before?.metrics ?? [], after.metrics ?? [], () => undefined);
  yieldTo(purpose.amended.targets, before?.targets ?? [], after.targets ?? [], (id) => purpose.anchors.delete(id));
  for (const { id, purpose: text } of after.units) if (texts.get(id) !== text) purpose.amended.purposes.delete(id);
  inForce(state, after);
  const changes = changesOf(old.targets, purpose.targets);
  for (const [unit, text] of purposesOf(after)) {
    const was = old.purposes.get(unit) ?? texts.get(unit) ?? '';
    const is = purpose.amended.purposes.get(unit) ?? text;
    if (was !== is)
      changes.set(unit, [{ what: 'purpose', id: unit, before: was, after: is }, ...(changes.get(unit) ?? [])]);
  }
  const by = r.actor.seat ?? r.actor.principal;
  for (const [unit, list] of changes)
    record(state, unit, {
      ...{ at: r.at, seq: r.seq, by, authority: 'definition' },
      ...{ reason: r.body.reason, changes: list },
    });
  follow(state, r.at);
}

function amend(state: State, change: Change): void {
  const { amended } = state.purpose;
  if (change.what === 'target') amended.targets.set(change.id, change.after);
  else if (change.what === 'metric') amended.metrics.set(change.id, change.after);
  else amended.purposes.set(change.id, change.after);
}

/** [PUR25] The value a human set last is remembered while an agent's stands. */
function anchor(state: State, change: Change, delegated: boolean): void {
  const { anchors } = state.purpose;
  if (change.what !== 'target') return;
  if (!delegated) anchors.delete(change.id);
  else if (!anchors.has(change.id) && change.before) anchors.set(change.id, change.before.value);
}

export function amended(state: State, r: RecordOf<'purpose.amended'>): void {
  const { unit, changes, reason, by, authority, proposal, reverts } = r.body;
  for (const change of changes) {
    anchor(state, change, authority === 'delegated');
    amend(state, change);
  }
  inForce(state, state.organisation.definition);
  record(state, unit, {
    ...{ at: r.at, seq: r.seq, by, authority, reason, changes },
    ...(proposal === undefined ? {} : { proposal }),
    ...(reverts === undefined ? {} : { reverts }),
  });
  follow(state, r.at);
}
