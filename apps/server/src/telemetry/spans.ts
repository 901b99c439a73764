/**
 * Spans out of the ledger: case → run → operation → effect. The one place that says how records become traces, GenAI
 * attributes included. Ids follow from the ids on the ledger, so that every process gives the same thing the same span.
 */
import { createHash } from 'node:crypto';
import type { KernelRecord, PriceUse, RecordOf } from '@reeve/kernel';

export type Attributes = Readonly<Record<string, string | number | boolean>>;

export interface SpanPlace {
  /** 32 hexadecimal digits. */
  readonly trace: string;
  /** 16 hexadecimal digits. */
  readonly span: string;
}

export interface Span extends SpanPlace {
  readonly parent: string | null;
  readonly name: string;
  /** `client` calls something outside. */
  readonly kind: 'internal' | 'client';
  /** Milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  readonly attributes: Attributes;
  readonly events: readonly { readonly name: string; readonly at: number; readonly attributes: Attributes }[];
  readonly links: readonly SpanPlace[];
  /** What went wrong, as a word; null when nothing did. */
  readonly error: string | null;
}

interface OpenSpan extends SpanPlace {
  readonly parent: string | null;
  readonly name: string;
  readonly kind: Span['kind'];
  readonly start: number;
  readonly attributes: Record<string, string | number | boolean>;
  readonly events: { name: string; at: number; attributes: Attributes }[];
  readonly links: SpanPlace[];
}

/** Things that are open at once, and records that are remembered as causes; the oldest are forgotten. */
const LIMITS = { open: 20_000, causes: 5_000, events: 64 } as const;

const ids = new Map<string, string>();
/** The beginning of a digest; the latest are kept, since each is asked for several times. */
function idOf(text: string, length: number): string {
  const key = `${length}/${text}`;
  const known = ids.get(key);
  if (known !== undefined) return known;
  const id = createHash('sha256').update(text).digest('hex').slice(0, length);
  if (ids.size >= LIMITS.causes) ids.clear();
  ids.set(key, id);
  return id;
}

/** Words that end a run or an operation, and whether that is an error. */
const ENDS: Readonly<Record<string, string | null>> = {
  'case.closed': null,
  'case.cancelled': null,
  'run.finished': null,
  'run.stopped': 'stopped',
  'operation.verified': null,
  'operation.compensated': 'compensated',
  'operation.escalated': 'escalated',
};

const UNITS: Readonly<Record<string, string>> = {
  'input-tokens': 'gen_ai.usage.input_tokens',
  'output-tokens': 'gen_ai.usage.output_tokens',
  'cached-tokens': 'gen_ai.usage.cache_read.input_tokens',
};

/** What a model was and used, in the words of the GenAI conventions; empty when no model was used. */
export function genAi(prices: readonly PriceUse[]): Attributes {
  const tokens = prices.filter(({ unit }) => unit in UNITS);
  if (tokens.length === 0) return {};
  return {
    'gen_ai.operation.name': 'chat',
    'gen_ai.request.model': tokens[0]!.of,
    ...Object.fromEntries(tokens.map(({ unit, quantity }) => [UNITS[unit]!, quantity])),
  };
}

export class SpanMapper {
  readonly #org: string;
  readonly #sink: (span: Span) => void;
  readonly #open = new Map<string, OpenSpan>();
  readonly #causes = new Map<number, SpanPlace>();
  readonly #reopened = new Map<string, number>();

  constructor(org: string, sink: (span: Span) => void) {
    this.#org = org;
    this.#sink = sink;
  }

  /** [OBS20] One durable record, in order. */
  see(record: KernelRecord): void {
    const place = this.#seen(record);
    if (place === null) return;
    this.#causes.set(record.seq, { trace: place.trace, span: place.span });
    if (this.#causes.size > LIMITS.causes) this.#causes.delete(this.#causes.keys().next().value!);
  }

  /** Where the record belongs; null when it belongs to no span. */
  #seen(record: KernelRecord): SpanPlace | null {
    const [subject] = record.kind.split('.');
    if (subject === 'case') return this.#case(record as RecordOf<'case.opened'>);
    if (subject === 'run') return this.#run(record as RecordOf<'run.started'>);
    if (subject === 'operation') return this.#operation(record as RecordOf<'operation.requested'>);
    if (record.kind === 'approval.requested' || record.kind === 'approval.decided') return this.#approval(record);
    return null;
  }

  #case(record: RecordOf<'case.opened'>): SpanPlace | null {
    const id = record.body.case;
    const kind: string = record.kind;
    if (kind === 'case.opened' || kind === 'case.reopened') {
      const times = kind === 'case.opened' ? 1 : (this.#reopened.get(id) ?? 1) + 1;
      if (times > 1) this.#reopened.set(id, times);
      const key = times === 1 ? `case/${id}` : `case/${id}/${times}`;
      const parent = times === 1 ? null : this.#placeOf(`case/${id}`, id).span;
      return this.#begin(key, record, { trace: id, parent, name: 'case', attributes: { 'reeve.case': id } });
    }
    const times = this.#reopened.get(id) ?? 1;
    return this.#go(times === 1 ? `case/${id}` : `case/${id}/${times}`, record);
  }

  #run(record: RecordOf<'run.started'>): SpanPlace | null {
    const id = record.body.run;
    const key = `run/${id}`;
    if (record.kind === 'run.started') {
      const { seat, case: about } = record.body;
      const attributes = {
        'reeve.run': id,
        'reeve.seat': seat,
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.name': seat,
      };
      const parent = about === null ? null : this.#placeOf(`case/${about}`, about).span;
      return this.#begin(key, record, { trace: about ?? id, parent, name: `invoke_agent ${seat}`, attributes });
    }
    return this.#go(key, record);
  }

  #operation(record: RecordOf<'operation.requested'>): SpanPlace | null {
    const key = `operation/${record.body.operation}`;
    if (record.kind === 'operation.requested') return this.#requested(key, record);
    this.#effect(key, record as unknown as RecordOf<'operation.leased'>);
    return this.#go(key, record);
  }

  #requested(key: string, record: RecordOf<'operation.requested'>): SpanPlace {
    const { operation, capability, tool, effect, seat, run, case: about, compensates } = record.body;
    const attributes = {
      'reeve.operation': operation,
      'reeve.capability': capability,
      'reeve.tool': tool,
      'reeve.effect': effect,
      'reeve.seat': seat,
    };
    const trace = about ?? run ?? operation;
    const above = run !== null ? `run/${run}` : about === null ? null : `case/${about}`;
    const parent = above === null ? null : this.#placeOf(above, trace).span;
    const opened = this.#begin(key, record, { trace, parent, name: `operation ${capability}`, attributes });
    // [OBS21] What it undoes is a cause, not a parent.
    const undone = compensates === null ? undefined : this.#placeOf(`operation/${compensates}`, trace);
    if (undone) this.#open.get(key)?.links.push(undone);
    return opened;
  }

  /** A lease begins a call of a tool; the outcome ends it. */
  #effect(operation: string, record: RecordOf<'operation.leased'>): void {
    const above = this.#open.get(operation);
    if (!above) return;
    const key = `${operation}/effect`;
    const kind: string = record.kind;
    if (kind === 'operation.leased') {
      const { attempt, operation: id } = record.body;
      const tool = String(above.attributes['reeve.tool']);
      const name = `execute_tool ${above.attributes['reeve.capability']}`;
      const attributes = {
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': String(above.attributes['reeve.capability']),
        'reeve.tool': tool,
        'reeve.operation': id,
        'reeve.attempt': attempt,
      };
      const span = idOf(`${this.#org}/${key}/${attempt}`, 16);
      this.#keep(key, {
        ...fresh(record.at),
        trace: above.trace,
        span,
        parent: above.span,
        name,
        kind: 'client',
        attributes,
      });
    } else if (kind === 'operation.succeeded') this.#end(key, record.at, null);
    else if (kind === 'operation.failed')
      this.#end(key, record.at, (record.body as unknown as { category: string }).category);
    else if (kind === 'operation.lapsed') this.#end(key, record.at, 'unknown');
  }

  #approval(record: RecordOf<'approval.requested'> | RecordOf<'approval.decided'>): SpanPlace | null {
    const span = this.#open.get(`operation/${record.body.operation}`);
    if (!span) return null;
    const attributes = { 'reeve.approval': record.body.approval };
    happened(
      span,
      record,
      record.kind === 'approval.decided' ? { ...attributes, 'reeve.verdict': record.body.verdict } : attributes,
    );
    return span;
  }

  /** Something happened within a span, or it ends. */
  #go(key: string, record: KernelRecord): SpanPlace | null {
    const span = this.#open.get(key);
    if (!span) return null;
    happened(span, record, detailOf(record));
    if (record.kind === 'run.spent')
      Object.assign(span.attributes, summed(span.attributes, genAi(record.body.prices ?? [])));
    const error = endOf(record);
    if (error !== undefined) this.#end(key, record.at, error);
    return span;
  }

  #begin(
    key: string,
    record: KernelRecord,
    about: { trace: string; parent: string | null; name: string; attributes: Record<string, string | number> },
  ): SpanPlace {
    const place = this.#placeOf(key, about.trace);
    const { parent, name } = about;
    const attributes = { 'reeve.organisation': this.#org, ...about.attributes, 'reeve.seq': record.seq };
    const cause = 'seq' in record.causation ? this.#causes.get(record.causation.seq) : undefined;
    // [OBS21] The record whose reaction this is, unless it is in the span above.
    const links = cause && cause.span !== parent ? [cause] : [];
    this.#keep(key, { ...fresh(record.at), ...place, parent, name, kind: 'internal', attributes, links });
    return place;
  }

  #placeOf(key: string, trace: string): SpanPlace {
    return { trace: idOf(`${this.#org}/${trace}`, 32), span: idOf(`${this.#org}/${key}`, 16) };
  }

  #keep(key: string, span: OpenSpan): void {
    this.#open.set(key, span);
    if (this.#open.size > LIMITS.open) this.#open.delete(this.#open.keys().next().value!);
  }

  #end(key: string, end: number, error: string | null): void {
    const span = this.#open.get(key);
    if (!span) return;
    this.#open.delete(key);
    this.#sink({ ...span, end, error });
  }
}

const fresh = (start: number): Pick<OpenSpan, 'start' | 'events' | 'links'> => ({ start, events: [], links: [] });

function happened(span: OpenSpan, { kind, at, seq }: KernelRecord, attributes: Attributes): void {
  if (span.events.length < LIMITS.events)
    span.events.push({ name: kind, at, attributes: { 'reeve.seq': seq, ...attributes } });
}

/** Words of fixed vocabularies and names of the definition; never what somebody wrote. [OBS22] */
function detailOf(record: KernelRecord): Attributes {
  if (record.kind === 'operation.decided') return { 'reeve.verdict': record.body.verdict };
  if (record.kind === 'operation.failed')
    return { 'reeve.category': record.body.category, 'reeve.tactic': record.body.tactic };
  if (record.kind === 'run.stopped') return { 'reeve.reason': record.body.reason };
  if (record.kind === 'run.spent') return genAi(record.body.prices ?? []);
  return {};
}

/** What ends the span it happens in: null without an error; undefined when it goes on. */
function endOf(record: KernelRecord): string | null | undefined {
  if (record.kind === 'operation.decided')
    return record.body.verdict === 'deny' ? 'denied' : record.body.verdict === 'record-only' ? null : undefined;
  if (record.kind === 'operation.succeeded') return record.body.final ? null : undefined;
  if (record.kind === 'operation.failed') return record.body.final ? record.body.category : undefined;
  if (record.kind === 'run.failed') return record.body.retryAt === null ? 'failed' : undefined;
  return ENDS[record.kind];
}

/** Tokens of several calls of one run add up; the model is the latest. */
function summed(before: Attributes, added: Attributes): Attributes {
  const { 'gen_ai.operation.name': _, ...rest } = added;
  return Object.fromEntries(
    Object.entries(rest).map(([name, value]) => {
      const old = before[name];
      return [name, typeof value === 'number' && typeof old === 'number' ? value + old : value];
    }),
  );
}
