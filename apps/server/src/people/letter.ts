/** What a person is sent: a pure function of what the ledger said when it was raised, so that a second attempt is the same mail. */
import { clean, cut, excerpt, singleLine } from '@reeve/connectors/text';
import {
  ANSWERS,
  type Approval,
  formatMoney,
  type Notice,
  type NoticeAction,
  REPLIES,
  type State,
} from '@reeve/kernel';
import { MARK } from './words.ts';

export interface Letter {
  readonly subject: string;
  readonly body: string;
}

/** The address of the page for one answer. */
export type LinkFor = (action: NoticeAction) => string;

const LINES: Readonly<Record<NoticeAction, string>> = {
  approve: 'To approve',
  reject: 'To reject, with a reason',
  answer: 'To answer',
  complete: 'To report that it is done',
  decline: 'To decline, with a reason',
  seen: 'To say that you have seen it',
};

/** Longest quotation, in characters: the page has all of it. */
const QUOTED = 4000;

/** Others' words, marked as such in each line. */
const quoted = (text: string): string =>
  cut(clean(text).text, QUOTED)
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');

/** What was found about the origin of a value quotes it. */
const because = (check: string, message: string): string =>
  check === 'provenance' ? 'something in it rests on words from outside' : excerpt(message, 300);

function ofApproval({ id, requester, case: about, packet }: Approval): [string, string] {
  const money = packet.cost > 0 ? `, moving ${formatMoney(packet.cost)}` : '';
  const asks = packet.reasons
    .filter(({ verdict }) => verdict === 'ask')
    .map(({ check, message }) => `- ${because(check, message)}`);
  const what = `"${requester}" wants to do ${packet.capability}${money}${about ? `, in ${about}` : ''}`;
  // What it is about in detail is a customer's, and stays on the page.
  return [`Decision needed: ${id}`, [`${what}.`, '', 'You are asked because', ...asks].join('\n')];
}

/** Subject and first part of the text; null when what it was about has left memory. */
function told(state: State, notice: Notice): [string, string] | null {
  const { kind, about } = notice;
  if (kind === 'approval') {
    const approval = state.governance.approvals.get(about);
    return approval === undefined ? null : ofApproval(approval);
  }
  if (kind === 'wakeup') {
    const found = state.oversight.wakeups.get(about);
    return found === undefined ? null : [`You are woken: ${about} (${found.why})`, quoted(found.text)];
  }
  const message = state.inbox.messages.get(notice.message);
  if (message === undefined) return null;
  const title = kind === 'task' ? `Task ${about}` : 'Question';
  return [
    `${title} from ${message.from}`,
    `"${message.from}" writes:\n\n${quoted(message.text)}${packetOf(state, notice)}`,
  ];
}

function packetOf(state: State, { kind, about }: Notice): string {
  const task = kind === 'task' ? state.cases.tasks.get(about) : undefined;
  if (task === undefined) return '';
  const { output, success } = task.packet;
  return `\n\nWanted:\n${quoted(output)}\n\nDone when:\n${quoted(success)}`;
}

function replyLine(kind: Notice['kind'], hears: boolean): string {
  const answer = REPLIES[kind];
  if (answer === null || !hears) return 'A reply to this mail changes nothing.';
  return `Or reply to this mail: what you write above the first line is the ${answer === 'answer' ? 'answer' : 'report'}.`;
}

/** Its texts, or null when what it is about has left memory. `hears`: are replies taken in? */
export function letterOf(state: State, notice: Notice, link: LinkFor, hears: boolean): Letter | null {
  const found = told(state, notice);
  if (found === null) return null;
  const [title, text] = found;
  const name = excerpt(state.organisation.definition?.name ?? state.org, 80);
  const until = `${new Date(notice.expires).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const links = ANSWERS[notice.kind].map((action) => `${LINES[action]}:\n${link(action)}\n`);
  const small = `Each link shows what it is about and asks once more. It counts once, for you alone, until ${until}.`;
  const lines = [
    ...(REPLIES[notice.kind] !== null && hears ? [MARK, ''] : []),
    text,
    '',
    ...links,
    replyLine(notice.kind, hears),
    small,
    'Do not pass this mail on: who has a link can use it.',
  ];
  return { subject: singleLine(`[${name}] ${excerpt(title, 150)} (${notice.id})`), body: `${lines.join('\n')}\n` };
}
