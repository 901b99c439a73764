/**
 * What an operation rests on, worked out when it is asked for and written down with it: the gate only reads it, at admission and again
 * at the lease, so that what a human was shown is what is decided.
 */
import type { State } from '../core/state.ts';
import type { CapabilityDef } from '../operations/definition.ts';
import { isHuman } from '../organisation/views.ts';
import { asking, onlyLooks, type Request } from './asked.ts';
import type { Finding, Ground, Provenance } from './definition.ts';
import { groundOf, originOf } from './grounding.ts';
import { type Clause, type Intent, intentOf } from './intent.ts';
import { leaked, opaque } from './leaks.ts';
import { depths, meantIn, placed } from './named.ts';
import { type Offer, typesIn } from './objects.ts';
import { conveys, copiedFrom, derived, several, spokenOf, steering } from './said.ts';
import { type Context, instructionOf, leavesOf, resultsOf, type Source, sourcesOf } from './sources.ts';
import { hasHidden, mixesAlphabets, references, shapeOf, words } from './text.ts';
import type { Answer } from './value.ts';

export interface Asked {
  readonly capability: string;
  readonly args: Record<string, unknown>;
  readonly from?: Record<string, string[]> | undefined;
}

interface Case {
  readonly state: State;
  readonly at: Context;
  readonly asked: Asked;
  readonly capability: CapabilityDef;
  readonly taint: readonly string[];
  /** Read when first asked for: most requests have nothing that must be grounded. */
  readonly sources: readonly Source[];
  /** Null where the charter bounds the run. */
  readonly intent: Intent | null;
  readonly asking: readonly Clause[];
  /** The instruction leaves it to a text what is to be done: then only what, never to whom. */
  readonly handedOver: boolean;
}

const acts = (capability: CapabilityDef): boolean => capability.effect !== 'read' || capability.sensitive.length > 0;

/** Untrusted sources a seat has seen: in its run, and on the case it acts for. */
function taintOf(state: State, run: string | null, caseId: string | null): readonly string[] {
  const ofRun = run === null ? [] : (state.runs.runs.get(run)?.taint ?? []);
  const ofCase = caseId === null ? [] : (state.cases.cases.get(caseId)?.taint ?? []);
  return [...new Set([...ofRun, ...ofCase])];
}

/** Words of all names and titles of capabilities: "Slack" in "invite her to Slack" names the tool, not somebody. */
const vocabularies = new WeakMap<object, ReadonlySet<string>>();
function vocabularyOf(state: State): ReadonlySet<string> {
  const { capabilities } = state.organisation;
  const known = vocabularies.get(capabilities);
  if (known) return known;
  const made = words([...capabilities.values()].map((c) => `${c.id.replaceAll(/[._-]/g, ' ')} ${c.title}`).join(' '));
  vocabularies.set(capabilities, made);
  return made;
}

const CHARTER: readonly Ground[] = ['instruction', 'definition', 'trusted', 'contract'];
const INSTRUCTION: readonly Ground[] = [...CHARTER, 'record', 'named'];

/** What may ground an argument. Numbers are worked out, so they need only not be an outsider's. */
function allowedFor(k: Case, argument: string, value: unknown): readonly Ground[] {
  const declared = k.capability.groundedBy?.[argument];
  const normal = k.intent ? INSTRUCTION : CHARTER;
  const wide = declared ?? (typeof value === 'number' ? [...normal, 'own' as const] : normal);
  return k.handedOver ? wide.filter((g) => g !== 'record' && g !== 'named') : wide;
}

/** [PRV4] A pre-condition of the contract compares the argument with what is read of the organisation's own data. */
function tiedByContract(k: Case, argument: string): boolean {
  const contract = k.state.organisation.contracts.get(k.capability.id);
  const reads = Object.values(contract?.reads ?? {}).map((read) =>
    k.state.organisation.capabilities.get(read.capability),
  );
  if (!contract || reads.some((read) => read === undefined || read.taints)) return false;
  const names = new RegExp(`\\bargs\\.${argument}\\b`);
  return contract.pre.some((pre) => names.test(pre.that) && /\breads\./.test(pre.that));
}

function answerFor(k: Case, argument: string, value: unknown, text: string): Answer | null {
  const allowed = allowedFor(k, argument, value);
  if (allowed.includes('contract') && tiedByContract(k, argument))
    return { ground: 'contract', source: `the contract of ${k.capability.id}` };
  return groundOf({
    value: text,
    argument,
    allowed,
    required: k.capability.args[argument]?.optional !== true,
    sources: k.sources,
    claimed: k.asked.from?.[argument],
    intent: k.intent,
    asking: k.asking,
    vocabulary: vocabularyOf(k.state),
  });
}

const quote = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);

function ungrounded(k: Case, argument: string, text: string): Finding {
  const origin = originOf(text, k.sources);
  const why =
    origin === null ? 'stands in nothing that may steer an action' : `comes from ${origin}, which was written outside`;
  return {
    rule: `PRV3/${argument}`,
    verdict: 'ask',
    message: `${argument} ${quote(text)} of ${k.capability.id} ${why}`,
    instead: 'take it from the instruction or from data of the organisation',
  };
}

/** [PRV8] What a human reads must be what a tool gets. */
function unreadable(argument: string, text: string): Finding[] {
  if (hasHidden(text))
    return [
      {
        rule: `PRV8/${argument}`,
        verdict: 'deny',
        message: `${argument} ${quote(text)} holds characters nobody can see`,
      },
    ];
  if (!mixesAlphabets(text)) return [];
  return [
    { rule: `PRV8/${argument}`, verdict: 'ask', message: `${argument} ${quote(text)} mixes letters of two alphabets` },
  ];
}

const MICRO = 1_000_000;

/** Money is held in micro-units; texts give it in whole ones. */
function asWritten(k: Case, argument: string): unknown {
  const value = k.asked.args[argument];
  return k.capability.args[argument]?.type === 'money' && typeof value === 'number' ? value / MICRO : value;
}

/** [PRV3] Every sensitive argument is readable and, once something from outside was seen, grounded. */
function sensitive(k: Case, grounds: Record<string, string>): Finding[] {
  return k.capability.sensitive.flatMap((argument) => {
    const value = asWritten(k, argument);
    return leavesOf(value).flatMap(({ text }) => {
      const odd = unreadable(argument, text);
      if (odd.length > 0 || k.taint.length === 0) return odd;
      const answer = answerFor(k, argument, value, text);
      if (answer === null) return [ungrounded(k, argument, text)];
      grounds[argument] = `${answer.ground}: ${answer.source}`;
      return [];
    });
  });
}

/** Arguments of an action that do not steer it: what is said, how much. Null where no instruction bounds the run. */
function content({ capability, asked, intent, taint }: Case): [string, unknown][] | null {
  if (!intent || taint.length === 0 || capability.effect === 'read') return null;
  return Object.entries(asked.args).filter(([name]) => !capability.sensitive.includes(name));
}
/** The same of an action on others; what is only kept for oneself may be in anybody's words. */
const toOthers = (k: Case): [string, unknown][] | null => (k.capability.sensitive.length === 0 ? null : content(k));

/** [PRV5] What is said or kept carries no address that only an outsider gave. */
function carried(k: Case): Finding[] {
  return (content(k) ?? []).flatMap(([argument, value]) =>
    leavesOf(value).flatMap(({ text }) =>
      references(text).flatMap((address) => {
        const allowed = ['instruction', 'definition', 'trusted', 'record'] as const;
        const question = { value: address, argument, required: false, allowed, sources: k.sources, intent: k.intent };
        const more = { claimed: k.asked.from?.[argument], asking: k.asking, vocabulary: vocabularyOf(k.state) };
        return groundOf({ ...question, ...more }) === null
          ? [{ ...ungrounded(k, argument, address), rule: `PRV5/${argument}` }]
          : [];
      }),
    ),
  );
}

/** [PRV10] [PRV11] What is said, and how much, follows from what the run may use. */
function follows(k: Case): Finding[] {
  const args = toOthers(k);
  if (!args || args.length === 0) return [];
  const spoken = spokenOf(k.intent!, k.sources);
  const allowed: ReadonlySet<Source> = conveys(k.intent!, k.asking) ? spoken : new Set();
  return args.flatMap(([argument]): Finding[] => {
    const value = asWritten(k, argument);
    if (typeof value === 'number')
      return derived({ value, argument }, k.sources, spoken, k.intent!) ? [] : [unexplained(k, argument, value)];
    return leavesOf(value).flatMap(({ text }) => {
      const source = copiedFrom(text, k.sources, allowed);
      return source ? [repeats(k, argument, source)] : [];
    });
  });
}

const repeats = (k: Case, argument: string, source: Source): Finding => ({
  rule: `PRV10/${argument}`,
  verdict: 'ask',
  message: `${argument} of ${k.capability.id} repeats words of ${source.title}, which was written outside; the instruction does not ask for that text`,
  instead: 'say it in the words of the instruction',
});

const unexplained = (k: Case, argument: string, value: number): Finding => ({
  rule: `PRV11/${argument}`,
  verdict: 'ask',
  message: `${argument} ${value} of ${k.capability.id} follows from no number of the instruction, of the organisation's data or of the records that were read`,
  instead: 'use a number of the instruction or of a record',
});

/** [PRV12] The same thing is not done to the same target again, with other words, unless the instruction speaks of several. */
function again(k: Case): Finding[] {
  const args = toOthers(k);
  if (!args || args.length === 0 || k.at.run === null || several(k.asking)) return [];
  const key = steering(k.asked.args, k.capability.sensitive);
  const before = (k.state.runs.runs.get(k.at.run)?.sent ?? []).filter((id) => {
    const op = k.state.operations.operations.get(id);
    return (
      op?.capability === k.capability.id && op.status !== 'denied' && steering(op.args, k.capability.sensitive) === key
    );
  });
  if (before.length < Math.max(1, k.asking.length)) return [];
  const message = `${before.at(-1)} did ${k.capability.id} to the same target already, and the instruction asks for it once`;
  return [{ rule: 'PRV12', verdict: 'ask', message, instead: 'report that it is done' }];
}

/** [PRV2] Once something from outside was seen, only what the instruction asked for may follow without asking. */
function intended(k: Case): Finding[] {
  if (!k.intent || k.taint.length === 0 || k.asking.length > 0 || k.handedOver || onlyLooks(k.capability)) return [];
  return [
    {
      rule: 'PRV2',
      verdict: 'ask',
      message: `nothing in the instruction asks for ${k.capability.id}, and ${k.taint.at(-1)} was read before it`,
      instead: 'do what was asked, and report what else was found',
    },
  ];
}

/** Does a text the instruction hands over to ask for this? Of a list ("in her mail") only the record that is meant counts. */
function handedOver(intent: Intent, sources: readonly Source[], request: Request): boolean {
  const outside = sources.filter((s) => s.trust === 'untrusted');
  const named = [...depths(intent, outside)].filter(([, depth]) => depth === 1).map(([source]) => source);
  const whole = named.flatMap((s) => s.leaves);
  const parts = meantIn(
    outside.filter((s) => intent.clauses.some((clause) => placed(clause, s))),
    intent.clauses,
  ).flatMap(({ source, record }) => source.leaves.filter((leaf) => leaf.record === record));
  const text = [...whole, ...parts].map((leaf) => leaf.text).join('\n');
  return asking(intentOf(text), request).length > 0;
}

/** Does any capability read what belongs to a circle? Most organisations have none, and nothing to look for. */
const secretive = new WeakMap<object, boolean>();
function hasCircles(state: State): boolean {
  const { capabilities } = state.organisation;
  const known = secretive.get(capabilities) ?? [...capabilities.values()].some((c) => c.confidential !== undefined);
  secretive.set(capabilities, known);
  return known;
}

/** Values of results that belong to a circle those who get this are not in. */
function kept(k: Case): { circle: string; values: string[] } | null {
  if (!hasCircles(k.state)) return null;
  const mine = new Set(k.capability.audience ?? []);
  const closed = resultsOf(k.state, k.at).flatMap((op) => {
    const circle = k.state.organisation.capabilities.get(op.capability)?.confidential;
    return circle === undefined || mine.has(circle) ? [] : [{ circle, op }];
  });
  const [first] = closed;
  if (!first) return null;
  const own = new Set(k.capability.sensitive.flatMap((name) => leavesOf(k.asked.args[name]).map((leaf) => leaf.plain)));
  const values = closed
    .flatMap(({ op }) => leavesOf(op.result))
    // A recipient's own address is no secret from him.
    .filter((leaf) => !(own.has(leaf.plain) && shapeOf(leaf.text) !== 'word'))
    .filter((leaf) => k.intent === null || !k.intent.plain.includes(leaf.plain));
  return { circle: first.circle, values: values.map((leaf) => leaf.text) };
}

const textsOf = (args: Record<string, unknown>): string[] => leavesOf(args).map((leaf) => leaf.text);

/** [PRV6] What belongs to a circle does not leave it, in whatever wrapping; and not at all once an outsider may have asked for it. */
function leaks(k: Case): Finding[] {
  const closed = kept(k);
  if (!closed) return [];
  const sent = (k.at.run === null ? [] : (k.state.runs.runs.get(k.at.run)?.sent ?? [])).flatMap((id) => {
    const op = k.state.operations.operations.get(id);
    return op && op.status !== 'denied' ? textsOf(op.args) : [];
  });
  const rule = 'PRV6';
  if (leaked([...sent, ...textsOf(k.asked.args)], closed.values) !== null)
    return [
      {
        rule,
        verdict: 'deny',
        message: `${k.capability.id} would carry data of "${closed.circle}" to others`,
        instead: 'leave it out',
      },
    ];
  const blob = opaque([...sent, ...textsOf(k.asked.args)]);
  if (k.taint.length === 0 && blob === null) return [];
  const message =
    blob === null
      ? `data of "${closed.circle}" and ${k.taint.at(-1)} were both read; what ${k.capability.id} says may be either's`
      : `data of "${closed.circle}" was read, and ${k.capability.id} carries ${quote(blob)}, which nobody can read`;
  return [{ rule, verdict: 'ask', message, instead: 'do this in a run that has not read the confidential data' }];
}

/** Capabilities that do something: what an instruction may mean. */
const acting = new WeakMap<object, readonly Offer[]>();
function offersOf(state: State): readonly Offer[] {
  const { capabilities } = state.organisation;
  const known = acting.get(capabilities) ?? [...capabilities.values()].filter((c) => c.effect !== 'read');
  acting.set(capabilities, known);
  return known;
}

function requestOf(state: State, asked: Asked, capability: CapabilityDef, sources: () => readonly Source[]): Request {
  return {
    capability,
    offers: offersOf(state),
    targets: capability.sensitive.flatMap((name) => leavesOf(asked.args[name]).map((leaf) => leaf.plain)),
    types: (plain) => {
      const own = sources().filter((s) => s.trust === 'trusted' || s.trust === 'registry');
      return new Set(own.flatMap((s) => [...typesIn(plain, s.leaves)]));
    },
  };
}

function caseOf(state: State, at: Context, asked: Asked, capability: CapabilityDef): Case {
  const taint = taintOf(state, at.run, at.case);
  let read: readonly Source[] | null = null;
  const sources = (): readonly Source[] => {
    read ??= taint.length === 0 ? [] : sourcesOf(state, at);
    return read;
  };
  const follows = state.organisation.seats.get(at.seat)?.charter.follows ?? 'charter';
  const intent = follows === 'instruction' ? intentOf(instructionOf(state, at) ?? '') : null;
  const request = requestOf(state, asked, capability, sources);
  const clauses = intent && taint.length > 0 ? asking(intent, request) : [];
  const open = intent !== null && taint.length > 0 && clauses.length === 0;
  const handed = open && intent.handsOver && handedOver(intent, sources(), request);
  return {
    ...{ state, at, asked, capability, taint, intent, asking: clauses, handedOver: handed },
    get sources() {
      return sources();
    },
  };
}

/** What the gate is told about a request; undefined when there is nothing to tell: a human's own act, or a plain read. */
export function provenanceOf(state: State, at: Context, asked: Asked): Provenance | undefined {
  const capability = state.organisation.capabilities.get(at.capability);
  if (!capability || !acts(capability) || isHuman(state.organisation.seats.get(at.seat))) return undefined;
  const k = caseOf(state, at, asked, capability);
  const grounds: Record<string, string> = {};
  const findings = [...intended(k), ...sensitive(k, grounds), ...carried(k), ...follows(k), ...again(k), ...leaks(k)];
  if (findings.length === 0 && k.taint.length === 0) return undefined;
  return { taint: k.taint, grounds, findings };
}
