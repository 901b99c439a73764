import type { PARAMS, Task } from '@reeve/workers/a2a';
import type { z } from 'zod';
import type { Asking } from './asking.ts';
import { A2aError } from './errors.ts';
import { customerOf } from './peers.ts';
import { type Standing, standingOf, taskOf } from './tasks.ts';

type Wanted = z.output<(typeof PARAMS)['list']>;

interface Page {
  readonly tasks: Task[];
  readonly nextPageToken: string;
  readonly pageSize: number;
  readonly totalSize: number;
}

/** [SRV231] The peer's own tasks, the latest change first. Proportional to the cases in memory. */
export async function listTasks(asking: Asking, wanted: Wanted): Promise<Page> {
  const all = (await ownOf(asking)).filter((one) => isWanted(one, wanted)).sort(later);
  const from = wanted.pageToken === '' ? 0 : all.findIndex((one) => isAfter(one, cursorOf(wanted.pageToken)));
  const page = from === -1 ? [] : all.slice(from, from + wanted.pageSize);
  const last = page.at(-1);
  const more = last !== undefined && last !== all.at(-1);
  const shown = { history: wanted.historyLength ?? 0, artifacts: wanted.includeArtifacts };
  return {
    tasks: await Promise.all(page.map((one) => taskOf(asking.archive, one, shown))),
    nextPageToken: more ? `${last.at}.${numberOf(last)}` : '',
    pageSize: wanted.pageSize,
    totalSize: all.length,
  };
}

const ownOf = ({ runtime, peer }: Asking): Promise<Standing[]> =>
  runtime.read((state) => {
    const customer = customerOf(peer);
    const own = [...state.cases.cases.values()].filter((c) => c.customer === customer);
    return own.flatMap(({ id }) => standingOf(state, peer, id) ?? []);
  });

const isWanted = ({ contextId, state, at }: Standing, wanted: Wanted): boolean =>
  (wanted.contextId === undefined || wanted.contextId === '' || contextId === wanted.contextId) &&
  (wanted.status === undefined || state === wanted.status) &&
  (wanted.statusTimestampAfter === undefined || at >= Date.parse(wanted.statusTimestampAfter));

const numberOf = ({ id }: Pick<Standing, 'id'>): number => Number(id.slice(2));
const later = (a: Standing, b: Standing): number => b.at - a.at || numberOf(b) - numberOf(a);
const isAfter = (one: Standing, { at, number }: { at: number; number: number }): boolean =>
  one.at < at || (one.at === at && numberOf(one) < number);

function cursorOf(token: string): { at: number; number: number } {
  const [, at, number] = /^(\d{1,16})\.(\d{1,15})$/.exec(token) ?? [];
  if (at === undefined) throw new A2aError('INVALID_PARAMS', 'params.pageToken: it is none of those given here');
  return { at: Number(at), number: Number(number) };
}
