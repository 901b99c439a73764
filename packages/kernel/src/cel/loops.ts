import type { Run } from './evaluate.ts';
import { Failure, fail } from './failure.ts';
import { describeValue, elements, type Machine, plain, spend, type Value } from './machine.ts';
import type { Expr, ExprOf, Macro } from './parse.ts';

type Body = (element: Value) => Value;
type Each = (items: readonly Value[], body: Body, at: number, keep: Body | undefined) => Value;

/** What each macro makes of the elements. */
const EACH: Readonly<Record<Macro, Each>> = {
  all: (items, body, at) => quantified(items, body, at, false),
  exists: (items, body, at) => quantified(items, body, at, true),
  exists_one: (items, body, at) => items.filter((item) => isTrue(body(item), at)).length === 1,
  filter: (items, body, at) => items.filter((item) => isTrue(body(item), at)),
  map: (items, body, at, keep) => (keep ? items.filter((item) => isTrue(keep(item), at)) : items).map(body),
};

/** Compile `list.macro(x, …)`. Every element is charged for the operations in the body, so nested loops multiply. */
export function loop({ macro, over, slot, keep, body, weight, at }: ExprOf<'loop'>, compile: (expr: Expr) => Run): Run {
  const runOver = compile(over);
  const runBody = compile(body);
  const runKeep = keep && compile(keep);
  const each = EACH[macro];
  return (machine) => {
    const items = elements(machine, runOver(machine), at);
    const keeps = runKeep && bind(machine, runKeep, slot, weight, at);
    return each(items, bind(machine, runBody, slot, weight, at), at, keeps);
  };
}

function bind(machine: Machine, run: Run, slot: number, weight: number, at: number): Body {
  return (element) => {
    spend(machine, weight, at);
    machine.slots[slot] = plain(element, at);
    return run(machine);
  };
}

/** `exists` (decisive = true), `all` (decisive = false): a deciding element wins even when others fail, as with `||`, `&&`. */
function quantified(items: readonly Value[], body: Body, at: number, decisive: boolean): boolean {
  let failure: unknown;
  for (const item of items) {
    try {
      if (isTrue(body(item), at) === decisive) return decisive;
    } catch (error) {
      if (!(error instanceof Failure) || error.fatal) throw error;
      failure ??= error;
    }
  }
  if (failure) throw failure;
  return !decisive;
}

function isTrue(value: Value, at: number): boolean {
  return typeof value === 'boolean'
    ? value
    : fail(`the condition of a loop is true or false, not ${describeValue(value)}`, at);
}
