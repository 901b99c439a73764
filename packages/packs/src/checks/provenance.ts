/** What a capability declares about where its values come from and where they go (PCK27). */
import type { CapabilityDef } from '@reeve/kernel';
import { at, type Draft, type Findings } from '../draft.ts';
import { suggestion } from '../suggest.ts';

/** A declaration that names what is not there would be silently without effect: a fence that is only painted on. */
export function* checkProvenance(draft: Draft): Findings {
  for (const capability of draft.definition.capabilities) {
    yield* checkGrounds(draft, capability);
    yield* checkKept(capability, 'stores');
    yield* checkKept(capability, 'recalls');
  }
}

/** `groundedBy` says what may ground a sensitive argument; of another one nothing is ever asked. */
function* checkGrounds(draft: Draft, capability: CapabilityDef): Findings {
  for (const [name, grounds] of Object.entries(capability.groundedBy ?? {})) {
    const here = at('capabilities', capability.id, 'groundedBy', name);
    if (!Object.hasOwn(capability.args, name)) {
      const message = `"${name}" is not a field of the args of "${capability.id}"`;
      yield { at: here, rule: 'PCK27', message, hint: suggestion(name, Object.keys(capability.args), 'fields') };
    } else if (!capability.sensitive.includes(name)) {
      const message = `"${name}" is not among the sensitive arguments of "${capability.id}", so it is never grounded`;
      yield { at: here, rule: 'PCK27', message, hint: `add "${name}" to "sensitive", or remove it here` };
    }
    const asked = grounds.indexOf('contract');
    if (asked < 0 || mayRead(draft, capability)) continue;
    const message = `no contract of "${capability.id}" reads anything, so it can ground nothing`;
    const place = { ...here, path: [...here.path, asked] };
    yield { at: place, rule: 'PCK27', message, hint: 'add a read and a pre-condition that compares the two' };
  }
}

/** Does its contract read anything, or is it one that could not be read whole? */
function mayRead(draft: Draft, { id }: CapabilityDef): boolean {
  const contract = draft.definition.contracts.find((each) => each.capability === id);
  if (contract) return Object.keys(contract.reads).length > 0;
  return draft.incomplete || draft.halfContracted.has(id);
}

/** Labels go along under the text of one argument: without a text there is no name to keep them by. */
function* checkKept(capability: CapabilityDef, as: 'stores' | 'recalls'): Findings {
  const name = capability[as];
  if (name === undefined) return;
  const here = at('capabilities', capability.id, as);
  const type = Object.hasOwn(capability.args, name) ? capability.args[name]!.type : undefined;
  if (type === undefined) {
    const message = `"${name}" is not a field of the args of "${capability.id}"`;
    yield { at: here, rule: 'PCK27', message, hint: suggestion(name, Object.keys(capability.args), 'fields') };
  } else if (type !== 'string') {
    const message = `"${name}" is of type ${type}; labels are kept under a text only`;
    yield { at: here, rule: 'PCK27', message, hint: 'name the argument of type string that says where it is kept' };
  }
  const read = capability.effect === 'read';
  if (as === 'stores' ? !read : read) return;
  const message = `"${capability.id}" is ${capability.effect}: ${read ? 'what only reads keeps nothing' : 'only a read brings back what was kept'}`;
  yield { at: here, rule: 'PCK27', message, hint: `use "${read ? 'recalls' : 'stores'}", or remove it` };
}
