import {
  describeStep,
  type EventKind,
  formatDuration,
  formatMoney,
  type KernelRecord,
  type RecordOf,
} from '@reeve/kernel';
import { memorySentences } from './memory/sentences.ts';

type Sentences = { readonly [K in EventKind]: (record: RecordOf<K>) => string };

/** Longest quotation in a sentence, in characters. */
const QUOTED = 200;

const clip = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > QUOTED ? `${line.slice(0, QUOTED - 1)}…` : line;
};
const quote = (text: string): string => `“${clip(text)}”`;
const list = (items: readonly string[]): string => items.join(', ') || 'nothing';
const because = (reason: string): string => (reason === '' ? '' : `: ${clip(reason)}`);
/** What stands for a report of which nothing is left: its fields are gone, too. */
const ERASED = '[erased]';
const when = (at: number | null): string => (at === null ? '' : ` at ${new Date(at).toISOString()}`);
const note = (text: string | null | undefined): string => (text ? `: ${clip(text)}` : '');
const some = <T>(value: T | undefined, text: (value: T) => string): string[] =>
  value === undefined ? [] : [text(value)];

/** Every kind of record as a sentence for people. The type makes the compiler demand every kind. */
const SENTENCES: Sentences = {
  'organisation.applied': ({ body }) =>
    `The organisation is as described by ${body.digest.slice(0, 12)}${because(body.reason)}`,
  'organisation.restructured': ({ body }) =>
    `${body.by} restructured the organisation (${body.restructuring}): ${body.steps.map(describeStep).join('; ')}${because(body.reason)}`,
  'task.moved': ({ body }) =>
    body.as === 'doer'
      ? `The task ${body.task} of ${body.from} is ${body.to}'s now`
      : `${body.to} gets the report on ${body.task} instead of ${body.from}`,
  'message.moved': ({ body }) => `${body.message} went from ${body.from} to ${body.to}`,
  'case.joined': ({ body }) =>
    `${body.seat} takes part${body.verifies ? ' as its verifier' : ''} instead of ${body.for}`,
  'approval.moved': ({ body }) =>
    `${list(body.approvers)} may decide on ${body.approval}, which concerned ${body.from}; ${body.to} took its place`,
  'operation.moved': ({ body }) => `${body.operation} goes on under ${body.principal} at ${body.to}`,
  'complaint.raised': ({ body }) =>
    `${body.by ?? 'The customer'} complained (${body.complaint}): ${quote(body.text)}; ${body.handler} answers`,
  'complaint.explained': ({ body }) => `${body.by} gave an account of ${body.complaint}: ${quote(body.text)}`,
  'complaint.escalated': ({ body }) =>
    `${body.to} answers ${body.complaint} instead of ${body.from}${because(body.reason)}`,
  'complaint.answered': ({ body }) => `${body.by} answered ${list(body.answers)}: ${quote(body.text)}`,
  'service.requested': ({ body }) => `${body.by} asked ${body.to} for the service ${body.service} (${body.request})`,
  'service.overdue': ({ body }) => `${body.to} is late with ${body.request} (${body.service})`,
  'service.ended': ({ body }) =>
    `${body.request} (${body.service}) was ${body.declined ? 'declined' : `fulfilled, ${body.met ? 'in time' : 'late'}`}`,
  'seat.shift': ({ body }) =>
    `The shift of ${body.seat} ${body.on ? 'begins' : 'is over'}${when(body.until).replace(' at ', ' until ')}`,
  'seat.occupied': ({ body }) =>
    `${body.occupant ? `${body.occupant.principal} takes` : 'Nobody holds'} the seat ${body.seat}${because(body.reason)}`,
  'seat.paused': ({ body }) => `${body.seat} was paused${because(body.reason)}`,
  'seat.resumed': ({ body }) => `${body.seat} works again${because(body.reason)}`,
  'seat.suspended': ({ body }) => `${body.seat} was suspended${because(body.reason)}`,

  'case.opened': ({ body }) =>
    `${body.name ?? body.customer} asked by ${body.channel}: ${quote(body.subject)}; ${body.owner} owns it`,
  'customer.forgotten': ({ body }) =>
    `${body.by} had the customer of ${list(body.cases)} forgotten${because(body.reason)}`,
  'case.received': ({ body }) => `The customer wrote ${quote(body.text)}`,
  'case.classified': ({ body }) => {
    const facts = [
      ...some(body.topic, (topic) => `about ${topic}`),
      ...some(body.areas, (areas) => `areas ${list(areas)}`),
      ...some(body.priority, (priority) => `priority ${priority}`),
      ...some(body.duplicateOf, (other) => `a duplicate of ${other}`),
    ];
    return `${body.by} classified it: ${list(facts)}`;
  },
  'case.noted': ({ body }) => `${body.by} noted ${quote(body.text)}`,
  'case.assigned': ({ body }) => `${body.from} gave it to ${body.to}${because(body.reason)}`,
  'case.started': ({ body }) => `${body.by} began to work on it`,
  'case.waiting': ({ body }) =>
    body.on === 'customer'
      ? `${body.by} asked the customer ${quote(body.question)}`
      : `It waits for others${because(body.question)}`,
  'case.blocked': ({ body }) => `${body.by} cannot go on${because(body.reason)}`,
  'case.resumed': ({ body }) => `${body.by} goes on${because(body.reason)}`,
  'case.escalated': ({ body }) => `${body.from} escalated it to ${body.to}${because(body.reason)}`,
  'case.alerted': ({ body }) => `Alert: ${body.what.replaceAll('-', ' ')}`,
  'case.resolved': ({ body }) => `${body.by} resolved it${because(body.summary)} (evidence ${list(body.evidence)})`,
  'case.verified': ({ body }) => `${body.by} verified the resolution: ${clip(body.checks.join('; '))}`,
  'case.rejected': ({ body }) => `${body.by} rejected the resolution${note(body.note ?? body.checks.join('; '))}`,
  'case.closed': ({ body }) => `${body.by} closed it, ${body.met ? 'in time' : 'late'}${note(body.learned)}`,
  'case.cancelled': ({ body }) => `${body.by} cancelled it${because(body.reason)}`,
  'case.reopened': ({ body }) => `${body.by} reopened it${because(body.reason)}`,
  'case.archived': () => 'It left memory; its records stay',
  'operation.archived': ({ body }) => `${body.operation} left memory; its records stay`,
  'case.feedback': ({ body }) => `The customer is ${body.satisfied ? 'satisfied' : 'not satisfied'}${note(body.text)}`,
  'task.delegated': ({ body }) =>
    `${body.from} gave ${body.to} the task ${body.task}: ${quote(body.packet.subproblem)}`,
  'task.completed': ({ body }) => `${body.by} ${body.declined ? 'declined' : 'finished'} the task ${body.task}`,

  'case.routed': ({ body }) => {
    const what = {
      assigned: `It goes to ${body.to}`,
      direct: `It goes to ${body.to} directly`,
      waiting: 'It waits for a seat',
      nobody: 'Nobody can do it',
    };
    return `${what[body.outcome]}${because(body.because)}`;
  },
  'case.transferred': ({ body }) => `${body.from} handed it on, ${body.reason.replaceAll('_', ' ')}${note(body.note)}`,
  'case.reminded': ({ body }) => `${body.to} was reminded to tell the customer where it stands`,
  'skill.missing': ({ body }) => `Nobody here can do this${because(list(body.missing))}`,
  'task.routed': ({ body }) => `The task ${body.task} goes to ${body.to}${because(body.because)}`,
  'task.released': ({ body }) => `The task ${body.task} begins: ${list(body.after)} are done`,
  'seat.lent': ({ body }) =>
    `${body.by} lent ${body.seat} to ${body.unit} until ${new Date(body.until).toISOString()}${because(body.reason)}`,
  'seat.returned': ({ body }) => `${body.seat} works no longer for ${body.unit}${because(body.reason)}`,
  'intake.throttled': ({ body }) => `${body.by} throttled intake${because(body.reason)}`,
  'intake.opened': ({ body }) => `${body.by} opened intake again${because(body.reason)}`,
  'surge.entered': ({ body }) => `A surge began: ${body.because}`,
  'surge.checked': ({ body }) => `The surge goes on: ${body.waiting} cases wait`,
  'surge.left': ({ body }) => `The surge is over; ${body.waiting} cases wait`,
  'load.balanced': ({ body }) => `${body.moved.length} cases were moved to even out load`,

  'message.sent': ({ body }) => `${body.from} to ${body.to} (${body.type.replaceAll('_', ' ')}): ${quote(body.text)}`,
  'message.refused': ({ body }) =>
    `${body.from} to ${body.to}: refused by the rule ${body.refused}${because(body.because)}`,
  'message.held': ({ body }) =>
    `${body.from} to ${body.to}: ${quote(body.text)} waits for ${body.decider}${because(body.because)}`,
  'message.decided': ({ body }) =>
    `${body.by} ${body.verdict === 'approve' ? 'let' : 'did not let'} ${body.message} through${because(body.reason)}`,
  'sender.blocked': ({ body }) =>
    `${body.seat} does not hear ${body.sender}${when(body.until).replace(' at ', ' until ')}${because(body.reason)}`,
  'sender.unblocked': ({ body }) => `${body.seat} hears ${body.sender} again${because(body.reason)}`,
  'customer.blocked': ({ body }) =>
    `${body.by} had requests of the customer refused${when(body.until).replace(' at ', ' until ')}${because(body.reason)}`,
  'customer.unblocked': ({ body }) => `${body.by} had requests of the customer taken again${because(body.reason)}`,
  'summary.made': ({ body }) => `${body.seat} was told of ${body.routine.total} routine messages of ${body.day}`,
  'exception.noticed': ({ body }) =>
    `Unusual: ${body.count} ${body.what} of ${body.seat} within an hour (${body.about})`,
  'message.done': ({ body, stream }) =>
    body.reason === undefined
      ? `${body.by} is done with ${body.message}${note(body.note)}`
      : `${body.message} was left unread by ${stream.slice('seat/'.length)}; done by the system, as its case is archived`,

  'operation.requested': ({ body }) =>
    `${body.seat} asked for ${body.capability}${body.cost > 0 ? ` moving ${formatMoney(body.cost)}` : ''} (${body.operation})${note(body.why)}`,
  'operation.repeated': ({ body }) => `${body.by} asked for ${body.operation} again and got the first one`,
  'operation.read': ({ body }) => `${list(Object.keys(body.reads))} read for ${body.operation}`,
  'operation.deferred': ({ body }) => `${body.operation} waits${because(body.reason)}`,
  'operation.resumed': ({ body }) => `${body.operation} goes on${because(body.reason)}`,
  'operation.decided': ({ body }) => {
    const why = body.reasons.filter((reason) => reason.verdict === body.verdict).map((reason) => reason.message);
    const verdict = {
      allow: 'allowed',
      ask: 'needs a decision',
      deny: 'refused',
      defer: 'put off',
      'record-only': 'only recorded',
    };
    return `${body.operation} (${body.capability}) ${verdict[body.verdict]}${because(why.join('; '))}`;
  },
  'operation.leased': ({ body }) => `${body.operation} began, attempt ${body.attempt}`,
  'operation.succeeded': ({ body }) => `${body.operation} (${body.capability}) was done`,
  'operation.verified': ({ body }) => `${body.operation} was verified by a fresh read (${list(body.checks)})`,
  'operation.verification_failed': ({ body }) =>
    `${body.operation} is not what was expected${because(body.failed.map((f) => f.message).join('; '))}`,
  'operation.failed': ({ body }) =>
    `${body.operation} failed (${body.category})${because(body.message)}${body.final ? '' : `; tried again${when(body.retryAt)}`}`,
  'operation.retried': ({ body }) => `${body.operation} is tried again`,
  'operation.lapsed': ({ body }) => `The outcome of ${body.operation} is unknown${because(body.reason)}`,
  'operation.reconciling': ({ body }) => `Looking whether ${body.operation} took effect`,
  'operation.reconciled': ({ body }) =>
    `${body.operation} ${body.landed ? 'took effect' : 'had no effect'}${note(body.note)}`,
  'operation.compensating': ({ body }) => `${body.operation} is undone by ${body.by}`,
  'operation.compensated': ({ body }) => `${body.operation} was undone by ${body.by}`,
  'operation.escalated': ({ body }) => `${body.operation} needs ${body.to}${because(body.reason)}`,

  'approval.requested': ({ body }) =>
    `${list(body.approvers)} must decide on ${body.approval}: ${clip(body.packet.recommendation)}`,
  'approval.decided': ({ body }) => {
    const verdict = { approve: 'approved', reject: 'rejected', revise: 'sent back for revision' }[body.verdict];
    return `${body.approval} was ${verdict} by ${body.by}${body.way ? ' by a link of a mail' : ''}${note(body.note)}`;
  },
  'approval.escalated': ({ body }) => `Nobody decided on ${body.approval}; ${list(body.approvers)} may decide now`,
  'approval.endorsed': ({ body }) =>
    `${body.by} agreed to ${body.approval}, ${body.have} of ${body.need}${note(body.note)}`,
  'grant.given': ({ body }) =>
    `${body.by} lets ${body.seat} do ${body.capability} ${body.uses} times${when(body.until).replace(' at ', ' until ')} (${body.grant})${because(body.reason)}`,
  'grant.revoked': ({ body }) => `${body.by} took ${body.grant} back${because(body.reason)}`,
  'deputy.named': ({ body }) =>
    `${body.to} decides for ${body.seat}${when(body.from).replace(' at ', ' from ')}${when(body.until).replace(' at ', ' until ')} (${body.deputy})${because(body.reason)}`,
  'deputy.withdrawn': ({ body }) => `${body.by} ended ${body.deputy}${because(body.reason)}`,
  'operation.overridden': ({ body }) =>
    `${body.by} overrode the refusal of ${body.operation} (${list(body.rules)}); ${body.again} does it${because(body.reason)}`,
  'violation.raised': ({ body }) =>
    `${body.seat} reached violation level ${body.level} (${body.points} refusals, the latest ${body.operation} by ${body.rule}): ${body.correction}`,
  'incident.opened': ({ body }) => `Incident ${body.incident}: ${clip(body.summary)} (${clip(body.done.join('; '))})`,
  'incident.closed': ({ body }) =>
    `${body.by} closed the incident ${body.incident}: ${clip(body.cause)}; prevented by ${clip(body.prevention)}`,
  'incident.recurred': ({ body }) =>
    `${body.incident} has the cause that was declared fixed after ${body.earlier}: level ${body.level}`,
  'seat.troubled': ({ body }) => `${body.seat} is ${body.trouble.replaceAll('_', ' ')}${because(body.why)}`,
  'seat.recovered': ({ body }) =>
    `${body.seat} is no longer ${body.trouble.replaceAll('_', ' ')}, after ${formatDuration(body.lasted)}`,
  'seat.intervened': ({ body }) =>
    `Intervention on ${body.seat} (${body.action}, rung ${body.rung}): ${clip(body.done)}${because(body.reason)}`,
  'oversight.woke': ({ body }) => `Nothing ran for ${formatDuration(body.asleep)}; nobody is blamed for that time`,
  'mode.degraded': ({ body }) =>
    `The ${body.mode} ${body.about} is down${because(body.why)}; meanwhile ${clip(body.effect)}`,
  'mode.restored': ({ body }) => `The ${body.mode} ${body.about} is back, after ${formatDuration(body.lasted)}`,
  'wakeup.raised': ({ body }) => `${body.to ?? 'Nobody'} is woken (${body.why})${because(body.text)}`,
  'wakeup.acknowledged': ({ body }) => `${body.by} has seen ${body.wakeup}${note(body.note)}`,
  'notice.raised': ({ body }) =>
    `${body.principal} at ${body.seat} is to hear of ${body.about} by mail at ${body.address} (${body.notice})`,
  'notice.withheld': ({ body }) => `${body.seat} hears of ${body.message} in the inbox alone${because(body.why)}`,
  'notice.sent': ({ body }) => `The mail ${body.notice} went to ${body.seat}`,
  'notice.dropped': ({ body }) => `The mail ${body.notice} to ${body.seat} was not sent${because(body.why)}`,
  'notice.answered': ({ body }) =>
    `${body.by} answered ${body.about} by ${body.way === 'link' ? 'the link of' : 'replying to'} ${body.notice}: ${body.action}`,
  'notice.ignored': ({ body }) => `A reply to ${body.notice} did not count${because(body.why)}`,
  'report.made': ({ body }) => `The report of the ${body.period} ${body.name} was made`,
  'switch.tripped': ({ body }) => `${body.by} stopped ${body.scope} ${body.id}${because(body.reason)}`,
  'switch.rearmed': ({ body }) => `${body.by} released ${body.scope} ${body.id}${because(body.reason)}`,

  'budget.funded': ({ body }) => `The budget ${body.budget} was funded for ${body.period}`,
  'budget.reserved': ({ body }) =>
    `${money(body.money)} reserved for ${body.operation ?? body.run ?? 'it'} (${body.reservation})`,
  'budget.settled': ({ body }) => `${money(body.money)} booked for ${body.what} (${body.reservation})`,
  'budget.spent': ({ body }) => `${body.what} booked on ${body.budget}`,
  'budget.released': ({ body }) => `${body.reservation} was given back`,
  'budget.alerted': ({ body }) =>
    body.what === 'spike'
      ? `The budget ${body.budget} spent ${body.percent} % of its daily average today`
      : `The budget ${body.budget} passed ${body.percent} % of its allocation for ${body.period}`,
  'economy.reviewed': ({ body }) =>
    `${body.by} looked at ${body.about}${body.money > 0 ? `, for ${money(body.money)}` : ''}`,

  'lane.entered': ({ body }) => `The lane ${body.lane} begins in the stage ${body.stage}`,
  'lane.shared': ({ body }) => `The traffic of ${body.lane} is shared out anew: ${shares(body.shares)}`,
  'lane.left': ({ body }) => `${body.lane} is no lane any more; it was in the stage ${body.stage}`,
  'lane.raised': ({ body }) =>
    `${body.by} raised ${laneOf(body)} from ${body.from} to ${body.to}${because(body.reason)}${body.unmet.length === 0 ? '' : `; not met: ${list(body.unmet)}`}`,
  'lane.lowered': ({ body }) =>
    `${laneOf(body)} fell from ${body.from} to ${body.to} (${body.by})${because(body.reason)}`,
  'lane.acted': ({ body }) => `${body.by} says ${body.capability} was done outside (${body.action})`,
  'lane.compared': ({ body }) => {
    const what = {
      agreed: 'are the same',
      differed: 'differ',
      'not-done': 'nobody did it',
      missed: 'nobody had proposed it',
    };
    const apart = Object.keys(body.fields).filter((field) => !body.fields[field]);
    return `${body.proposal ?? 'No proposal'} and ${body.action ?? 'no action'} (${body.capability}): ${what[body.outcome]}${because(apart.join(', '))}`;
  },
  'lane.selected': ({ body }) =>
    body.held === null
      ? `Traffic of ${body.lane} moved: ${list(body.lines.filter((l) => l.before !== l.after).map((l) => `${l.seat} ${l.before} → ${l.after} % (fitness ${l.fitness})`))}`
      : `Traffic of ${body.lane} stays${because(body.held)}`,
  'lane.proved': ({ body }) =>
    `${body.lane} against ${body.baseline}, ${body.sample} cases each: ${list(body.arms.flatMap((arm) => (arm.difference ? [`${arm.seat} ${arm.difference.verdict} (${arm.difference.value} points)`] : [])))}`,

  'run.started': ({ body }) => `${body.seat} took up ${body.message} (${body.run})`,
  'run.beat': ({ body }) => `${body.run} shows that it lives`,
  'run.resumed': ({ body }) => `${body.run} goes on`,
  'run.refused': ({ body }) => `Step ${body.step} of ${body.run} was refused${because(body.rejection.message)}`,
  'run.parked': ({ body }) => `${body.run} waits for ${body.operation}`,
  'run.woken': ({ body }) => `${body.run} can go on: ${body.operation} is settled`,
  'run.spent': ({ body }) => `${body.run} used ${list(used(body.money, body.tokens))} for ${clip(body.what)}`,
  'run.asked': ({ body }) => `${body.run} asked ${clip(body.what)} (step ${body.step})`,
  'run.answered': ({ body }) => `${clip(body.what)} answered ${body.run} (step ${body.step}, ${body.bytes} bytes)`,
  'run.finished': ({ body }) => `${body.seat} finished ${body.run}${because(body.report.outcome ?? ERASED)}`,
  'run.failed': ({ body }) => `${body.run} failed${because(body.message)}`,
  'run.retried': ({ body }) => `${body.run} is run again`,
  'run.stopped': ({ body }) => `${body.run} was stopped${because(body.message)}`,
  'run.withdrawn': ({ body }) => `${body.run} ended and its work waits again${because(body.reason)}`,
  'run.interrupted': ({ body }) => `${body.run} was interrupted${because(body.reason)}`,

  'purpose.amended': ({ body }) =>
    `${body.by} ${body.reverts === undefined ? 'changed' : `took back version ${body.reverts} of`} what ${body.unit} should achieve (${list(body.changes.map((each) => `${each.what} ${each.id}`))})${because(body.reason)}`,
  'purpose.checked': ({ body }) => {
    const off = body.standings.filter(({ status }) => status === 'behind' || status === 'missed');
    return `${body.standings.length} targets were checked; behind or missed: ${list(off.map(({ target }) => target))}`;
  },
  'purpose.reviewed': ({ body }) => `${body.to} was asked to review ${body.standings.length} targets (${body.name})`,
  'gap.opened': ({ body }) =>
    `The target ${body.target} has been ${GAP[body.why]}; ${body.owner} works on it (${body.case})`,
  'gap.escalated': ({ body }) => `The gap to ${body.target} stays open; it goes from ${body.from} to ${body.to}`,
  'gap.closed': ({ body }) => `The target ${body.target} ${body.why === 'met' ? 'is met again' : 'was withdrawn'}`,
  'proposal.made': ({ body }) =>
    `${body.about === undefined ? body.by : 'Reeve'} proposed ${quote(body.title)} for ${body.unit} (${body.proposal})`,
  'proposal.decided': ({ body }) =>
    `${body.by} ${VERDICT[body.verdict]} ${body.proposal}${body.option === null ? '' : ` (${body.option})`}${because(body.reason)}`,
  'proposal.compared': ({ body }) =>
    `What came of ${body.proposal}: ${list(body.outcomes.map(({ metric, share }) => `${metric} ${share === null ? 'unknown' : `${Math.round(100 * share)} % of what was expected`}`))}`,
  ...memorySentences({ clip, quote, because }),
};

const GAP = { widening: 'getting further away', staying: 'out of reach', missed: 'missed' } as const;
const VERDICT = { accept: 'accepted', reject: 'rejected', revise: 'sent back' } as const;
const shares = (list: readonly { seat: string; share: number }[]): string =>
  list.map(({ seat, share }) => `${seat} ${share} %`).join(', ') || 'nobody';
const laneOf = ({ lane, seat }: { lane: string; seat: string | null }): string =>
  seat === null ? `the lane ${lane}` : `${seat} in the lane ${lane}`;

const money = (micro: number): string => (micro === 0 ? 'Use' : formatMoney(micro));
const used = (micro: number, tokens: number): string[] => [
  ...(micro === 0 ? [] : [formatMoney(micro)]),
  ...(tokens === 0 ? [] : [`${tokens} tokens`]),
];

/** One record as a sentence; a kind this version does not know gets its name. */
export function sentence(record: KernelRecord): string {
  const say = SENTENCES[record.kind] as ((record: KernelRecord) => string) | undefined;
  return say ? say(record) : record.kind;
}
