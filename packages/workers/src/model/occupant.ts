/**
 * A model as the occupant of a seat: a loop of questions and tool calls that ends with a report.
 *
 * Everything it decides follows from the briefing, the journaled replies and the outcomes of its calls, so that a run which
 * is run again takes the same steps and asks for nothing that was answered before [WRK10].
 */
import type { CapabilityDef, Charter, Occupant as OccupantDef } from '@reeve/kernel';
import { type Desk, type Occupant, type Report, WorkFailure } from '../port.ts';
import { type Answered, type Asking, askAny, type Offered } from './asking.ts';
import { briefingText, systemText } from './briefing-text.ts';
import { capabilityTools, type SeatTool } from './capability-tools.ts';
import { Conversation } from './conversation.ts';
import { deskTools } from './desk-tools.ts';
import type { ModelTool, ToolCall } from './port.ts';
import { REPORT, readReport } from './report.ts';

export interface ModelSeat extends Asking {
  readonly charter: Charter;
  readonly occupant: OccupantDef;
  /** What the seat may use. */
  readonly capabilities: readonly CapabilityDef[];
  /** The model of that id. @throws WorkFailure when the definition in force has none. */
  readonly model: (id: string) => Offered;
  /** Text as it is written, for who is watching a run. */
  readonly onText?: (run: string, text: string) => void;
}

/** How much of what a model can take the briefing may use. */
const BRIEFING_SHARE = 0.35;
/** Replies without a tool call before the run ends with what was said. */
const SILENCE = 2;

export const modelOccupant = (seat: ModelSeat): Occupant => ({
  kind: 'model',
  work: async (desk, signal) => {
    if (seat.occupant.model === undefined)
      throw new WorkFailure('deterministic', 'the occupant of the seat names no model; add "model" to it in the pack');
    return new Work(seat, desk, signal).run();
  },
});

class Work {
  readonly #seat: ModelSeat;
  readonly #desk: Desk;
  readonly #signal: AbortSignal;
  readonly #tools: ReadonlyMap<string, SeatTool>;
  readonly #talk: Conversation;
  readonly #seen: Set<string>;
  /** Models whose provider withheld an answer of this run. */
  readonly #withheld = new Set<string>();
  /** [WRK16] The small model is not up to it. */
  #hard: boolean;
  #turn = 0;
  #silent = 0;

  constructor(seat: ModelSeat, desk: Desk, signal: AbortSignal) {
    this.#seat = seat;
    this.#desk = desk;
    this.#signal = signal;
    const { briefing } = desk;
    this.#hard = briefing.case?.priority === 'high';
    const context = Math.min(...this.#ids().map((id) => seat.model(id).def.context));
    const tools = [...capabilityTools(seat.capabilities, context), ...deskTools(desk)];
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
    const { charter, occupant } = seat;
    const system = systemText(briefing, { charter, instructions: occupant.instructions });
    this.#talk = new Conversation(system, briefingText(briefing, Math.floor(context * BRIEFING_SHARE)));
    this.#seen = new Set((briefing.case?.evidence ?? []).map(({ ref }) => ref));
    for (const task of briefing.case?.tasks ?? []) this.#seen.add(task.id);
  }

  async run(): Promise<Report> {
    for (;;) {
      const { model, reply } = await this.#ask();
      if (reply.finish === 'filter' && reply.calls.length === 0) {
        this.#withheld.add(model);
        continue;
      }
      this.#talk.heard(reply);
      if (reply.calls.length === 0) {
        if (this.#silent >= SILENCE) return this.#withoutReport(reply.text);
        this.#silent += 1;
        this.#talk.tell('Go on by calling a tool. When nothing is left to do, call "report".');
      }
      const report = await this.#useAll(reply.calls);
      if (report) return report;
    }
  }

  /** The models to ask, in their order: the small one while it will do, then the one of the seat, then those that stand in. */
  #ids(): string[] {
    const { model, small, fallback = [] } = this.#seat.occupant;
    const first = small === undefined || this.#hard ? [] : [small];
    const all = [...first, ...(model === undefined ? [] : [model]), ...fallback];
    return [...new Set(all)].filter((id) => !this.#withheld.has(id));
  }

  #ask(): Promise<Answered> {
    const models = this.#ids().map((id) => this.#seat.model(id));
    if (models.length === 0) throw new WorkFailure('judgment', 'every model of the seat withheld its answer');
    this.#turn += 1;
    const { run, now } = this.#desk.briefing;
    const question = {
      conversation: this.#talk,
      tools: this.#offered(),
      key: `${run}/${now}/${this.#turn}`,
      signal: this.#signal,
      onText: (text: string) => this.#seat.onText?.(run, text),
    };
    const what = `model ${models[0]!.def.id}`;
    return this.#desk.obtain({ what, make: () => askAny(models, question, this.#seat) });
  }

  /** All tools; only the report when the model would not use one. Forcing it would be an error of a reply that was paid for. */
  #offered(): readonly ModelTool[] {
    const all = this.#silent >= SILENCE ? [REPORT] : [...this.#tools.values(), REPORT];
    return all.map(({ name, description, parameters }) => ({ name, description, parameters }));
  }

  /** Use the tools in their order, the report last; the report when it is one. */
  async #useAll(calls: readonly ToolCall[]): Promise<Report | null> {
    let report: Report | null = null;
    for (const call of calls) {
      if (call.tool !== REPORT.name) await this.#use(call);
    }
    for (const call of calls.filter(({ tool }) => tool === REPORT.name)) {
      const read = call.malformed === undefined ? readReport(call.args, this.#seen) : { problem: noRecord(call) };
      if ('report' in read) report ??= read.report;
      else this.#refuse(call, read.problem);
    }
    return report;
  }

  async #use(call: ToolCall): Promise<void> {
    const tool = this.#tools.get(call.tool);
    if (!tool) return this.#refuse(call, `there is no tool "${call.tool}"`);
    if (call.malformed !== undefined) return this.#refuse(call, noRecord(call));
    const { text, failed, refs } = await tool.use(this.#desk, call.args);
    for (const ref of refs) this.#seen.add(ref);
    if (failed) this.#hard = true;
    this.#talk.answer(call, text);
  }

  #refuse(call: ToolCall, problem: string): void {
    this.#hard = true;
    this.#talk.answer(call, JSON.stringify({ status: 'refused', problem }));
  }

  #withoutReport(text: string): Report {
    return {
      outcome: text.trim().slice(0, 2000) || 'the model ended without a word',
      uncertainty: 'The model ended without a report, so what it said was not checked.',
    };
  }
}

const noRecord = ({ malformed = '' }: ToolCall): string =>
  `the arguments are no JSON record: ${malformed.slice(0, 100)}; send one that fits the schema of the tool`;
