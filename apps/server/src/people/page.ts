/**
 * The page behind a link: what is asked, and a form. No script, nothing from elsewhere, nothing that is not escaped.
 *
 * [SRV365] Looking changes nothing: programs that check mail open every link in it.
 */
import { createHash } from 'node:crypto';
import { clean, cut } from '@reeve/connectors/text';
import { type Approval, formatMoney, type Notice, type NoticeAction, type State } from '@reeve/kernel';
import { html, raw } from 'hono/html';

/** Escaped text; never a promise, for nothing in it is one. */
type Html = ReturnType<typeof html>;

const STYLE = `body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
h1{font-size:1.3rem}h2{font-size:1.05rem;margin-bottom:.25rem}dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}dt{color:#555}dd{margin:0;overflow-wrap:anywhere}
pre,blockquote{white-space:pre-wrap;overflow-wrap:anywhere;background:#f4f4f4;padding:.75rem;margin:.5rem 0;font:inherit}
textarea{width:100%;box-sizing:border-box;min-height:7rem;font:inherit}button{font:inherit;padding:.5rem 1.25rem;margin-top:.75rem}
small{color:#555}`;

/** [SRV366] */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY,
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
  'x-robots-tag': 'noindex, nofollow',
};

/** A whole page as an answer. */
function pageResponse(status: number, title: string, body: Html, more: Record<string, string> = {}): Response {
  const head = html`<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>`;
  const style = raw(`<style>${STYLE}</style>`);
  const page = html`<!doctype html><html lang="en"><head>${head}${style}</head><body><h1>${title}</h1>${body}</body></html>`;
  return new Response(String(page), { status, headers: { ...HEADERS, ...more } });
}

/** What happened, and what to do about it. */
export const sayPage = (status: number, title: string, what: string, next: string, more?: Record<string, string>) =>
  pageResponse(status, title, html`<p>${sentence(what)}</p><p>${sentence(next)}</p>`, more);

const sentence = (text: string): string => {
  const whole = `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
  return /[.!?]$/.test(whole) ? whole : `${whole}.`;
};

/** Longest text that is shown of one thing, in characters. */
const SHOWN = 8000;
const shown = (text: string): string => cut(clean(text).text, SHOWN);
const asText = (value: unknown): string => shown(typeof value === 'string' ? value : JSON.stringify(value, null, 1));

const row = (name: string, value: unknown): Html => html`<dt>${shown(name)}</dt><dd>${asText(value)}</dd>`;
const rows = (values: Readonly<Record<string, unknown>>): Html[] =>
  Object.entries(values).map(([name, value]) => row(name, value));
const list = (items: readonly string[]): Html => html`<ul>${items.map((item) => html`<li>${shown(item)}</li>`)}</ul>`;

type Fields = Readonly<Record<string, unknown>>;

const isMoney = (field: unknown): boolean =>
  field === 'money' || (typeof field === 'object' && (field as { type?: unknown } | null)?.type === 'money');

/** Amounts as people write them, by what the capability says its fields are. */
const inWords = (values: Fields, fields: Fields = {}): Fields =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'number' && isMoney(fields[name]) ? formatMoney(value) : value,
    ]),
  );

/** What the contract had read before it asked, by the names it has there. */
function readings(
  { organisation: { contracts, capabilities } }: State,
  { capability, state }: Approval['packet'],
): Html[] {
  const reads = contracts.get(capability)?.reads ?? {};
  const fieldsOf = (name: string) => capabilities.get(reads[name]?.capability ?? '')?.returns;
  return Object.entries(state).map(([name, { value }]) => row(name, inWords(value, fieldsOf(name))));
}

/** What an approver needs on one page (R-E45). */
function ofApproval(org: State, { packet, requester, case: about }: Approval): Html {
  const { recommendation, capability, args, cost, reasons, evidence, maximumDamage, uncertainty } = packet;
  const asks = reasons.filter(({ verdict }) => verdict !== 'allow').map(({ message }) => message);
  return html`<p>${shown(recommendation)}</p>
<h2>What exactly</h2><dl>${row('does', capability)}${rows(inWords(args, org.organisation.capabilities.get(capability)?.args))}${cost > 0 ? row('moves', formatMoney(cost)) : ''}</dl>
<h2>Why you are asked</h2>${list(asks)}
<h2>What is known</h2><dl>${row('asked by', requester)}${about === null ? '' : row('case', about)}${row('sure', uncertainty || '–')}
${row('most it could do', maximumDamage)}${readings(org, packet)}</dl>
${evidence.length > 0 ? list(evidence) : ''}`;
}

function ofTask(state: State, id: string): Html {
  const task = state.cases.tasks.get(id);
  if (!task) return html``;
  const { subproblem, output, success, tried, context } = task.packet;
  return html`<p>${task.from} asks, in ${task.case}:</p><blockquote>${shown(subproblem)}</blockquote>
<dl>${row('wanted', output)}${row('done when', success)}${rows(context)}</dl>${tried.length > 0 ? list(tried) : ''}`;
}

/** What a notice is about, for its receiver. */
function subjectOf(state: State, { kind, about, message }: Notice): Html {
  if (kind === 'approval') {
    const approval = state.governance.approvals.get(about);
    return approval ? ofApproval(state, approval) : html``;
  }
  if (kind === 'task') return ofTask(state, about);
  if (kind === 'wakeup') return html`<blockquote>${shown(state.oversight.wakeups.get(about)?.text ?? '')}</blockquote>`;
  const asked = state.inbox.messages.get(message);
  return html`<p>${asked?.from} asks:</p><blockquote>${shown(asked?.text ?? '')}</blockquote>`;
}

interface Wording {
  readonly title: string;
  readonly button: string;
  /** What the text is, and whether there must be one. */
  readonly text: string;
  readonly needed: boolean;
  readonly done: string;
}

export const WORDING: Readonly<Record<NoticeAction, Wording>> = {
  approve: { title: 'Approve?', button: 'Approve', text: 'Note (optional)', needed: false, done: 'You approved' },
  reject: { title: 'Reject?', button: 'Reject', text: 'Why', needed: true, done: 'You rejected' },
  answer: { title: 'Your answer', button: 'Answer', text: 'Answer', needed: true, done: 'You answered' },
  complete: { title: 'Your report', button: 'Report', text: 'What was done', needed: true, done: 'You reported on' },
  decline: { title: 'Decline?', button: 'Decline', text: 'Why', needed: true, done: 'You declined' },
  seen: {
    title: 'You were woken',
    button: 'I have seen it',
    text: 'Note (optional)',
    needed: false,
    done: 'You have seen',
  },
};

/** The form sends to the address it was opened at, whatever stands in front of this server. */
export function askPage(state: State, notice: Notice, action: NoticeAction, again?: string): Response {
  const { title, button, text, needed } = WORDING[action];
  const field = html`<label>${text}<textarea name="text" maxlength="20000"${needed ? html` required` : ''}></textarea></label>`;
  const until = new Date(notice.expires).toISOString().slice(0, 16).replace('T', ' ');
  return pageResponse(
    again === undefined ? 200 : 422,
    `${title} ${notice.about}`,
    html`${again === undefined ? '' : html`<p><strong>${sentence(again)}</strong></p>`}${subjectOf(state, notice)}
<form method="post">${field}<button type="submit">${button}</button></form>
<p><small>For ${notice.principal} at ${notice.seat}. It counts once, until ${until} UTC.</small></p>`,
  );
}
