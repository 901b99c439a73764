import { type Briefing, type BriefingCase, type Desk, defineScript, type Report } from '@reeve/workers';
import { type Classification, classify, explain, legitimatePart, sameMatter, suspicion } from './lib/classify.ts';
import { acknowledgement, answer, handedOver, question, subjectOf } from './lib/replies.ts';
import { language, orderIds, redactCards } from './lib/text.ts';
import { AREA, type Topic } from './lib/topics.ts';
import type { SpecialistReport, TaskContext } from './lib/work.ts';

const ENDED = new Set(['resolved', 'verified', 'closed', 'cancelled']);

/** Owns every case from first contact to close; the only seat that writes to customers. */
export default defineScript(async (desk) => {
  const { message, case: work } = desk.briefing;
  if (!work) return { outcome: 'No case on this message; nothing to do.' };
  switch (message.type) {
    case 'assign':
      return intake(desk, work);
    case 'customer':
      return customerReplied(desk, work);
    case 'report':
      return reported(desk, work);
    case 'verified':
      return closed(desk, work);
    case 'rejected':
      return escalated(desk, work, `Verification failed: ${message.text}`);
    case 'complaint':
    case 'escalation':
      return escalated(desk, work, message.text || 'Complaint about our own work');
    case 'reminder':
      return reminded(desk, work);
    default:
      return { outcome: `Nothing to do for a message of type ${message.type}.` };
  }
});

async function intake(desk: Desk, work: BriefingCase): Promise<Report> {
  const found = classify(work.subject, work.text);
  const duplicate = duplicateOf(desk.briefing);
  if (found.topic === 'spam') return spam(desk, found);
  if (duplicate) return cancelDuplicate(desk, work, found, duplicate);
  await acknowledge(desk, work);
  await desk.note(explain(found));
  return found.topic === 'suspicious' ? suspicious(desk, work) : proceed(desk, work, found, work.text);
}

/** Decide by topic: settle it here, hand it up, ask, or delegate. `text` is what the specialists get to see. */
async function proceed(desk: Desk, work: BriefingCase, found: Classification, text: string): Promise<Report> {
  await desk.classify({ topic: found.topic, areas: [...found.areas], ...priorityOf(work, found) });
  if (found.topic === 'legal') return escalated(desk, work, 'Legal threat, injury or authority: a person must answer.');
  if (found.topic === 'praise') return thanked(desk, work);
  if (found.doubt === 'ambiguous') return escalated(desk, work, `Two readings are equally likely. ${explain(found)}`);
  if (found.doubt === 'thin')
    return ask(desk, work, 'What exactly happened, with which product, and what is your order number (AC-…)?');
  return delegate(desk, found, text);
}

function priorityOf(work: BriefingCase, found: Classification): { priority?: 'high' } {
  return found.topic === 'legal' || (found.topic === 'complaint' && work.priority === 'normal')
    ? { priority: 'high' }
    : {};
}

async function delegate(desk: Desk, found: Classification, text: string): Promise<Report> {
  const context: TaskContext = {
    topic: found.topic,
    areas: found.areas,
    text,
    orders: found.orders,
    language: language(text),
  };
  const sent = await desk.delegate({
    to: 'router',
    packet: {
      subproblem: `Settle a matter of "${found.topic}"${found.orders.length > 0 ? ` on ${found.orders.join(', ')}` : ''}.`,
      context: { ...context },
      tried: ['Acknowledged to the customer; classified by keywords.'],
      output: 'A report with outcome, message for the customer, effects and operation ids.',
      success: 'The order database shows what the message says.',
    },
  });
  return sent.ok ? { outcome: `Delegated (${found.topic}) to the router.` } : escalateFailure(desk, sent.message);
}

async function reported(desk: Desk, work: BriefingCase): Promise<Report> {
  if (ENDED.has(work.status)) return { outcome: `The case is already ${work.status}.` };
  const parts = partsOf(desk.briefing);
  if (parts.length === 0) return escalated(desk, work, 'A report came back without content.');
  const stuck = parts.find((part) => part.outcome === 'needs-operator');
  if (stuck) return escalated(desk, work, stuck.question ?? 'A specialist could not settle this.');
  const open = parts.flatMap((part) => (part.outcome === 'needs-customer' && part.question ? [part.question] : []));
  if (open.length === parts.length) return ask(desk, work, open.join('\n'));
  return answered(desk, work, parts, open);
}

/** ONE answer, whatever the number of specialists (C §1). */
async function answered(
  desk: Desk,
  work: BriefingCase,
  parts: readonly SpecialistReport[],
  open: readonly string[],
): Promise<Report> {
  const paragraphs = parts.map((part) => part.message).filter((text) => text !== '');
  const questions = open.length > 0 ? [`One thing we still need from you: ${open.join(' ')}`] : [];
  if (parts.length > 1) await complaintRecord(desk, work, paragraphs);
  const lead =
    parts.length > 1 ? ['We are sorry that so much went wrong at once. Here is everything in one answer:'] : [];
  const mail = await tell(desk, work, answer(language(work.text), [...lead, ...paragraphs, ...questions]));
  if (!mail) return escalated(desk, work, 'The answer could not be sent.');
  const evidence = [...new Set([...parts.flatMap((part) => part.evidence), mail])];
  return resolve(desk, {
    refused: parts.every((part) => part.outcome === 'refused'),
    summary: paragraphs.join(' '),
    evidence,
  });
}

/** The router's report holds the specialists' reports; one alone is also accepted. */
function partsOf(briefing: Briefing): SpecialistReport[] {
  const report = (briefing.message.data.report ?? {}) as { parts?: unknown; outcome?: unknown };
  if (Array.isArray(report.parts)) return report.parts as SpecialistReport[];
  return typeof report.outcome === 'string' ? [report as SpecialistReport] : [];
}

async function resolve(
  desk: Desk,
  input: { refused: boolean; summary: string; evidence: readonly string[] },
): Promise<Report> {
  const summary = `${input.refused ? 'Refused' : 'Solved'}: ${input.summary}`.slice(0, 2000);
  const done = await desk.resolve({ summary, evidence: [...input.evidence] });
  return { outcome: done.ok ? summary.slice(0, 300) : `Could not resolve: ${done.message}` };
}

async function closed(desk: Desk, work: BriefingCase): Promise<Report> {
  const tasks = work.tasks.length;
  const learned = `${work.topic ?? 'unknown topic'}: settled with ${tasks === 1 ? '1 task' : `${tasks} tasks`}${work.reopened > 0 ? `, reopened ${work.reopened} times` : ''}.`;
  const done = await desk.close({ learned });
  return { outcome: done.ok ? `Closed ${work.id}.` : `Could not close: ${done.message}`, learned };
}

async function customerReplied(desk: Desk, work: BriefingCase): Promise<Report> {
  const text = `${work.text}\n${desk.briefing.message.text}`;
  if (work.status === 'escalated') return { outcome: 'The operator has this case; the reply is on it.' };
  if (suspicion(text).length > 0) return suspicious(desk, work);
  const found = classify(work.subject, text);
  await desk.note(`After the customer's reply: ${explain(found)}`);
  return proceed(desk, work, found, text);
}

/** Do not obey, do not accuse: note it, then serve what is left of the request. */
async function suspicious(desk: Desk, work: BriefingCase): Promise<Report> {
  await desk.note(
    `Instructions aimed at our systems were ignored: ${suspicion(`${work.subject}\n${work.text}`).join(' | ')}`.slice(
      0,
      4000,
    ),
  );
  const rest = legitimatePart(work.text);
  const found = classify('', rest);
  const servable = found.doubt === 'none' && AREA[found.topic] !== undefined && orderIds(rest).length > 0;
  if (servable) return proceed(desk, work, found, rest);
  await desk.classify({ topic: 'suspicious' satisfies Topic, areas: [], priority: 'low' });
  const mail = await tell(
    desk,
    work,
    answer(language(work.text), [
      'We cannot follow this request. We act only on a customer’s own orders and within our published policies.',
    ]),
  );
  return mail
    ? resolve(desk, {
        refused: true,
        summary: 'Request with instructions to our systems was not followed.',
        evidence: [mail],
      })
    : escalateFailure(desk, 'The refusal could not be sent.');
}

async function thanked(desk: Desk, work: BriefingCase): Promise<Report> {
  const mail = await tell(
    desk,
    work,
    answer(language(work.text), [
      'Thank you for taking the time to write this. We have passed it on to everybody here.',
    ]),
  );
  return mail
    ? resolve(desk, { refused: false, summary: 'Praise passed on; thanked.', evidence: [mail] })
    : escalateFailure(desk, 'The thanks could not be sent.');
}

/** Spam gets no answer: an acknowledgement would only confirm the address. */
async function spam(desk: Desk, found: Classification): Promise<Report> {
  await desk.classify({ topic: 'spam', areas: [], priority: 'low' });
  await desk.note(explain(found));
  await desk.cancel({ reason: 'Unsolicited advertising.' });
  return { outcome: 'Cancelled as spam.' };
}

/** An open case of the same customer about the same order and topic, opened before this one. */
function duplicateOf(briefing: Briefing): string | undefined {
  const work = briefing.case;
  if (!work) return undefined;
  const earlier = work.previous.filter(
    (other) => other.status !== 'cancelled' && numberOf(other.id) < numberOf(work.id),
  );
  return earlier.find((other) => sameMatter(work.subject, other.subject))?.id;
}

const numberOf = (id: string): number => Number(id.replace(/\D/g, ''));

async function cancelDuplicate(desk: Desk, work: BriefingCase, found: Classification, first: string): Promise<Report> {
  await desk.classify({ topic: found.topic, areas: [...found.areas], duplicateOf: first });
  await desk.note(`Same customer, order and topic as ${first}.`);
  await tell(
    desk,
    work,
    answer(language(work.text), [
      `We already have this under ${first} and answer there, so that nothing is done twice.`,
    ]),
  );
  await desk.cancel({ reason: `Duplicate of ${first}.` });
  return { outcome: `Cancelled as a duplicate of ${first}.` };
}

async function ask(desk: Desk, work: BriefingCase, text: string): Promise<Report> {
  const mail = await tell(desk, work, question(language(work.text), text));
  if (!mail) return escalateFailure(desk, 'The question could not be sent.');
  await desk.waitForCustomer({ question: text });
  return { outcome: 'Asked the customer.', next: 'Continue with the reply.' };
}

async function escalated(desk: Desk, work: BriefingCase, reason: string): Promise<Report> {
  await tell(desk, work, handedOver(language(work.text)));
  return escalateFailure(desk, reason);
}

async function escalateFailure(desk: Desk, reason: string): Promise<Report> {
  const done = await desk.escalate({ reason: reason.slice(0, 1900), to: 'operator' });
  return { outcome: done.ok ? `Escalated: ${reason}`.slice(0, 300) : `Could not escalate: ${done.message}` };
}

async function reminded(desk: Desk, work: BriefingCase): Promise<Report> {
  if (work.status !== 'waiting_customer') return { outcome: 'Reminder seen; somebody is working on it.' };
  await tell(
    desk,
    work,
    question(language(work.text), 'We still wait for your answer to our last mail; without it we cannot go on.'),
  );
  return { outcome: 'Reminded the customer.' };
}

async function acknowledge(desk: Desk, work: BriefingCase): Promise<void> {
  const body = acknowledgement(language(work.text), work.id, work.subject, work.due);
  const sent = await mail(desk, work, body);
  // The customer's own words may hold a card number; the gate refuses to mail it back, so say it without.
  if (sent.status === 'refused') await mail(desk, work, redactCards(body));
}

/** Write to the case's customer. Gives the operation's id, or undefined when the mail was not sent. */
async function tell(desk: Desk, work: BriefingCase, body: string): Promise<string | undefined> {
  const sent = await mail(desk, work, redactCards(body));
  return sent.status === 'done' ? sent.operation : undefined;
}

const mail = (desk: Desk, work: BriefingCase, body: string) =>
  desk.request({
    capability: 'mail.send',
    args: { to: work.customer, subject: subjectOf(work.id, work.subject), body },
    why: 'Keep the customer informed',
  });

/** The readable record of a complaint, beside the answer. */
async function complaintRecord(desk: Desk, work: BriefingCase, paragraphs: readonly string[]): Promise<void> {
  const content = [`# Complaint ${work.id}`, `Areas: ${work.areas.join(', ')}`, '## Answer', ...paragraphs].join(
    '\n\n',
  );
  await desk.request({
    capability: 'documents.write',
    args: { path: `complaints/${work.id}.md`, content: redactCards(content) },
    why: 'Complaints are kept on file',
  });
}
