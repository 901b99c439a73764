import { digest } from '../core/canonical.ts';
import type { State } from '../core/state.ts';

/** Capabilities are replaced, never changed, when a definition is applied: each is digested once. */
const digests = new WeakMap<object, string>();

/**
 * [GOV55] What a capability is, all its fields and those of its tool, as a digest; undefined when there is none. Who agreed to a
 * "refund" agreed to what the refund was then (T5).
 */
export function descriptorOf({ organisation }: State, id: string): string | undefined {
  const capability = organisation.capabilities.get(id);
  if (!capability) return undefined;
  const known = digests.get(capability);
  if (known !== undefined) return known;
  const made = digest([capability, organisation.tools.get(capability.tool) ?? null]);
  digests.set(capability, made);
  return made;
}

/** Is it still what it was when somebody agreed? Agreements that were written down before descriptors are held to the rest. */
export const unchanged = (state: State, capability: string, agreed: string | undefined): boolean =>
  agreed === undefined || agreed === descriptorOf(state, capability);
