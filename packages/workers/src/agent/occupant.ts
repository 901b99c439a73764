/**
 * An agent from outside as the occupant of a seat. What it asks for comes over a line and is journaled before it is done, like
 * a model's reply: a run that is run again does everything again from the journal, in the same steps, and then goes on with
 * whoever is there [WRK32].
 */
import type { CapabilityDef, OccupantKind } from '@reeve/kernel';
import type { Used } from '../model/capability-tools.ts';
import { REPORT, readReport } from '../model/report.ts';
import { type Briefing, type Desk, type Occupant, type Report, WorkFailure } from '../port.ts';
import type { AgentCall, AgentEvent, Line } from './line.ts';
import { agentTools, unknownTool } from './tools.ts';

export interface AgentSeat {
  readonly kind: Extract<OccupantKind, 'mcp' | 'command'>;
  /** What the seat may use. */
  readonly capabilities: readonly CapabilityDef[];
  /** Ends of the program without a report before the run fails; none are counted for an agent that connects. */
  readonly starts: number;
  /** The line to whoever plays this activation. */
  readonly open: (briefing: Briefing, signal: AbortSignal) => Line;
  /** This activation of the run is over, whatever the reason. */
  readonly close: (run: string, line: Line) => void;
}

export const agentOccupant = (seat: AgentSeat): Occupant => ({
  kind: seat.kind,
  work: async (desk, signal) => {
    const line = seat.open(desk.briefing, signal);
    const over = () => {
      line.leave();
      seat.close(desk.briefing.run, line);
    };
    signal.addEventListener('abort', over, { once: true });
    try {
      return await new Work(seat, desk, line).run();
    } finally {
      signal.removeEventListener('abort', over);
      seat.close(desk.briefing.run, line);
    }
  },
});

class Work {
  readonly #seat: AgentSeat;
  readonly #desk: Desk;
  readonly #line: Line;
  readonly #tools: ReturnType<typeof agentTools>;
  readonly #seen: Set<string>;
  #key = '';
  #ends = 0;

  constructor(seat: AgentSeat, desk: Desk, line: Line) {
    this.#seat = seat;
    this.#desk = desk;
    this.#line = line;
    const { briefing } = desk;
    this.#tools = agentTools(seat.capabilities, briefing.run, () => this.#key);
    this.#seen = new Set((briefing.case?.evidence ?? []).map(({ ref }) => ref));
    for (const task of briefing.case?.tasks ?? []) this.#seen.add(task.id);
  }

  async run(): Promise<Report> {
    for (;;) {
      const event = await this.#next();
      this.#line.saw(event);
      if (event.kind === 'ended') this.#ended(event);
      if (event.kind !== 'call') continue;
      const report = await this.#call(event);
      if (report) return report;
    }
  }

  #next(): Promise<AgentEvent> {
    return this.#desk.obtain({ what: 'agent', make: async () => ({ value: await this.#line.next() }) });
  }

  async #call({ key, tool, args }: AgentCall): Promise<Report | null> {
    if (tool === REPORT.name) return this.#report(key, args);
    this.#key = key;
    const used = (await this.#tools.get(tool)?.use(this.#desk, args)) ?? unknownTool(tool);
    for (const ref of used.refs) this.#seen.add(ref);
    this.#line.done(key, used);
    return null;
  }

  #report(key: string, args: AgentCall['args']): Report | null {
    const read = readReport(args, this.#seen);
    this.#line.done(key, 'report' in read ? ACCEPTED : refusal(read.problem));
    return 'report' in read ? read.report : null;
  }

  /** [WRK35] A program that ends without a report is started again, so often; then a person has to look. */
  #ended({ how, output }: Extract<AgentEvent, { kind: 'ended' }>): void {
    this.#ends += 1;
    if (this.#ends < this.#seat.starts) return;
    const last = output.trim().slice(-500);
    const times = this.#ends === 1 ? 'once' : `${this.#ends} times`;
    throw new WorkFailure(
      'deterministic',
      `the program ended ${times} without a report; the last time it ${how}${last === '' ? '' : `: ${last}`}`,
    );
  }
}

const ACCEPTED: Used = { text: JSON.stringify({ status: 'done' }), failed: false, refs: [] };
const refusal = (problem: string): Used => ({
  text: JSON.stringify({ status: 'refused', problem }),
  failed: true,
  refs: [],
});
