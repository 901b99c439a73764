import type { State } from '@reeve/kernel';
import { askGate, diffDefinitions, formatDiff, type LoadResult, matrixOf } from '@reeve/packs';
import type { ParsedOf, ResponseOf } from '@reeve/protocol';
import { badCursor, none } from './page.ts';
import { inForce } from './seats.ts';

/** The authorisation matrix, seat by seat; the cursor is the id of the last one given. */
export function matrixPage(state: State, { q, limit, cursor }: ParsedOf<'matrix'>['query']): ResponseOf<'matrix'> {
  const { definition } = inForce(state);
  const needle = q?.toLowerCase();
  const found = definition.seats.filter(
    ({ id, title, unit }) => needle === undefined || [id, title, unit].some((t) => t.toLowerCase().includes(needle)),
  );
  const from = cursor === undefined ? 0 : found.findIndex(({ id }) => id === cursor) + 1;
  if (cursor !== undefined && from === 0) throw badCursor();
  const seats = found.slice(from, from + limit).map((seat) => {
    const { damage, rows } = matrixOf(definition, seat);
    const { id, title, unit, charter } = seat;
    const entrusts = charter.entrusts.map(({ capability }) => capability);
    return { seat: id, title, unit, tier: charter.tier, damage, entrusts, rows: [...rows] };
  });
  return { seats, ...(from + limit < found.length ? { next: seats.at(-1)!.seat } : {}) };
}

/** [SRV64] Asks the gate in a copy of the organisation; nothing is requested, reserved or recorded. */
export function whatIf(state: State, { on, reads, ...body }: ParsedOf<'whatIf'>['body']): ResponseOf<'whatIf'> {
  const { definition } = inForce(state);
  const known = on === undefined ? undefined : state.cases.cases.get(on);
  if (on !== undefined && !known) throw none('case', on);
  const facts = known
    ? {
        customer: known.customer,
        subject: known.subject,
        text: known.text,
        ...(known.topic === null ? {} : { topic: known.topic }),
        ...(known.data === null ? {} : { data: known.data }),
        evidence: known.evidence.map(({ kind }) => kind),
      }
    : body.case;
  const given = { ...(facts ? { case: { ...facts, ...body.case } } : {}), ...(reads ? { reads } : {}) };
  const { seat, capability, args, confidence } = body;
  const { verdict, reasons, problem } = askGate(definition, { seat, capability, args, confidence, given });
  return { verdict, reasons: [...reasons], problem };
}

/** [SRV65] What a loaded pack would change. */
export function planOf(state: State, loaded: LoadResult): ResponseOf<'plan'> {
  const { definition, digest: base } = state.organisation;
  const warnings = [...loaded.warnings];
  if (!loaded.ok) return { ok: false, pack: null, base, changes: [], problems: loaded.problems, warnings };
  const { id, version, digest, definition: planned } = loaded.pack;
  const changes = diffDefinitions(definition, planned).map((change) => ({
    action: change.action,
    kind: change.kind,
    id: change.id,
    lines: formatDiff([change]).split('\n').slice(1, -2),
  }));
  return { ok: true, pack: { id, version, name: planned.name, digest }, base, changes, problems: [], warnings };
}
