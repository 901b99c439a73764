/** What the process shows to those who ask it, against the auditor's own model of the same records. */
import type { State } from '@reeve/kernel';
import { type Model, type Op, settled } from './model.ts';
import type { Finding } from './records.ts';

type Say = (rule: string, detail: string) => void;

/** May the resource of this operation go by another name, since the one it had was lost with a key? */
export type Renamed = (op: Op, shown: string, model: Model) => boolean;

/** Compare when both are at the same record; the state is looked at as data, through the door everybody uses. */
export function misshown(model: Model, state: State, renamed: Renamed = () => false): Finding[] {
  if (state.seq !== model.seq) return [];
  const found: Finding[] = [];
  const say: Say = (rule, detail) => void found.push({ rule, detail });
  for (const look of [owners, switches, decisions, books]) look(model, state, say);
  locks(model, state, say, renamed);
  return found;
}

function owners(model: Model, { cases }: State, say: Say): void {
  for (const { id, owner } of cases.cases.values()) {
    const known = model.cases.get(id);
    if (known?.owner !== owner) say('owner', `${id} is shown as ${owner}'s; by the ledger it is ${known?.owner}'s`);
  }
}

function locks(model: Model, { operations }: State, say: Say, renamed: Renamed): void {
  for (const [resource, { holder }] of operations.locks) {
    const op = model.ops.get(holder);
    if (!op || (op.resource !== resource && !renamed(op, resource, model)))
      say('lock', `${resource} is held by ${holder}, which has nothing to do with it`);
    else if (settled(op)) say('lock', `${resource} is held by ${holder}, which is ${op.status}: nothing else gets it`);
  }
}

function switches(model: Model, { governance }: State, say: Say): void {
  const shown = [...governance.switches.keys()];
  for (const key of shown) if (!model.switches.has(key)) say('switch', `${key} is shown as tripped and is not`);
  for (const key of model.switches) if (!shown.includes(key)) say('switch', `${key} is tripped and is not shown`);
}

function decisions(model: Model, { governance }: State, say: Say): void {
  for (const id of governance.pending) {
    const ask = model.asks.get(id);
    if (!ask || ask.verdict !== null)
      say('approval', `${id} is shown as waiting; it was ${ask?.verdict ?? 'never asked'}`);
  }
}

function books(model: Model, { budget }: State, say: Say): void {
  for (const name of new Set([...budget.books.keys(), ...model.books.keys()])) {
    const [shown, known] = [budget.books.get(name) ?? 0, model.books.get(name) ?? 0];
    if (shown !== known) say('money', `${name} is shown with ${shown}; the transfers make it ${known}`);
  }
}
