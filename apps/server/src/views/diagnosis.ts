/** How an organisation is from the inside: what waits too long, keeps failing, or was stopped. Each finding in words. */
import { budgetLines, formatDuration, type State } from '@reeve/kernel';
import type { Finding } from '@reeve/protocol';
import type { RuntimeHealth } from '@reeve/runtime';

export interface Looking {
  /** Does this process work? In an organisation that is only looked at, time passes and nothing is done. */
  readonly live: boolean;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** From when on something is too old, too many, or too often, in milliseconds and numbers. */
const LIMITS = { queue: 1000, waiting: 3_600_000, late: 60_000, unknown: 600_000, attempts: 3, used: 100 } as const;
/** Ids named in one finding. */
const NAMED = 5;

const ok = (name: string, message: string): Finding => ({ level: 'ok', name, message });
const warn = (name: string, message: string, why: string, next: string): Finding => ({
  level: 'warn',
  name,
  message,
  why,
  next,
});
const fail = (name: string, message: string, why: string, next: string): Finding => ({
  level: 'fail',
  name,
  message,
  why,
  next,
});

const some = (ids: readonly string[]): string =>
  ids.length <= NAMED ? ids.join(', ') : `${ids.slice(0, NAMED).join(', ')} and ${ids.length - NAMED} more`;
const age = (ms: number): string => formatDuration(Math.max(1000, Math.floor(ms / 1000) * 1000));

/** [SRV90] Always the same things in the same order; what is well says so. */
export function diagnosis(state: State, health: RuntimeHealth, looking: Looking): Finding[] {
  return [
    runtime(health, looking),
    queue(health),
    inbox(state, looking),
    ...breakers(state, looking),
    outcomes(state, looking),
    poison(state),
    timers(state, looking),
    approvals(state, looking),
    switches(state),
    budgets(state, looking),
    degraded(state),
    troubles(state),
    wakeups(state),
  ];
}

function runtime({ status, reason }: RuntimeHealth, { live }: Looking): Finding {
  if (!live) return ok('organisation runs', 'no server runs; nothing is worked on meanwhile');
  if (status === 'running' && reason === null) return ok('organisation runs', 'yes');
  if (status === 'running')
    return warn(
      'organisation runs',
      `yes, but ${reason}`,
      'what is not signed convinces nobody later',
      'look at the log',
    );
  return fail(
    'organisation runs',
    `${status}: ${reason}`,
    'commands are refused until it runs again',
    'look at the log',
  );
}

function queue({ queued }: RuntimeHealth): Finding {
  if (queued < LIMITS.queue) return ok('queue', `${queued} commands wait`);
  return warn(
    'queue',
    `${queued} commands wait for the ledger`,
    'at 10,000 further ones are refused',
    'look at the disk (fsync) and at the load of the machine, and send fewer at once',
  );
}

function inbox(state: State, { live, now }: Looking): Finding {
  const { messages } = state.inbox;
  const [oldest] = messages.values();
  if (oldest === undefined) return ok('inbox', 'empty');
  const waits = now - oldest.at;
  const told = `${messages.size} messages wait; the oldest for ${age(waits)}, at the seat "${oldest.to}"`;
  if (!live || waits < LIMITS.waiting) return ok('inbox', told);
  return warn(
    'inbox',
    told,
    'a seat that does not work holds up its cases',
    `see \`reeve seat show ${oldest.to}\`: is it occupied, suspended or stopped? A person's inbox: \`reeve inbox\``,
  );
}

function breakers(state: State, { now }: Looking): Finding[] {
  const found = [...state.operations.breakers]
    .filter(([, { openUntil }]) => openUntil > now)
    .map(([tool, { failures, openUntil }]) => {
      const last = [...state.operations.operations.values()].filter((op) => op.tool === tool && op.failure).at(-1);
      return fail(
        `breaker ${tool}`,
        `open for another ${age(openUntil - now)}: ${failures} failures in a row${last?.failure ? `, the last of ${last.id} (${last.failure.category})` : ''}`,
        'operations with this tool are put off until it closes',
        `look at the system behind "${tool}"${last ? `, and at \`reeve why ${last.id}\`` : ''}; it is tried again by itself`,
      );
    });
  return found.length > 0 ? found : [ok('breakers', 'all closed')];
}

function outcomes(state: State, { live, now }: Looking): Finding {
  const stuck = [...state.operations.open]
    .flatMap((id) => state.operations.operations.get(id) ?? [])
    .filter(({ status }) => status === 'unknown' || status === 'reconciling')
    .filter(({ requestedAt }) => now - requestedAt > LIMITS.unknown);
  if (stuck.length === 0 || !live) return ok('outcomes', `${stuck.length} are unknown for long`);
  return fail(
    'outcomes',
    `whether ${some(stuck.map(({ id }) => id))} had an effect is unknown for more than ${age(LIMITS.unknown)}`,
    'neither repeated nor given up: money stays reserved, and resources stay locked',
    'see `reeve why` of each; the tool must answer questions by key, or a person settles it',
  );
}

/** [SRV91] A message that no run survives. */
function poison(state: State): Finding {
  const runs = [...state.runs.runs.values()].filter(({ attempt }) => attempt >= LIMITS.attempts);
  if (runs.length === 0) return ok('poison', 'no run fails again and again');
  return warn(
    'poison',
    `${some(runs.map(({ id, seat, message, attempt }) => `${id} of "${seat}" (message ${message}, attempt ${attempt})`))} keeps failing`,
    'the same message fails each time and costs each time',
    'look at the log for why, correct the script or the case, and answer the message yourself if need be',
  );
}

function timers(state: State, { live, now }: Looking): Finding {
  const [due] = state.timers[0] ?? [now];
  const late = now - due;
  if (!live || late < LIMITS.late) return ok('timers', live ? 'none is late' : `${state.timers.length} are set`);
  return fail(
    'timers',
    `the earliest is ${age(late)} late`,
    'deadlines, retries and silence are not noticed',
    'look at the clock and the load of the machine, and start the server again',
  );
}

function approvals(state: State, { now }: Looking): Finding {
  const waiting = [...state.governance.pending].flatMap((id) => state.governance.approvals.get(id) ?? []);
  const overdue = waiting.filter(({ silence, expires }) => Math.min(silence.at, expires) <= now);
  if (overdue.length === 0) return ok('approvals', `${waiting.length} wait for people, none is overdue`);
  return warn(
    'approvals',
    `${some(overdue.map(({ id }) => id))} of ${waiting.length} overdue`,
    'silence decides as the definition says, and the requester waits',
    'decide them: `reeve inbox`; name a deputy if whoever should is away',
  );
}

function switches(state: State): Finding {
  const tripped = [...state.governance.switches.keys()];
  if (tripped.length === 0) return ok('switches', 'none is tripped');
  return warn(
    'switches',
    `tripped: ${some(tripped)}`,
    'what they cover does not act',
    '`reeve kill SCOPE ID --rearm` when the cause is gone',
  );
}

function degraded(state: State): Finding {
  const modes = [...state.oversight.modes.values()];
  if (modes.length === 0) return ok('degraded', 'nothing');
  return warn(
    'degraded',
    modes.map(({ mode, about, why }) => `${mode} ${about}: ${why}`).join('; '),
    [...new Set(modes.map(({ effect }) => effect))].join('; '),
    'see `reeve health`; it ends by itself when the cause is gone',
  );
}

function troubles(state: State): Finding {
  const seats = [...state.oversight.trouble].filter(([, { endedAt }]) => endedAt === null);
  if (seats.length === 0) return ok('seats', 'none is in trouble');
  return warn(
    'seats',
    some(seats.map(([seat, { trouble }]) => `"${seat}" is ${trouble.replaceAll('_', ' ')}`)),
    'their work waits until the ladder of interventions helps',
    'see `reeve health` and `reeve interventions`',
  );
}

function wakeups(state: State): Finding {
  const open = [...state.oversight.wakeups.values()].filter(({ acknowledged }) => acknowledged === null);
  if (open.length === 0) return ok('wake-ups', 'all were seen');
  return warn(
    'wake-ups',
    `not seen: ${some(open.map(({ id, why }) => `${id} (${why})`))}`,
    'somebody was woken and has not said that he knows',
    'read them with `reeve wakeups`, then `reeve wakeups --acknowledge ID`',
  );
}

function budgets(state: State, { now }: Looking): Finding {
  const used = budgetLines(state, now).filter((line) => line.used >= LIMITS.used && line.allocation > 0);
  if (used.length === 0) return ok('budgets', 'none is used up');
  return warn(
    'budgets',
    `used up: ${some(used.map(({ id }) => id))}`,
    'what would cost more is refused or asked about',
    'see `reeve money`; a larger one is a change of the pack',
  );
}
