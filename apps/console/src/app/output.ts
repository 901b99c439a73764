/** What a run writes, as it does: followed over a stream of its own for as long as the page shows it. */
import { ApiProblem, type RunOutput } from '@reeve/protocol';
import { useEffect, useState } from 'react';
import { type Heard, hear, SILENCE } from '../model/output.ts';
import { client } from './client.ts';

export interface Followed extends Heard {
  /** Nothing of what it wrote is kept. */
  readonly none: boolean;
  readonly error: Error | null;
}

const START: Followed = { ...SILENCE, none: false, error: null };

export function useOutput(id: string): Followed {
  const [heard, setHeard] = useState(START);
  useEffect(() => {
    const end = new AbortController();
    setHeard(START);
    const take = (found: RunOutput) => setHeard((before) => ({ ...before, ...hear(before, found) }));
    const fail = (error: Error) =>
      setHeard((before) =>
        error instanceof ApiProblem && error.code === 'not-found'
          ? { ...before, none: true, live: false }
          : { ...before, error },
      );
    void follow(id, end.signal, take).catch(fail);
    return () => end.abort();
  }, [id]);
  return heard;
}

async function follow(id: string, signal: AbortSignal, take: (found: RunOutput) => void): Promise<void> {
  for await (const found of client.followOutput({ id, signal })) {
    if (signal.aborted) return;
    take(found);
  }
}
