/** Doing something: once, with what came of it said. */
import { ApiProblem } from '@reeve/protocol';
import { useMutation } from '@tanstack/react-query';
import { queries } from './client.ts';
import { type Toast, toast } from './toast.tsx';

const wordsOf = (error: Error): string =>
  error instanceof ApiProblem ? `${error.detail} ${error.hint}` : error.message;

/**
 * @param work does it; it carries its own idempotency key.
 * @param said what to say when it is done, with how it is taken back.
 */
export function useAct<I, R>(work: (input: I) => Promise<R>, said?: (result: R, input: I) => Toast | null) {
  return useMutation({
    mutationFn: work,
    onSuccess: (result: R, input: I) => {
      const message = said?.(result, input);
      if (message) toast(message);
      // The stream will say so too; who acted should not wait for it.
      void queries.invalidateQueries({ refetchType: 'active' });
    },
    onError: (error: Error) => toast({ text: wordsOf(error), bad: true }),
  });
}
