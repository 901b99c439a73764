/** A task as it changes, for those who wait for it. */

import { type Asking, findTask } from './asking.ts';
import type { Standing } from './tasks.ts';

/**
 * Where the task stands, now and after each change, until `signal` is aborted. Nothing is polled: records of the ledger say when to
 * look again.
 */
export async function* changesOf(asking: Asking, id: string, signal: AbortSignal): AsyncGenerator<Standing> {
  const after = await asking.runtime.read((state) => state.seq);
  let last = await findTask(asking, id);
  yield last;
  for await (const { record } of asking.runtime.subscribe({ after, signal })) {
    if (record.correlation !== id) continue;
    const now = await findTask(asking, id);
    if (now.state === last.state && now.at === last.at) continue;
    last = now;
    yield now;
  }
}
