/** "Why did this happen?" as a page: every part of the answer, in the order a reviewer asks. */
import type { Definition } from '@reeve/kernel';
import type { Explanation, Why } from '@reeve/protocol';
import { statusText, type View } from './lists.ts';
import { countText, metricText, momentText, moneyText, plural, spanText } from './quantities.ts';
import { routedText } from './routing.ts';
import { safe, wrap } from './table.ts';
import { afterTypes, argsOf, readTypes, returnsOf, valuesText } from './values.ts';
import { gapText } from './why-gap.ts';
import { handsText, isPlainRead } from './why-hands.ts';

/** What the page needs beside the answer: the definition in force names money among the arguments. */
export interface WhyView extends View {
  readonly definition: Definition | null;
}

const LABEL = 13;
const WIDEST = 120;

/** One page per operation; of a case first through whose hands it went, and then pages of what had an effect or was refused. */
export function whyText(why: Why, view: WhyView): string {
  const gap = why.gap === undefined ? '' : gapText(why.asked, why.gap, view);
  const routing = (why.routing ?? []).map((each) => routedText(each, view)).join('');
  const hands = handsText(why, view);
  if (why.operations.length === 0) return `${gap}${hands}${why.asked}: no operation was asked for\n${routing}`;
  const told = why.hands === undefined ? why.operations : why.operations.filter((each) => !isPlainRead(each));
  const left = why.operations.length - told.length;
  const rest = left === 0 ? '' : `\n${plural(left, 'plain read')}: \`reeve why OP-…\` tells all of each\n`;
  return gap + hands + told.map((each) => explanationText(each, view)).join('\n') + rest + routing;
}

type Part = (each: Explanation, view: WhyView) => readonly string[];

/** Label → lines; in this order. A test asks that every part of an answer has one. */
const PARTS: Readonly<Record<string, Part>> = {
  What: whatLines,
  Who: whoLines,
  Authority: authorityLines,
  Purpose: purposeLines,
  Read: readLines,
  Contract: contractLines,
  Decision: decisionLines,
  Approval: approvalLines,
  Attempts: attemptLines,
  Cost: costLines,
  Evidence: ({ evidence }) =>
    orNone(evidence.map((e) => `${e.kind} ${safe(e.ref)}${e.digest ? ` (sha-256 ${e.digest.slice(0, 12)}…)` : ''}`)),
  Verified: verificationLines,
  Certainty: certaintyLines,
  'For case': caseLines,
  Intervened: ({ interventions }) =>
    orNone(
      interventions.map(({ seat, trouble, action, done, reason }) =>
        safe(`${action} on "${seat}" (${trouble.replaceAll('_', ' ')}): ${done}; ${reason}`),
      ),
    ),
  Undo: undoLines,
  Records: recordLines,
};

function explanationText(each: Explanation, view: WhyView): string {
  const { operation } = each;
  const title = `${view.paint('bold', operation.id)}  ${operation.capability} (${operation.effect}, tool ${operation.tool})  ${statusText(operation.status)}\n`;
  const parts = Object.entries(PARTS).map(([label, part]) => labelled(label, part(each, view), view));
  return title + parts.join('');
}

function labelled(label: string, lines: readonly string[], { paint, width }: WhyView): string {
  const room = Math.min(width, WIDEST) - LABEL;
  const all = lines.flatMap((line) => {
    const indent = ' '.repeat(line.length - line.trimStart().length);
    return wrap(line.trimStart(), room - indent.length - 2).map(
      (part, index) => `${indent}${index > 0 ? '  ' : ''}${part}`,
    );
  });
  return all
    .map((line, index) => `${index === 0 ? paint('dim', label.padEnd(LABEL)) : ' '.repeat(LABEL)}${line}\n`)
    .join('');
}

const orNone = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? ['none'] : lines);

function whatLines({ operation }: Explanation, { definition, currency }: WhyView): string[] {
  const { args, result, failure, requestedAt, settledAt, capability } = operation;
  return [
    valuesText(args, argsOf(definition, capability), currency) || 'no arguments',
    `asked for ${momentText(requestedAt)}${settledAt === null ? ', not settled yet' : `, settled after ${spanText(settledAt - requestedAt)}`}`,
    ...(result ? [`result: ${valuesText(result, returnsOf(definition, capability), currency) || 'empty'}`] : []),
    ...(failure ? [`failed (${failure.category}): ${safe(failure.message)}`] : []),
  ];
}

function whoLines({ who, requestedBy, run }: Explanation): string[] {
  const line = who.line.map(({ seat, title, principal }) => `${title || seat}${principal ? ` (${principal})` : ''}`);
  const asked = requestedBy.seat === who.seat ? [] : [`asked for by ${requestedBy.seat ?? requestedBy.principal}`];
  return [
    `${who.title || who.seat} (seat ${who.seat}), played by ${who.principal}`,
    ...(line.length > 0 ? [`answers to ${line.join(' → ')}`] : []),
    ...asked,
    ...(run
      ? [
          `in run ${run.id} (${run.worker}), started ${momentText(run.startedAt)} by message ${run.message}${run.outcome ? `, ended: ${run.outcome}` : ''}`,
        ]
      : []),
  ];
}

function authorityLines({ authority }: Explanation, { currency }: WhyView): string[] {
  const { right, tier, definition, note } = authority;
  const limit = right?.limit === undefined ? '' : `, at most ${moneyText(right.limit, currency)} each`;
  const given = right
    ? `right ${right.capability}${right.when ? ` when ${right.when}` : ''}${limit}`
    : 'no right of the charter covers it';
  return [given, `tier ${tier ?? 'unknown'}, definition ${definition.slice(0, 12)}`, ...(note ? [safe(note)] : [])];
}

function purposeLines({ metric }: Explanation, { currency }: WhyView): string[] {
  if (metric === null) return ['no metric is named by its contract'];
  const now = metricText(metric.current, metric.unit as 'number', currency);
  if (metric.target === null) return [`moves "${metric.title}", now ${now}; no target`];
  const wanted = `${metric.direction === 'at-least' ? 'at least' : 'at most'} ${metricText(metric.target, metric.unit as 'number', currency)}`;
  return [
    `moves "${metric.title}", now ${now}, wanted ${wanted}${metric.met === null ? '' : metric.met ? ' (met)' : ' (missed)'}`,
  ];
}

function readLines({ reads, contract }: Explanation, { definition, currency }: WhyView): readonly string[] {
  return orNone(
    reads.map(({ name, value, version, at }) => {
      const types = readTypes(definition, contract?.id, name);
      const seen = `${momentText(at)}${version === undefined ? '' : `, version ${version}`}`;
      return `${name} (${seen}): ${valuesText(value, types, currency)}`;
    }),
  );
}

function contractLines({ contract }: Explanation): string[] {
  if (contract === null) return ['none'];
  const rules = contract.rules.map(({ rule, when, that }) => `  ${when} ${rule}: ${safe(that)}`);
  return [`${contract.id}: ${safe(contract.title)}`, ...rules];
}

const VERDICTS: Readonly<Record<string, string>> = {
  allow: 'allowed',
  'record-only': 'recorded only',
  defer: 'put off',
  ask: 'needs an approval',
  deny: 'refused',
};

function decisionLines({ decision, decisions }: Explanation): string[] {
  if (decision === null) return ['the gate has not been asked yet'];
  const flagged = decision.flagged ? ', flagged: a person should look at it' : '';
  const reasons = decision.reasons.flatMap(({ check, rule, verdict, message, instead }) => [
    `  ${VERDICTS[verdict] ?? verdict} by ${check} ${rule}: ${safe(message)}`,
    ...(instead ? [`    instead: ${safe(instead)}`] : []),
  ]);
  const earlier = decisions.filter(({ seq }) => seq !== decision.seq);
  const before = earlier.map(
    ({ seq, verdict, message }) =>
      `  before, in record ${countText(seq)}: ${VERDICTS[verdict] ?? verdict} (${safe(message)})`,
  );
  return [
    `${VERDICTS[decision.verdict]}${flagged} (${momentText(decision.at)}, record ${countText(decision.seq)})`,
    ...reasons,
    ...before,
  ];
}

function approvalLines({ approval }: Explanation): string[] {
  if (approval === null) return ['not needed'];
  const { id, status, by, bySilence, way, note, waited, approvers, requestedAt } = approval;
  if (status === 'pending') return [`${id} waits for ${approvers.join(', ')} since ${momentText(requestedAt)}`];
  const who = bySilence ? 'by silence' : `by ${by ?? 'nobody'}${way === 'link' ? ' with a mail link' : ''}`;
  const after = waited === null ? '' : ` after ${spanText(waited)}`;
  return [`${id} ${status} ${who}${after}`, ...(note ? [`note: ${safe(note)}`] : [])];
}

function attemptLines({ attempts }: Explanation): readonly string[] {
  return orNone(
    attempts.map(({ attempt, executor, at, endedAt, outcome, message }) => {
      const took = endedAt === null ? '' : ` after ${spanText(endedAt - at)}`;
      return `${attempt}. ${momentText(at)} by ${executor}: ${outcome}${took}${message ? ` (${safe(message)})` : ''}`;
    }),
  );
}

function costLines({ cost }: Explanation, { currency }: WhyView): string[] {
  if (cost.money === 0 && cost.accounts.length === 0) return ['none'];
  const moves = cost.accounts.map(
    ({ seq, what, from, to, amount }) =>
      `  ${what} ${moneyText(amount, currency)} from ${from} to ${to} (record ${countText(seq)})`,
  );
  return [moneyText(cost.money, currency), ...moves];
}

function verificationLines({ verification, contract }: Explanation, { definition, currency }: WhyView): string[] {
  const { status, checks, failed, after, at } = verification;
  const read = after
    ? [`read again ${momentText(after.at)}: ${valuesText(after.value, afterTypes(definition, contract?.id), currency)}`]
    : [];
  return [
    `${VERIFIED[status]}${at === null ? '' : ` ${momentText(at)}`}${checks.length > 0 ? `: ${checks.join(', ')}` : ''}`,
    ...failed.map(({ rule, message }) => `  failed ${rule}: ${safe(message)}`),
    ...read,
  ];
}

const VERIFIED = {
  verified: 'yes,',
  failed: 'NO, it failed',
  pending: 'not yet',
  none: 'nothing to check afterwards',
} as const;

function certaintyLines({ uncertainty }: Explanation): string[] {
  const { confidence, why } = uncertainty;
  const sure =
    confidence === null ? 'the worker did not say how sure it was' : `${Math.round(confidence * 100)} % sure`;
  return why ? [sure, `its reason: ${safe(why)}`] : [sure];
}

function caseLines({ case: of }: Explanation): string[] {
  return of === null ? ['none'] : [`${of.id} (${statusText(of.status)}), ${safe(of.customer)}: ${safe(of.subject)}`];
}

function undoLines({ compensation }: Explanation): string[] {
  if (compensation.compensates) return [`this undoes ${compensation.compensates}`];
  return [compensation.by ? `undone by ${compensation.by}` : 'not undone'];
}

function recordLines({ records }: Explanation): string[] {
  return [`${records.map(countText).join(', ') || 'none'}`];
}
