/** What a run has before it, each piece with where it comes from. A pure function of the state. */
import { covers } from '../core/names.ts';
import type { State } from '../core/state.ts';
import type { Message } from '../inbox/state.ts';
import { standingOf } from '../memory/standing.ts';
import type { Belief } from '../memory/state.ts';
import type { Operation } from '../operations/state.ts';
import { isAbove, isHuman } from '../organisation/views.ts';
import { normalise, occurs, words } from './text.ts';

/**
 * - `instruction`: said by a human above the seat; `definition`: written in the organisation (charter, case registry fields);
 * - `trusted`: every value of it counts (a read of the organisation's own data);
 * - `registry`: whole values count, text inside them does not (a list of names somebody outside may choose);
 * - `untrusted`: content from outside.
 */
type Trust = 'instruction' | 'definition' | 'trusted' | 'registry' | 'untrusted';

/** One value of a source, with the record (e.g. one message of a list) and the field it stands in. */
export interface Leaf {
  readonly text: string;
  readonly plain: string;
  readonly record: string;
  readonly field: string;
}

export interface Source {
  /** `instruction`, `case`, `OP-3`, `M-4`, `T-2`. */
  readonly id: string;
  /** For people: "OP-3 (mail.read)". */
  readonly title: string;
  readonly trust: Trust;
  readonly leaves: readonly Leaf[];
  /** With what it only repeats from its arguments, which grounds nothing but may still be advice. */
  readonly all: readonly Leaf[];
  /** What its call said itself: the same in its result grounds nothing. */
  readonly said: readonly string[];
  /** Values by which it was asked for; how an instruction names it. */
  readonly selectors: readonly string[];
  /** The same by the name of the argument. */
  readonly asked: readonly { readonly argument: string; readonly plain: string }[];
  /** Words for what it holds ("inbox", "invoice"), from the name and title of its capability. */
  readonly nouns: ReadonlySet<string>;
}

/** Values looked at in one source, and sources looked at: what lies beyond counts as unknown, so it grounds nothing. */
const LIMITS = { leaves: 5000, sources: 200 } as const;
/** A shorter argument is no value that could be told from others. */
const ECHO = 3;

/** All texts and numbers in a JSON value, with record and field. */
export function leavesOf(value: unknown): Leaf[] {
  const found: Leaf[] = [];
  const walk = (part: unknown, record: string, field: string): void => {
    if (found.length >= LIMITS.leaves || part === null || part === undefined || typeof part === 'boolean') return;
    if (typeof part !== 'object') {
      const text = String(part);
      found.push({ text, plain: normalise(text), record, field });
      return;
    }
    if (Array.isArray(part)) {
      for (const [i, item] of part.entries())
        walk(item, typeof item === 'object' ? `${record}/${i}` : record, `${field}/*`);
      return;
    }
    for (const [name, item] of Object.entries(part)) walk(item, record, `${field}/${name}`);
  };
  walk(value, '', '');
  return found;
}

/** What a call says itself, except what the instruction said first. A tool may only say it back. */
const saidBy = (op: Operation, instruction: string): string[] =>
  leavesOf(op.args).flatMap(({ plain }) => (plain.length >= ECHO && !occurs(plain, instruction) ? [plain] : []));

/** Words to look for: what is found under them ("Lena", lena@…) is more than they are. */
const isQuery = (plain: string): boolean => /^[\p{L} ]+$/u.test(plain);

/** Without texts that repeat an address or a number of the call. Words looked for are left: there it is the value that counts. */
function withoutEcho(said: readonly string[], leaves: readonly Leaf[]): readonly Leaf[] {
  const odd = said.filter((plain) => !isQuery(plain));
  const kept = leaves.filter((leaf) => !odd.some((plain) => occurs(plain, leaf.plain)));
  return kept.length === leaves.length ? leaves : kept;
}

/** Results do not change once they are there: read once, however often they are looked at. */
const read = new WeakMap<object, Leaf[]>();
function leavesOfResult(op: Operation): Leaf[] {
  if (op.result === null) return [];
  const known = read.get(op.result) ?? leavesOf(op.result);
  read.set(op.result, known);
  return known;
}

export function trustOf(state: State, op: Operation): Trust {
  const capability = state.organisation.capabilities.get(op.capability);
  if (capability === undefined || taintOfRecalled(state, op).length > 0) return 'untrusted';
  return capability.taints ? (capability.registry ? 'registry' : 'untrusted') : 'trusted';
}

/** The last reading of each result: it changes only with the instruction it is read under, and with what is kept under its name. */
const readings = new WeakMap<object, { readonly under: string; readonly read: Source }>();

function ofResult(state: State, op: Operation, instruction: string): Source {
  const trust = trustOf(state, op);
  const known = op.result === null ? undefined : readings.get(op.result);
  if (known && known.under === instruction && known.read.id === op.id && known.read.trust === trust) return known.read;
  const all = leavesOfResult(op);
  const said = saidBy(op, instruction);
  const read: Source = {
    id: op.id,
    trust,
    title: `${op.id} (${op.capability})`,
    leaves: withoutEcho(said, all),
    said,
    all,
    ...selectedBy(op),
    nouns: nounsOf(state, op.capability),
  };
  if (op.result !== null) readings.set(op.result, { under: instruction, read });
  return read;
}

function selectedBy(op: Operation): Pick<Source, 'selectors' | 'asked'> {
  const by = Object.entries(op.args).flatMap(([argument, value]) =>
    leavesOf(value).map(({ plain }) => ({ argument, plain })),
  );
  return { selectors: by.map(({ plain }) => plain), asked: by };
}

const nouns = new WeakMap<object, ReadonlySet<string>>();
function nounsOf(state: State, id: string): ReadonlySet<string> {
  const capability = state.organisation.capabilities.get(id);
  if (!capability) return new Set();
  const known = nouns.get(capability) ?? words(`${id.replaceAll(/[._-]/g, ' ')} ${capability.title}`);
  nouns.set(capability, known);
  return known;
}

/** [PRV7] Labels kept with what was stored under the same name by the same tool. */
export function storedKey(state: State, op: Operation, as: 'stores' | 'recalls'): string | null {
  const field = state.organisation.capabilities.get(op.capability)?.[as];
  const name = field === undefined ? undefined : op.args[field];
  return typeof name === 'string' ? `${op.tool}|${normalise(name)}` : null;
}

export function taintOfRecalled(state: State, op: Operation): readonly string[] {
  const key = storedKey(state, op, 'recalls');
  return key === null ? [] : (state.operations.stored?.get(key) ?? []);
}

const text = (id: string, title: string, trust: Trust, value: unknown): Source => {
  const leaves = leavesOf(value);
  return { id, title, trust, leaves, all: leaves, said: [], selectors: [], asked: [], nouns: new Set() };
};

/** Operations whose results the run or, without one, the case has to show. */
export function resultsOf(state: State, at: Context): Operation[] {
  const seen = at.run === null ? [] : (state.runs.runs.get(at.run)?.saw ?? []);
  const c = at.case === null ? undefined : state.cases.cases.get(at.case);
  // From the newest back, and no further than it counts: a case may hold thousands.
  const latest = new Set<string>();
  for (let i = seen.length - 1; i >= 0 && latest.size < LIMITS.sources; i--) latest.add(seen[i]!);
  for (let i = (c?.evidence.length ?? 0) - 1; i >= 0 && latest.size < LIMITS.sources; i--) {
    const { ref } = c!.evidence[i]!;
    if (ref.startsWith('OP-')) latest.add(ref);
  }
  return [...latest].reverse().flatMap((id) => {
    const op = state.operations.operations.get(id);
    return op?.result ? [op] : [];
  });
}

/** Does this seat's human command that one: he sits above it? */
const commands = (state: State, from: string | undefined, seat: string): boolean =>
  from !== undefined && isHuman(state.organisation.seats.get(from)) && isAbove(state, from, seat);

function messageOf(state: State, run: string | null): Message | undefined {
  const known = run === null ? undefined : state.runs.runs.get(run);
  return known && state.inbox.messages.get(known.message);
}

/** [PRV1] What humans above the seat said: in the message of the run, and in the case when one of them opened it. */
export function instructionOf(state: State, at: Context): string | null {
  const message = messageOf(state, at.run);
  const c = at.case === null ? undefined : state.cases.cases.get(at.case);
  const said = message && commands(state, message.from, at.seat) && !message.taint ? [message.text] : [];
  const opened = c && commands(state, c.by, at.seat) ? [c.subject, c.text] : [];
  const all = [...opened, ...said].filter((part) => part !== '');
  return all.length === 0 ? null : all.join('\n');
}

function ofMessage(state: State, at: Context): Source[] {
  const message = messageOf(state, at.run);
  if (!message) return [];
  const task = typeof message.data.task === 'string' ? state.cases.tasks.get(message.data.task) : undefined;
  // What the kernel writes about a case quotes the case.
  const about = message.case === null ? undefined : state.cases.cases.get(message.case);
  const trust = message.taint || task?.taint || about?.taint ? 'untrusted' : 'definition';
  return [
    text(message.id, `${message.id} from "${message.from}"`, trust, [message.text, message.data]),
    ...(task ? [text(task.id, `task ${task.id}`, trust, [task.packet, task.report])] : []),
  ];
}

function ofCase(state: State, at: Context): Source[] {
  const c = at.case === null ? undefined : state.cases.cases.get(at.case);
  if (!c) return [];
  const said = [c.subject, c.text, c.name, c.data, c.notes.map((n) => n.text)];
  return [
    // Who a case is about is set by the channel that opened it, not by what the text says.
    text('case', `the customer of ${c.id}`, 'definition', [c.customer, c.id]),
    text(`${c.id}/text`, `the text of ${c.id}`, c.taint ? 'untrusted' : 'definition', said),
  ];
}

function ofDefinition(state: State, seat: string, capability: string): Source {
  const charter = state.organisation.seats.get(seat)?.charter;
  const conditions = charter?.rights.filter((r) => covers(r.capability, capability)).map((r) => r.when ?? '') ?? [];
  return text('charter', `the charter of "${seat}"`, 'definition', [charter?.purpose ?? '', conditions]);
}

/** [MEM4] What the run was shown of its desk's memory, with the standing it has now. */
function ofMemory(state: State, run: string | null): Source[] {
  const shown = run === null ? undefined : state.runs.runs.get(run)?.beliefs;
  if (shown === undefined) return [];
  return shown.slice(-LIMITS.sources).flatMap((id) => {
    const b = state.memory.beliefs.get(id);
    if (!b) return [];
    const standing = standingOf(b);
    // In one piece: whole fields of records from outside may steer, what nobody confirmed may not.
    const said = TRUST_OF[standing] === 'untrusted' ? `${b.statement} (${b.value ?? ''})` : saidFor(b);
    return [text(id, `belief ${id} (${standing})`, TRUST_OF[standing], said)];
  });
}

const TRUST_OF = {
  confirmed: 'definition',
  held: 'registry',
  unconfirmed: 'untrusted',
  contested: 'untrusted',
} as const;

/** A second source stands behind the value alone; a person behind all of it. */
const saidFor = (b: Belief): unknown => (b.confirmed?.how === 'second-source' ? [b.value] : [b.statement, b.value]);

export interface Context {
  readonly seat: string;
  readonly run: string | null;
  readonly case: string | null;
  readonly capability: string;
}

/** Everything the seat has before it, in the order in which it came. */
export function sourcesOf(state: State, at: Context): Source[] {
  const instruction = instructionOf(state, at);
  return [
    ...(instruction === null ? [] : [text('instruction', 'the instruction', 'instruction', [instruction])]),
    ofDefinition(state, at.seat, at.capability),
    ...ofMessage(state, at),
    ...ofCase(state, at),
    ...ofMemory(state, at.run),
    ...resultsOf(state, at).map((op) => ofResult(state, op, normalise(instruction ?? ''))),
  ];
}
