/** Through whose hands a case went, as the head of `reeve why C-…`. */
import type { Explanation, Hand, Why } from '@reeve/protocol';
import { statusText, type View } from './lists.ts';
import { momentText, plural } from './quantities.ts';
import { fit, safe } from './table.ts';

/** What kinds of occupants are called. */
const AS: Readonly<Record<NonNullable<Hand['occupant']>, string>> = {
  human: 'a person',
  script: 'a script',
  model: 'a model',
  mcp: 'an agent over MCP',
  command: 'a program',
  a2a: 'an agent over A2A',
};

/** One block for each hand; what was asked for says what became of it. */
export function handsText({ asked, hands = [], operations }: Why, view: View): string {
  if (hands.length === 0) return '';
  const status = new Map(operations.map(({ operation }) => [operation.id, operation.status]));
  const people = new Set(hands.map(({ principal }) => principal)).size;
  const head = `${view.paint('bold', asked)}  went through the hands of ${plural(people, 'occupant')}\n`;
  return `${head}${hands.map((one, index) => handText(one, index + 1, status, view)).join('')}\n`;
}

type Statuses = ReadonlyMap<string, Explanation['operation']['status']>;

function handText(hand: Hand, place: number, status: Statuses, view: View): string {
  const { title, principal, occupant, run, from, did } = hand;
  const as = occupant === null ? '' : `, ${AS[occupant]}`;
  const who = `${String(place).padStart(3)}. ${view.paint('bold', safe(title))} (${safe(principal)}${as})`;
  const lines = did.map(({ text, operation }) => {
    const became = operation === null ? undefined : status.get(operation);
    return `       ${fit(safe(text), view.width - 24)}${became === undefined ? '' : ` → ${statusText(became)}`}\n`;
  });
  return `${who}  ${view.paint('dim', `${momentText(from)}${run === null ? '' : `, ${run}`}`)}\n${lines.join('')}`;
}

/** A read that was let through is told by its line above; everything else has a page of its own. */
export const isPlainRead = ({ operation, approval, decision }: Explanation): boolean =>
  operation.effect === 'read' && operation.status === 'succeeded' && approval === null && decision?.flagged !== true;
