/**
 * A remote agent as the occupant of a seat: it is asked once for each piece of work, its task is looked at until it is settled, and
 * what it says goes to whoever gave the work. It has no hands here: it acts on nothing but by its words, which are untrusted [PRV20].
 */
import { digest, type Remote } from '@reeve/kernel';
import { type Briefing, type BriefingTask, type Desk, type Occupant, type Report, WorkFailure } from '../port.ts';
import { cancelTask, getTask, interfaceOf, type Line, type Reach, type RemoteView, sendMessage } from './remote.ts';
import { type Message, UNDER_WAY } from './wire.ts';

export interface RemoteSeat {
  readonly remote: Remote;
  readonly reach: (signal: AbortSignal) => Reach;
  readonly now: () => number;
  /** Resolves after so many milliseconds. @throws the reason of the signal. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

export const remoteOccupant = (seat: RemoteSeat): Occupant => ({
  kind: 'a2a',
  work: (desk, signal) => new Work(seat, desk, signal).run(),
});

/** The first pause between two looks, how it grows, and how many looks in a row may fail. */
const LOOKS = { first: 500, factor: 1.5, failures: 5 } as const;
/** Messages that are work for somebody outside; others (alerts, notices) are not passed on. */
const WORK = new Set(['task', 'assign', 'customer', 'escalation']);

/** An answer to what the agent wanted to know: its task, and the one here that it is for. */
interface Answer {
  readonly task: string;
  readonly context: string | null;
  readonly for: string | null;
  readonly text: string;
  readonly declined: boolean;
}

class Work {
  readonly #seat: RemoteSeat;
  readonly #desk: Desk;
  readonly #signal: AbortSignal;

  constructor(seat: RemoteSeat, desk: Desk, signal: AbortSignal) {
    this.#seat = seat;
    this.#desk = desk;
    this.#signal = signal;
  }

  async run(): Promise<Report> {
    const { briefing } = this.#desk;
    const answer = answerIn(briefing);
    if (!answer && !WORK.has(briefing.message.type)) return { outcome: 'nothing in it is for the remote agent' };
    const line = { url: await this.#interface(), reach: this.#seat.reach(this.#signal) };
    if (answer?.declined) return this.#giveUp(line, answer);
    const sent = await this.#send(line, answer);
    const settled = UNDER_WAY.has(sent.state) && sent.task !== null ? await this.#settled(line, sent.task) : sent;
    return this.#conclude(settled, answer?.for ?? briefing.task?.id ?? null);
  }

  #interface(): Promise<string> {
    const { remote, reach } = this.#seat;
    const make = async () => ({ value: await interfaceOf(remote, reach(this.#signal)) });
    return this.#desk.obtain({ what: 'a2a card', make });
  }

  /** [WRK51] Journaled with the id of the remote task: whoever goes on with the run looks at that one and asks for nothing again. */
  #send(line: Line, answer: Answer | null): Promise<RemoteView> {
    const { skill } = this.#seat.remote;
    const message = messageOf(this.#desk.briefing, this.#seat.remote, answer);
    const make = async () => ({ value: await sendMessage(line, message, skill === undefined ? {} : { skill }) });
    return this.#desk.obtain({ what: 'a2a message', make });
  }

  #settled(line: Line, task: string): Promise<RemoteView> {
    return this.#desk.obtain({ what: 'a2a task', make: async () => ({ value: await this.#look(line, task) }) });
  }

  /** [WRK52] Until it waits for somebody or is over, or its time is; a few looks may fail. */
  async #look(line: Line, task: string): Promise<RemoteView> {
    const { remote, now, pause } = this.#seat;
    const end = this.#desk.briefing.now + remote.time;
    let failures = 0;
    for (let wait: number = LOOKS.first; ; wait = Math.min(wait * LOOKS.factor, remote.poll)) {
      await pause(Math.min(wait, remote.poll), this.#signal);
      try {
        const view = await getTask(line, task);
        if (!UNDER_WAY.has(view.state)) return view;
        failures = 0;
      } catch (error) {
        failures += 1;
        if (!mayPass(error) || failures >= LOOKS.failures) throw error;
      }
      if (now() >= end) return this.#timeOver(line, task);
    }
  }

  async #timeOver(line: Line, task: string): Promise<RemoteView> {
    // It may have ended, or not listen: what counts is that nobody waits for it any more.
    await cancelTask(line, task).catch(() => undefined);
    const text = `It took longer than ${Math.round(this.#seat.remote.time / 1000)} s and was told to stop.`;
    return { task, context: null, state: 'TASK_STATE_CANCELED', text };
  }

  async #giveUp(line: Line, { task, for: ours }: Answer): Promise<Report> {
    const make = async () => ({
      value: await cancelTask(line, task).then(
        () => true,
        () => false,
      ),
    });
    await this.#desk.obtain({ what: 'a2a cancel', make });
    return this.#declined('Its question was not answered, so it was told to stop.', ours);
  }

  #conclude(view: RemoteView, ours: string | null): Promise<Report> {
    switch (view.state) {
      case 'TASK_STATE_COMPLETED':
        return this.#delivered(view, ours);
      case 'TASK_STATE_INPUT_REQUIRED':
      case 'TASK_STATE_AUTH_REQUIRED':
        return this.#question(view, ours);
      default:
        return this.#declined(`${STATES[view.state] ?? 'It did not do it.'} ${view.text}`.trim(), ours);
    }
  }

  async #delivered({ text, task }: RemoteView, ours: string | null): Promise<Report> {
    if (ours === null) return this.#handedUp(text, 'the remote agent answered; somebody has to see to the rest');
    const report = { answer: text, remoteTask: task };
    const done = await this.#desk.completeTask({ task: ours, report });
    if (!done.ok) return this.#declined(`Its answer does not fit: ${done.message}`, ours);
    return { outcome: 'the remote agent answered', evidence: [ours], uncertainty: UNCHECKED };
  }

  /** [WRK53] What the agent wants to know, or to be allowed, is a task of the seat above; the report is the answer. */
  async #question({ text, task, context, state }: RemoteView, ours: string | null): Promise<Report> {
    const { seat, case: about } = this.#desk.briefing;
    if (seat.supervisor === null || about === null || task === null)
      return this.#declined(`It asked something that nobody here can be asked: ${text}`, ours);
    const authorises = state === 'TASK_STATE_AUTH_REQUIRED';
    const subproblem = `The remote agent ${authorises ? 'wants to be authorised' : 'asks'}: ${text || '(without words)'}`;
    const asked = await this.#desk.delegate({
      to: seat.supervisor,
      packet: {
        ...{ subproblem: subproblem.slice(0, 4000), context: { a2a: { task, context, for: ours } }, tried: [] },
        ...{ output: 'a report with the field "answer"', success: 'the remote agent can go on' },
      },
    });
    if (!asked.ok) return this.#declined(`Its question could not be asked: ${asked.message}`, ours);
    return { outcome: 'the remote agent asked something', evidence: [asked.result.task], uncertainty: UNCHECKED };
  }

  async #declined(why: string, ours: string | null): Promise<Report> {
    if (ours === null) return this.#handedUp(why, 'the remote agent did not do it');
    const done = await this.#desk.completeTask({ task: ours, report: { reason: why.slice(0, 4000) }, declined: true });
    return { outcome: done.ok ? 'the task was given back' : done.message, uncertainty: why.slice(0, 2000) };
  }

  /** A case of its own: it cannot be resolved by words alone, so whoever is above goes on with them. */
  async #handedUp(text: string, reason: string): Promise<Report> {
    if (this.#desk.briefing.case !== null) {
      await this.#desk.note(text === '' ? reason : text.slice(0, 8000));
      await this.#desk.escalate({ reason });
    }
    return { outcome: `${reason}: ${text}`.slice(0, 2000), uncertainty: UNCHECKED };
  }
}

const UNCHECKED = 'These are the words of an agent of another organisation; nothing was checked.';

const STATES: Readonly<Partial<Record<RemoteView['state'], string>>> = {
  TASK_STATE_FAILED: 'It failed.',
  TASK_STATE_REJECTED: 'It refused.',
  TASK_STATE_CANCELED: 'It was cancelled.',
};

const mayPass = (error: unknown): boolean => error instanceof WorkFailure && error.category === 'transient';

/** The report on a question this seat passed up before, with the remote task it is about. */
function answerIn({ message, case: about, seat }: Briefing): Answer | null {
  if (message.type !== 'report') return null;
  const question = about?.tasks.find(({ id, from }) => id === message.data.task && from === seat.id);
  const link = question?.packet.context.a2a as Pick<Answer, 'task' | 'context' | 'for'> | undefined;
  if (typeof link?.task !== 'string') return null;
  const { answer } = (message.data.report ?? {}) as { answer?: unknown };
  const text = typeof answer === 'string' ? answer : JSON.stringify(message.data.report ?? {});
  return { task: link.task, context: link.context, for: link.for, text, declined: message.data.declined === true };
}

/** [WRK54] What leaves the organisation: the packet of the task, or what the customer wrote; no notes, no names, nothing remembered. */
function messageOf(briefing: Briefing, remote: Remote, answer: Answer | null): Message {
  const { run, now, seat, message, task, case: about } = briefing;
  const to =
    answer === null ? {} : { taskId: answer.task, ...(answer.context === null ? {} : { contextId: answer.context }) };
  const open = about && message.type !== 'customer' ? `${about.subject}\n\n${about.text}` : message.text;
  const text = answer?.text ?? (task ? packetText(task) : open);
  return {
    messageId: digest([run, now, seat.id, remote.key.x]).slice(0, 40),
    ...{ role: 'ROLE_USER', parts: [{ text }], ...to },
  };
}

function packetText({ packet }: BriefingTask): string {
  const { subproblem, context, tried, output, success } = packet;
  const known = Object.keys(context).length === 0 ? [] : [`Context: ${JSON.stringify(context)}`];
  const before = tried.length === 0 ? [] : [`Tried already: ${tried.join('; ')}`];
  return [subproblem, ...known, ...before, `Expected: ${output}`, `Done when: ${success}`].join('\n\n');
}
