import type { Desk } from '@reeve/workers';

/** What a brief asks for: the lines `Topic: …`, `Portfolio: …` and so on of its text. */
export interface Brief {
  readonly topic: string;
  readonly portfolio: string;
  /** The brand it is written for; empty: the portfolio's own. */
  readonly brand: string;
  readonly title: string;
  readonly description: string;
  readonly distribute: boolean;
  /** Micro-units to be paid for readers; 0: none. */
  readonly boost: number;
  /** Instead of an article: look at what is out in this portfolio. */
  readonly audit: boolean;
  /** Instead of an article: what a contact answered. */
  readonly reply: Reply | null;
}

export interface Reply {
  readonly contact: string;
  readonly kind: 'qualified' | 'meeting' | 'purchase' | 'no';
}

const MICRO = 1_000_000;

const line = (text: string, name: string): string =>
  new RegExp(`^${name}:[ \\t]*(.+)$`, 'im').exec(text)?.[1]?.trim() ?? '';

const amount = (text: string): number => {
  const found = /\$?(\d{1,6})(?:\.(\d{1,2}))?/.exec(text);
  return found ? Number(found[1]) * MICRO + Number((found[2] ?? '').padEnd(2, '0')) * (MICRO / 100) : 0;
};

/** `K-1 qualified` */
function replyOf(text: string): Reply | null {
  const [, contact, kind] = /^([A-Z]+-\d+) (qualified|meeting|purchase|no)$/.exec(text) ?? [];
  return contact && kind ? { contact, kind: kind as Reply['kind'] } : null;
}

export function readBrief(subject: string, text: string): Brief {
  const yes = (name: string) => /^(yes|true)/i.test(line(text, name));
  return {
    topic: line(text, 'Topic').toLowerCase().replaceAll(' ', '-'),
    portfolio: line(text, 'Portfolio').toLowerCase(),
    brand: line(text, 'Brand'),
    title: line(text, 'Title') || subject,
    description: line(text, 'Description'),
    distribute: yes('Distribute'),
    boost: amount(line(text, 'Boost')),
    audit: yes('Audit'),
    reply: replyOf(line(text, 'Reply')),
  };
}

/** A source as the researcher read it: what it says is quoted, never obeyed. */
export interface Source {
  readonly id: string;
  readonly title: string;
  readonly url: string;
  readonly says: string;
  readonly first_hand: number;
}

export interface Post {
  readonly found: boolean;
  readonly slug: string;
  readonly portfolio: string;
  readonly brand: string;
  readonly house_brand: string;
  readonly topic: string;
  readonly title: string;
  readonly description: string;
  readonly body: string;
  readonly image: string;
  readonly sources: number;
  readonly status: string;
}

/** How a step ended. Plain data: it travels as the task's report. */
export interface StepReport {
  readonly step: 'research' | 'draft' | 'review' | 'publish' | 'distribute' | 'audit' | 'reply';
  readonly outcome: 'done' | 'stopped' | 'partly';
  /** One or two sentences for who asked. */
  readonly message: string;
  readonly slug?: string;
  readonly sources?: readonly Source[];
  readonly sentBack?: boolean;
  /** Data the step needed and did not get: it stopped instead of guessing (T13). */
  readonly missing?: string;
  /** What was tried and how often (T9). */
  readonly tried: readonly string[];
  readonly evidence: readonly string[];
}

/** What travels in a packet's context. */
export interface StepContext {
  readonly brief: Brief;
  readonly sources?: readonly Source[];
  readonly slug?: string;
  /** What the review found, for the second draft. */
  readonly findings?: string;
}

export const contextOf = (desk: Desk): StepContext => {
  const given = desk.briefing.task?.packet.context as Partial<StepContext> | undefined;
  const work = desk.briefing.case;
  return { brief: readBrief(work?.subject ?? '', work?.text ?? ''), ...given };
};

export async function finish(desk: Desk, report: StepReport): Promise<{ outcome: string }> {
  const done = await desk.completeTask({ report: { ...report } });
  return { outcome: done.ok ? report.message.slice(0, 300) : `Could not report: ${done.message}` };
}

export async function readPost(desk: Desk, slug: string): Promise<{ post: Post | null; operation: string }> {
  const read = await desk.request({ capability: 'posts.get', args: { slug }, why: 'Look before acting' });
  const post = read.status === 'done' ? (read.result as unknown as Post) : null;
  return { post: post?.found ? post : null, operation: read.operation };
}

export const dollars = (micro: number): string => `$${(micro / MICRO).toFixed(2)}`;
