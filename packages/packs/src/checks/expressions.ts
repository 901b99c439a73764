import type { CapabilityDef } from '@reeve/kernel';
import { type CelScope, checkExpression, type Expected } from '@reeve/kernel';
import { type Draft, declares, type Findings, type Place, refers } from '../draft.ts';
import { expectedFor } from '../scopes.ts';
import { suggestion } from '../suggest.ts';

/** A finding when the expression is not well formed, uses what is not there, or does not give `expected`. */
export function* expression(
  place: Place,
  rule: string,
  source: string | undefined,
  scope: CelScope,
  expected: Expected,
): Findings {
  if (source === undefined) return;
  const checked = checkExpression(source, scope, expected);
  if (checked.ok) return;
  const where = source.includes('\n') ? `line ${checked.line}, column ${checked.column}` : `column ${checked.column}`;
  const message = `this expression is wrong: ${checked.message} (at ${where} of "${shorten(source)}")`;
  const hint = `correct the expression; it may use: ${Object.keys(scope).sort().join(', ')}`;
  yield { at: place, rule, message, hint };
}

const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 79)}…` : text);

/** A findings when names are not among the fields of something. `owner` says whose fields they are. */
export function* fieldNames(
  place: Place,
  rule: string,
  names: readonly string[],
  fields: object,
  owner: string,
): Findings {
  for (const [i, name] of names.entries()) {
    if (Object.hasOwn(fields, name)) continue;
    const message = `"${name}" is not a field of ${owner}`;
    const hint = suggestion(name, Object.keys(fields), 'fields');
    yield { at: { ...place, path: [...place.path, i] }, rule, message, hint };
  }
}

interface ReadCall {
  readonly capability: string;
  readonly args: Readonly<Record<string, string>>;
}

/** The rules that the parts of a call break. */
interface CallRules {
  readonly capability: string;
  readonly args: string;
  readonly expression: string;
  /** Must it be a read? */
  readonly read: boolean;
}

/** A call that one capability or contract makes of another: it exists, is a read if it must be, its arguments fit. */
export function* call(
  draft: Draft,
  capabilities: ReadonlyMap<string, CapabilityDef>,
  place: Place,
  made: ReadCall,
  scope: CelScope,
  rules: CallRules,
): Findings {
  const named = { ...place, path: [...place.path, 'capability'] };
  yield* refers(draft, named, rules.capability, 'capabilities', made.capability);
  const target = capabilities.get(made.capability);
  if (!target) return;
  if (rules.read && target.effect !== 'read') {
    const message = `"${target.id}" is ${target.effect}; only a capability with effect "read" may be used to look`;
    yield { at: named, rule: rules.capability, message, hint: 'name a read capability' };
  }
  yield* callArgs({ ...place, path: [...place.path, 'args'] }, made, target, scope, rules);
}

function* callArgs(place: Place, made: ReadCall, target: CapabilityDef, scope: CelScope, rules: CallRules): Findings {
  for (const [name, source] of Object.entries(made.args)) {
    const here = { ...place, path: [...place.path, name] };
    if (!Object.hasOwn(target.args, name)) {
      const message = `"${target.id}" takes no argument "${name}"`;
      yield { at: here, rule: rules.args, message, hint: suggestion(name, Object.keys(target.args), 'arguments') };
    }
    yield* expression(here, rules.expression, source, scope, expectedFor(target.args, name));
  }
  for (const [name, field] of Object.entries(target.args)) {
    if (field.optional || Object.hasOwn(made.args, name)) continue;
    const message = `"${target.id}" needs the argument "${name}", which is not given`;
    yield {
      at: place,
      rule: rules.args,
      message,
      hint: `add "${name}:" with an expression, or make it optional there`,
    };
  }
}

/** Capabilities a pattern covers are found elsewhere; this says when it covers none. */
export function* pattern(draft: Draft, place: Place, rule: string, text: string): Findings {
  if (text === '*' || declares(draft, 'capabilities', text)) return;
  const prefix = text.endsWith('.*') ? text.slice(0, -1) : undefined;
  const known = [...draft.declared.capabilities];
  if (prefix !== undefined && (draft.incomplete || known.some((id) => id.startsWith(prefix)))) return;
  const message =
    prefix === undefined
      ? `missing capability "${text}": this pack has none of that name`
      : `no capability matches "${text}"`;
  const groups = known.filter((id) => id.includes('.')).map((id) => `${id.slice(0, id.lastIndexOf('.'))}.*`);
  const candidates = prefix === undefined ? known : [...new Set(groups)];
  yield { at: place, rule, message, hint: suggestion(text, candidates, 'capabilities') };
}
