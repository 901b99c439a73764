/** Every metric there is: name, type, help, labels. Writing, documentation and alert rules are checked against this table. */

export interface MetricDef {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels?: readonly string[];
  /** Upper bounds of a histogram, rising; `+Inf` is added. */
  readonly buckets?: readonly number[];
  /** How the values of several organisations of one process become one; `sum` unless told otherwise. */
  readonly many?: 'sum' | 'max';
}

/** Seconds, from a write on a good disk to a call that waited for its timeout. */
const FAST = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const SLOW = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** Seconds people take. */
const HUMAN = [10, 60, 300, 900, 3600, 14_400, 86_400, 259_200];

const counter = (help: string, ...labels: string[]) => ({ type: 'counter', help, labels }) as const;
const gauge = (help: string, ...labels: string[]) => ({ type: 'gauge', help, labels }) as const;
const most = (help: string, ...labels: string[]) => ({ type: 'gauge', help, labels, many: 'max' }) as const;
const histogram = (help: string, buckets: readonly number[], ...labels: string[]) =>
  ({ type: 'histogram', help, buckets, labels }) as const;

const METRICS = {
  reeve_info: most('Always 1; the version is in the label.', 'version'),
  reeve_organisations: gauge('Organisations open in this process.', 'status'),
  reeve_commands_total: counter(
    'Commands decided, by kind and outcome (accepted, repeated, or the rejection).',
    'kind',
    'outcome',
  ),
  reeve_rejections_total: counter('Commands rejected, by the rule or field concerned.', 'rule'),
  reeve_queue_commands: gauge('Commands that wait for the loop.'),
  reeve_jobs: gauge('Jobs of operations, running or waiting for a place.', 'state'),
  reeve_commit_seconds: histogram('Time to make one batch of records durable.', FAST),
  reeve_commit_records: histogram('Records made durable together.', [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500]),
  reeve_commit_failures_total: counter('Batches that could not be made durable.', 'reason'),
  reeve_gate_verdicts_total: counter('Decisions of the gate.', 'verdict'),
  reeve_gate_reasons_total: counter('Reasons of the gate against an operation.', 'check', 'rule', 'verdict'),
  reeve_operations: gauge('Operations by status, archived ones included.', 'status'),
  reeve_operation_events_total: counter('What happened to operations, by tool and kind of record.', 'tool', 'event'),
  reeve_operation_retries_total: counter('Operations tried again.', 'tool'),
  reeve_effect_seconds: histogram('From the lease of an operation to its outcome.', SLOW, 'tool', 'outcome'),
  reeve_breaker_open: gauge('1 while the breaker of a tool is open.', 'tool'),
  reeve_tool_failures: gauge('Transient failures of a tool in a row.', 'tool'),
  reeve_approvals_waiting: gauge('Decisions that wait for a person.'),
  reeve_approvals_oldest_seconds: most('Age of the oldest decision that waits.'),
  reeve_approvals_overdue: gauge('Decisions whose time of silence has passed.'),
  reeve_approvals_decided_total: counter(
    'Decisions, by verdict, and whether a person or silence decided.',
    'verdict',
    'by',
  ),
  reeve_approval_wait_seconds: histogram('How long decisions waited.', HUMAN),
  reeve_budget_used_ratio: most('Part of a budget that is reserved or spent; of the fullest account.', 'budget'),
  reeve_cases: gauge('Cases in memory, by status.', 'status'),
  reeve_runs: gauge('Runs of occupants, by status.', 'status'),
  reeve_run_events_total: counter('What happened to runs.', 'event'),
  reeve_inbox_messages: gauge('Messages that wait in the inboxes of seats.'),
  reeve_inbox_oldest_seconds: most('Age of the oldest message that waits.'),
  reeve_switches_tripped: gauge('Kill switches that are tripped.'),
  reeve_timers_late_seconds: most('How long the earliest timer is overdue.'),
  reeve_lease_epoch: most('Epoch of the lease on the ledger.'),
  reeve_lease_acquired_total: counter('Leases acquired: starts and recoveries.'),
  reeve_lease_refused_total: counter('Leases or renewals that were refused: somebody else has the ledger.'),
  reeve_snapshot_seconds: histogram('Time to save a snapshot.', SLOW),
  reeve_snapshot_bytes: most('Size of the last snapshot saved by this process.'),
  reeve_snapshot_age_seconds: most('Since the last snapshot saved by this process.'),
  reeve_snapshot_age_records: most('Records since the last snapshot: what a start has to read.'),
  reeve_ledger_records: gauge('Records on the ledger.'),
  reeve_ledger_bytes: gauge('Size of the ledger on this disk; absent with PostgreSQL.', 'file'),
  reeve_records_total: counter('Durable records, by kind.', 'kind'),
  reeve_sse_subscribers: gauge('Event streams that are open.'),
  reeve_http_requests_total: counter('Requests answered.', 'route', 'status'),
  reeve_http_request_seconds: histogram('Time to answer; of a stream, to begin it.', FAST, 'route'),
  reeve_traces_exported_total: counter('Spans handed to the collector.'),
  reeve_traces_dropped_total: counter('Spans lost.', 'reason'),
  reeve_traces_queue: gauge('Spans that wait to be exported.'),
  reeve_event_loop_delay_seconds: most('Delay of the event loop since the last scrape.', 'quantile'),
  process_resident_memory_bytes: most('Memory of the process.'),
  process_heap_bytes: most('Heap of the process in use.'),
  process_cpu_seconds_total: counter('Processor time of the process.'),
  process_start_time_seconds: most('When the process started, in seconds since 1970.'),
} as const satisfies Readonly<Record<string, MetricDef>>;

export type MetricName = keyof typeof METRICS;
export const METRIC_NAMES = Object.keys(METRICS) as MetricName[];
export const metricOf = (name: MetricName): MetricDef => METRICS[name];
