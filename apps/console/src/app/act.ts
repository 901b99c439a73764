/** Doing something: once, with what came of it said. */
import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { errorWords } from '../ui/parts.tsx';
import { queries } from './client.ts';
import { type Toast, toast } from './toast.tsx';

const wordsOf = (error: Error): string => {
  const { what, next } = errorWords(error);
  return `${what}: ${next}`;
};

/**
 * The same thing is not begun again while it is under way: a button knows that it is busy only after the next drawing, which a second click
 * does not wait for.
 * @param work does it; it carries its own idempotency key.
 * @param said what to say when it is done, with how it is taken back.
 */
export function useAct<I, R>(work: (input: I) => Promise<R>, said?: (result: R, input: I) => Toast | null) {
  const underWay = useRef(new Set<string>());
  const mutation = useMutation({
    mutationFn: (input: I) => work(input).finally(() => underWay.current.delete(keyOf(input))),
    onSuccess: (result: R, input: I) => {
      const message = said?.(result, input);
      if (message) toast(message);
      // The stream will say so too; who acted should not wait for it.
      void queries.invalidateQueries({ refetchType: 'active' });
    },
    onError: (error: Error) => toast({ text: wordsOf(error), bad: true }),
  });
  const mutate = (input: I): void => {
    const key = keyOf(input);
    if (underWay.current.has(key)) return;
    underWay.current.add(key);
    mutation.mutate(input);
  };
  // Called as the library's: without an argument where there is none.
  return { ...mutation, mutate: mutate as typeof mutation.mutate };
}

const keyOf = (input: unknown): string => JSON.stringify(input) ?? '';
