import type { CommandOutcome } from '../port.ts';
import type { DeskMemory, Found } from './port.ts';
import type { Shown } from './views.ts';

type Act = <T>(kind: string, body: Record<string, unknown>) => Promise<CommandOutcome<T>>;

/** The memory part of a desk, over the steps of a run. */
export const deskMemory = (act: Act, onCase: Act, lookUp: (shown: Shown) => Promise<Found>): DeskMemory => ({
  remember: (input) => act('belief.record', { ...input }),
  recall: async (query, limit) => {
    const found = await act<Shown>('memory.recall', { query, limit });
    return found.ok ? { ok: true, result: await lookUp(found.result) } : found;
  },
  dispute: (input) => act('belief.dispute', input),
  correct: (input) => act('belief.correct', input),
  forget: (input) => act('belief.forget', input),
  share: (input) => act('context.share', input),
  learn: (input) => act('skill.record', input),
  useSkill: (skill) => onCase('skill.use', { skill }),
});
