/** [CAS26] What the organisation asks for before a case is resolved (R-E33). */
import { covers } from '../core/names.ts';
import { reject } from '../core/rejection.ts';
import type { State } from '../core/state.ts';
import type { Closing } from './definition.ts';
import type { Case } from './state.ts';

function openOperations(state: State, id: string): string[] {
  return [...state.operations.open].filter((each) => {
    const op = state.operations.operations.get(each);
    return op?.case === id && op.effect !== 'read';
  });
}

/** Did something of this kind succeed and is named as evidence, so that it belongs to this resolution? */
function wasTold(state: State, pattern: string, evidence: readonly string[]): boolean {
  return evidence.some((ref) => {
    const op = state.operations.operations.get(ref);
    return op !== undefined && covers(pattern, op.capability);
  });
}

interface Resolution {
  readonly evidence: readonly string[];
  readonly confidence?: number | undefined;
}

/** What is missing, in a sentence each. */
function missing(state: State, c: Case, { topic, operations, confidence, told }: Closing, said: Resolution): string[] {
  const open = operations ? openOperations(state, c.id) : [];
  return [
    ...(topic && c.topic === null ? ['nobody has said what it is about (`topic`)'] : []),
    ...(open.length === 0 ? [] : [`${open.slice(0, 10).join(', ')} on it is still open`]),
    ...(confidence === undefined || (said.confidence ?? -1) >= confidence
      ? []
      : [`how sure its cause is (\`confidence\`) is ${said.confidence ?? 'not said'}; ${confidence} is asked for`]),
    ...(told === undefined || wasTold(state, told, said.evidence) ? [] : [`no "${told}" is among its evidence`]),
  ];
}

/** Leaves through `reject` with everything that is missing. */
export function checkClosing(state: State, c: Case, said: Resolution): void {
  const { closing } = state.organisation.settings;
  const found = closing ? missing(state, c, closing, said) : [];
  if (found.length > 0)
    reject('conflict', `case ${c.id} cannot be resolved yet: ${found.join('; ')}`, {
      rule: 'CAS26',
      hint: 'see to these first; `settings.closing` asks for them',
    });
}
