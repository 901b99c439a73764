import { type BriefingCase, type Desk, defineScript, type Report } from '@reeve/workers';
import { type Brief, readBrief, type StepContext, type StepReport } from './lib/brief.ts';

const SEAT = {
  research: 'researcher',
  draft: 'writer',
  review: 'reviewer',
  publish: 'publisher',
  distribute: 'outreach',
  audit: 'reviewer',
  reply: 'outreach',
} as const;
type Step = keyof typeof SEAT;

const ORDER: readonly Step[] = ['research', 'draft', 'review', 'publish', 'distribute'];
const ENDED = new Set(['resolved', 'verified', 'closed', 'cancelled']);
/** Drafts of one article before a person looks. */
const DRAFTS = 2;

/** Owns a brief: hands each step to its seat, and answers who asked. */
export default defineScript(async (desk) => {
  const { message, case: work } = desk.briefing;
  if (!work) return { outcome: 'No case on this message; nothing to do.' };
  switch (message.type) {
    case 'assign':
    case 'customer':
      return begin(desk, work);
    case 'report':
      return reported(desk, work);
    case 'verified':
      return closed(desk, work);
    case 'rejected':
      return up(desk, `The check failed: ${message.text}`);
    default:
      return { outcome: `Nothing to do for a message of type ${message.type}.` };
  }
});

async function begin(desk: Desk, work: BriefingCase): Promise<Report> {
  const brief = readBrief(work.subject, work.text);
  await desk.classify({ topic: brief.audit ? 'audit' : brief.reply ? 'reply' : 'article' });
  if (brief.audit) return hand(desk, 'audit', { brief });
  if (brief.reply) return hand(desk, 'reply', { brief });
  if (brief.topic !== '' && brief.portfolio !== '') return hand(desk, 'research', { brief });
  const question = 'Which topic is it about, and which portfolio is it for? (Topic: …, Portfolio: …)';
  const sent = await tell(desk, work, question);
  if (sent === null) return up(desk, 'The question could not be sent.');
  await desk.waitForCustomer({ question });
  return { outcome: 'Asked what the article is about.' };
}

const PACKET: Record<Step, { subproblem: string; output: string; success: string }> = {
  research: {
    subproblem: 'Find what is known about the topic, first hand where possible.',
    output: 'The sources, each with what it says.',
    success: 'Two sources at least, or the word that there are not.',
  },
  draft: {
    subproblem: 'Write the article from the sources and save it as a draft.',
    output: 'The slug of the draft.',
    success: 'The draft is saved and says nothing the sources do not.',
  },
  review: {
    subproblem: 'Read the draft as a stranger would, and approve it or send it back.',
    output: 'Approved, or what is wrong with it.',
    success: 'Every claim names its source.',
  },
  publish: {
    subproblem: 'Publish the approved article with its picture.',
    output: 'The slug as published, or why it stays a draft.',
    success: 'The post reads as published.',
  },
  distribute: {
    subproblem: 'Tell the contacts who care about the topic.',
    output: 'Who was written to, and who was not and why.',
    success: 'Nobody was written to who should not have been.',
  },
  audit: {
    subproblem: 'Read what is out in the portfolio, and demote what should not be.',
    output: 'Each post that was demoted, and why.',
    success: 'What is left holds our own rules.',
  },
  reply: {
    subproblem: 'Note what the contact answered.',
    output: 'What was noted.',
    success: 'The contact shows it, and a no is kept for good.',
  },
};

async function hand(desk: Desk, step: Step, context: StepContext, tried: readonly string[] = []): Promise<Report> {
  const sent = await desk.delegate({
    to: SEAT[step],
    packet: { ...PACKET[step], context: { ...context }, tried: [...tried] },
  });
  return sent.ok ? { outcome: `Handed "${step}" to the ${SEAT[step]}.` } : up(desk, `${step}: ${sent.message}`);
}

const reportsOf = (work: BriefingCase): StepReport[] =>
  work.tasks.flatMap(({ report }) =>
    report && typeof report.step === 'string' ? [report as unknown as StepReport] : [],
  );

async function reported(desk: Desk, work: BriefingCase): Promise<Report> {
  if (ENDED.has(work.status)) return { outcome: `The case is already ${work.status}.` };
  const reports = reportsOf(work);
  const last = reports.at(-1);
  if (!last) return up(desk, 'A report came back without content.');
  const brief = readBrief(work.subject, work.text);
  if (last.step === 'review' && last.sentBack) return again(desk, work, brief, last);
  if (last.outcome === 'stopped' || last.step === 'audit' || last.step === 'reply')
    return answered(desk, work, reports);
  const step = nextStep(brief, last.step);
  return step === null ? answered(desk, work, reports) : hand(desk, step, contextFor(brief, reports));
}

function nextStep(brief: Brief, done: Step): Step | null {
  const step = ORDER[ORDER.indexOf(done) + 1] ?? null;
  return step === 'distribute' && !brief.distribute ? null : step;
}

function contextFor(brief: Brief, reports: readonly StepReport[]): StepContext {
  const sources = reports.findLast(({ sources: found }) => found !== undefined)?.sources;
  const slug = reports.findLast((report) => report.slug !== undefined)?.slug;
  return { brief, ...(sources ? { sources } : {}), ...(slug ? { slug } : {}) };
}

/** Sent back: written again once, then a person looks. */
async function again(desk: Desk, work: BriefingCase, brief: Brief, review: StepReport): Promise<Report> {
  const drafts = reportsOf(work).filter(({ step }) => step === 'draft').length;
  if (drafts >= DRAFTS) return up(desk, `Sent back ${drafts} times: ${review.message}`);
  return hand(desk, 'draft', { ...contextFor(brief, reportsOf(work)), findings: review.message }, [review.message]);
}

/** One answer with what every step came to. */
async function answered(desk: Desk, work: BriefingCase, reports: readonly StepReport[]): Promise<Report> {
  const summary = reports.map(({ message }) => message).join(' ');
  const mail = await tell(desk, work, summary);
  if (mail === null) return up(desk, 'The answer could not be sent.');
  const evidence = [...new Set([...reports.flatMap((report) => report.evidence), mail])].slice(0, 100);
  const done = await desk.resolve({ summary: summary.slice(0, 2000), evidence });
  return done.ok ? { outcome: summary.slice(0, 300) } : up(desk, `Could not resolve: ${done.message}`);
}

async function closed(desk: Desk, work: BriefingCase): Promise<Report> {
  const learned = `${work.topic ?? 'brief'}: ${work.tasks.length} steps${work.reopened > 0 ? `, reopened ${work.reopened} times` : ''}.`;
  const done = await desk.close({ learned });
  return { outcome: done.ok ? `Closed ${work.id}.` : `Could not close: ${done.message}`, learned };
}

/** Gives the operation's id, or null when the mail was not sent. */
async function tell(desk: Desk, work: BriefingCase, body: string): Promise<string | null> {
  const sent = await desk.request({
    capability: 'mail.answer',
    args: {
      to: work.customer,
      subject: `[${work.id}] ${work.subject}`.slice(0, 200),
      body: `Hello,\n\n${body}\n\nFieldnotes Media`,
    },
    why: 'Keep who asked informed',
  });
  return sent.status === 'done' ? sent.operation : null;
}

async function up(desk: Desk, reason: string): Promise<Report> {
  const done = await desk.escalate({ reason: reason.slice(0, 1900), to: 'editor-in-chief' });
  return { outcome: done.ok ? `Escalated: ${reason}`.slice(0, 300) : `Could not escalate: ${done.message}` };
}
