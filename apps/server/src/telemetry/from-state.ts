/** Gauges out of the state: looked up when somebody asks, never while something happens. */
import { budgetLines, type State } from '@reeve/kernel';
import type { RuntimeHealth } from '@reeve/runtime';
import type { Meters } from './meters.ts';
import type { StoreTold } from './ports.ts';

const secondsUntil = (now: number, at: number): number => Math.max(0, (now - at) / 1000);

export function gaugeHealth(meters: Meters, health: RuntimeHealth): void {
  meters.gauge('reeve_organisations', 1, [health.status]);
  meters.gauge('reeve_queue_commands', health.queued);
  meters.gauge('reeve_jobs', health.executing, ['running']);
  meters.gauge('reeve_jobs', health.waitingJobs, ['waiting']);
  meters.gauge('reeve_ledger_records', health.seq);
}

export function gaugeStore(meters: Meters, { epoch, snapshot }: StoreTold, seq: number, now: number): void {
  meters.gauge('reeve_lease_epoch', epoch);
  meters.gauge('reeve_snapshot_age_records', Math.max(0, seq - (snapshot?.seq ?? 0)));
  if (snapshot === null) return;
  meters.gauge('reeve_snapshot_bytes', snapshot.bytes);
  if (snapshot.at !== null) meters.gauge('reeve_snapshot_age_seconds', secondsUntil(now, snapshot.at));
}

export function gaugeState(meters: Meters, state: State, now: number): void {
  gaugeWork(meters, state);
  gaugeInbox(meters, state, now);
  gaugeApprovals(meters, state, now);
  for (const [tool, { failures, openUntil }] of state.operations.breakers) {
    meters.gauge('reeve_breaker_open', openUntil > now ? 1 : 0, [tool]);
    meters.gauge('reeve_tool_failures', failures, [tool]);
  }
  for (const { id, used } of budgetLines(state, now)) meters.gauge('reeve_budget_used_ratio', used / 100, [id]);
  meters.gauge('reeve_switches_tripped', state.governance.switches.size);
  meters.gauge('reeve_timers_late_seconds', secondsUntil(now, state.timers[0]?.[0] ?? now));
}

function gaugeWork(meters: Meters, state: State): void {
  for (const [status, count] of Object.entries(state.operations.byStatus))
    meters.gauge('reeve_operations', count, [status]);
  for (const [status, count] of Object.entries(state.cases.byStatus)) meters.gauge('reeve_cases', count, [status]);
  for (const run of state.runs.runs.values()) meters.gauge('reeve_runs', 1, [run.status]);
}

/** Messages are kept in the order in which they came, so the first is the oldest. */
function gaugeInbox(meters: Meters, state: State, now: number): void {
  const [oldest] = state.inbox.messages.values();
  meters.gauge('reeve_inbox_messages', state.inbox.messages.size);
  meters.gauge('reeve_inbox_oldest_seconds', secondsUntil(now, oldest?.at ?? now));
}

function gaugeApprovals(meters: Meters, state: State, now: number): void {
  const { pending, approvals } = state.governance;
  const waiting = [...pending].flatMap((id) => approvals.get(id) ?? []);
  meters.gauge('reeve_approvals_waiting', waiting.length);
  meters.gauge('reeve_approvals_overdue', waiting.filter(({ silence }) => silence.at <= now).length);
  for (const { requestedAt } of waiting) meters.gauge('reeve_approvals_oldest_seconds', secondsUntil(now, requestedAt));
}
