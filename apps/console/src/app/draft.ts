/**
 * The plan of a restructuring while it is put together. A step is taken in only after the server has planned with it, so what is
 * shown can be done; it is kept in the tab, and done to the organisation it was begun on or not at all.
 */
import type { RestructuringPlanView, RestructuringStep } from '@reeve/protocol';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type ChartSeat, type Draft, withStep } from '../model/draft.ts';
import { client, once, queries } from './client.ts';
import { named } from './place.ts';

const KEY = named('reeve.restructuring');

function kept(): Draft | null {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as Draft | null;
  } catch {
    return null;
  }
}

/** Puts a plan where the page that plans finds it when it opens. */
export function keep(draft: Draft | null): void {
  if (draft) sessionStorage.setItem(KEY, JSON.stringify(draft));
  else sessionStorage.removeItem(KEY);
}

export interface Planning {
  readonly steps: readonly RestructuringStep[];
  readonly back: Draft['back'];
  readonly plan: RestructuringPlanView | null;
  /** Why the last change was not taken in, or could not be done. */
  readonly refused: Error | null;
  readonly busy: boolean;
  /** Was the organisation changed by somebody else since the plan was begun? */
  readonly stale: boolean;
  /** @param taken is told when it is in the plan, with what the plan says. */
  add(step: RestructuringStep, taken: (plan: RestructuringPlanView) => void): void;
  /** Without one of its steps. */
  drop(index: number): void;
  /** The same steps, on the organisation as it is now. */
  again(): void;
  clear(): void;
  /** @param done what it is called on the ledger. */
  apply(reason: string, done: (id: string) => void): void;
}

/** @param seats in force, and `digest` their definition's. */
export function usePlanning(seats: readonly ChartSeat[], digest: string): Planning {
  const [draft, setDraft] = useState(kept);
  const [plan, setPlan] = useState<RestructuringPlanView | null>(null);
  const put = (next: Draft | null, found: RestructuringPlanView | null) => {
    keep(next);
    setDraft(next);
    setPlan(found);
  };
  const look = useMutation({
    mutationFn: ({ steps }: { steps: readonly RestructuringStep[]; base: string | null }) =>
      client.planRestructuring({ steps: [...steps] }),
    onSuccess: (found, { steps, base }) =>
      put({ steps, base: base ?? found.base, ...(draft?.back ? { back: draft.back } : {}) }, found),
  });
  const act = useMutation({
    mutationFn: ({ reason, at }: { reason: string; at: Draft }) =>
      client.restructure({ steps: [...at.steps], base: at.base, reason }, once()),
    // Done, or refused because of what is in force now: either way that is to be seen.
    onSettled: () => void queries.invalidateQueries({ refetchType: 'active' }),
  });
  const clear = () => {
    put(null, null);
    look.reset();
    act.reset();
  };
  const change = (
    steps: readonly RestructuringStep[],
    base: string | null,
    taken?: (plan: RestructuringPlanView) => void,
  ) => {
    act.reset();
    if (steps.length === 0) clear();
    else look.mutate({ steps, base }, taken ? { onSuccess: taken } : {});
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was kept is looked at once, when the page opens
  useEffect(() => {
    if (draft) change(draft.steps, draft.base);
  }, []);
  const steps = draft?.steps ?? [];
  const base = draft?.base ?? null;
  return {
    steps,
    back: draft?.back,
    plan,
    refused: act.error ?? look.error,
    busy: look.isPending || act.isPending,
    // What one has just done oneself is no surprise.
    stale: base !== null && base !== digest && !act.isPending,
    add: (step, taken) => change(withStep(steps, step, seats), base, taken),
    drop: (index) => change(steps.toSpliced(index, 1), base),
    again: () => change(steps, null),
    clear,
    apply: (reason, done) =>
      draft &&
      act.mutate(
        { reason, at: draft },
        {
          onSuccess: ({ restructuring }) => {
            clear();
            done(restructuring);
          },
        },
      ),
  };
}
