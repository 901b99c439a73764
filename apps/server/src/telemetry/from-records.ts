/** Counters out of durable records: what happened to operations, approvals and runs. Only names of the definition become labels. */
import type { KernelRecord, State } from '@reeve/kernel';
import type { Meters } from './meters.ts';

/** Operations remembered at once; what is older is counted under `unknown`. */
const REMEMBERED = 50_000;
const NOBODY = { tool: 'unknown', leased: null } as const;

interface Known {
  readonly tool: string;
  /** When it was leased last, milliseconds since 1970. */
  readonly leased: number | null;
}

/** What comes after `@` names a case: not a label. */
const rule = (text: string): string => text.split('@')[0]!.slice(0, 100);

export class RecordMeter {
  readonly #meters: Meters;
  readonly #operations = new Map<string, Known>();

  constructor(meters: Meters) {
    this.#meters = meters;
  }

  /** Learns of the operations that are open when the process starts. */
  begin(state: State): void {
    for (const id of state.operations.open) {
      const tool = state.operations.operations.get(id)?.tool;
      if (tool !== undefined) this.#remember(id, { tool, leased: null });
    }
  }

  see(record: KernelRecord): void {
    this.#meters.add('reeve_records_total', [record.kind]);
    const [subject, event = ''] = record.kind.split('.');
    if (subject === 'operation') this.#operation(record, event);
    else if (subject === 'run') this.#meters.add('reeve_run_events_total', [event]);
    else if (record.kind === 'approval.decided') this.#approval(record.body);
  }

  #approval({ verdict, bySilence, waited }: { verdict: string; bySilence: boolean; waited: number }): void {
    this.#meters.add('reeve_approvals_decided_total', [verdict, bySilence ? 'silence' : 'person']);
    this.#meters.observe('reeve_approval_wait_seconds', waited / 1000);
  }

  #operation(record: KernelRecord, event: string): void {
    const { operation } = record.body as { operation: string };
    if (record.kind === 'operation.requested') this.#remember(operation, { tool: record.body.tool, leased: null });
    const known = this.#operations.get(operation) ?? NOBODY;
    this.#meters.add('reeve_operation_events_total', [known.tool, event]);
    if (record.kind === 'operation.leased') this.#remember(operation, { ...known, leased: record.at });
    else if (record.kind === 'operation.retried') this.#meters.add('reeve_operation_retries_total', [known.tool]);
    else if (record.kind === 'operation.decided') this.#decided(record.body);
    else if (event === 'succeeded' || event === 'failed' || event === 'lapsed')
      this.#outcome(operation, known, event, record.at);
  }

  #outcome(operation: string, known: Known, outcome: string, at: number): void {
    if (known.leased === null) return;
    this.#meters.observe('reeve_effect_seconds', (at - known.leased) / 1000, [known.tool, outcome]);
    this.#remember(operation, { ...known, leased: null });
  }

  #decided({
    verdict,
    reasons,
  }: {
    verdict: string;
    reasons: readonly { check: string; rule: string; verdict: string }[];
  }) {
    this.#meters.add('reeve_gate_verdicts_total', [verdict]);
    for (const reason of reasons)
      if (reason.verdict !== 'allow')
        this.#meters.add('reeve_gate_reasons_total', [reason.check, rule(reason.rule), reason.verdict]);
  }

  #remember(id: string, known: Known): void {
    this.#operations.delete(id);
    this.#operations.set(id, known);
    if (this.#operations.size <= REMEMBERED) return;
    const [oldest] = this.#operations.keys();
    this.#operations.delete(oldest!);
  }
}
