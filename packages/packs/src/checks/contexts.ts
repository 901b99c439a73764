/** Context contracts name seats there are (PCK133). */
import { at, type Draft, type Findings, refers } from '../draft.ts';

export function* checkContexts(draft: Draft): Findings {
  for (const contract of draft.definition.contexts)
    for (const side of ['from', 'to'] as const)
      for (const [i, seat] of contract[side].entries())
        if (seat !== '*') yield* refers(draft, at('contexts', contract.id, side, i), 'PCK133', 'seats', seat);
}
