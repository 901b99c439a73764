/** What should have gone on by itself and did not, when nothing goes wrong any more. */
import { type Model, settled } from './model.ts';
import type { Finding } from './records.ts';

/** Operations, runs and messages that wait for nobody in particular. */
export function starved(model: Model): Finding[] {
  const found: Finding[] = [];
  const bad = (detail: string) => found.push({ rule: 'starved', detail });
  for (const op of model.ops.values()) if (!settled(op)) bad(`${op.id} (${op.capability}) is still ${op.status}`);
  for (const [id, run] of model.runs) if (run.status !== 'over') bad(`${id} of ${run.seat} is still ${run.status}`);
  const taken = new Set([...model.runs.values()].map(({ message }) => message));
  for (const { id, to } of model.told.values())
    if (model.seats.get(to)?.kind === 'script' && !taken.has(id) && !model.done.has(id))
      bad(`${id} to ${to} was never taken up`);
  return found;
}

/** Cases that nobody is answerable for, or that are overdue without anybody having been told. */
export function forgotten(model: Model): Finding[] {
  const found: Finding[] = [];
  for (const one of model.cases.values()) {
    if (['closed', 'cancelled'].includes(one.status)) continue;
    const owner = model.seats.get(one.owner);
    if (!owner) found.push({ rule: 'owner', detail: `${one.id} belongs to ${one.owner}, which does not exist` });
    else if (owner.kind === 'script' && LATE.has(one.status) && one.due < model.at)
      found.push({ rule: 'starved', detail: `${one.id} is ${one.status} and overdue, and no person has it` });
  }
  return found;
}

const LATE = new Set(['assigned', 'in_progress', 'waiting_internal']);
