/**
 * Asking a model until there is a reply: the same one again when that may help, then the next one [WRK14]. Only what failed
 * is asked again, so nothing here is paid twice.
 */
import type { ModelDef, PriceUnit } from '@reeve/kernel';
import { type Obtained, WorkFailure } from '../port.ts';
import { type ReplyCache, requestDigest } from './cache.ts';
import type { Conversation } from './conversation.ts';
import { FAULTS, ModelError, type ModelPort, type ModelReply, type ModelTool, type ModelUsage } from './port.ts';

/** A model that can be asked. */
export interface Offered {
  readonly def: ModelDef;
  readonly port: ModelPort;
  /** Does the price table have a line of its own for tokens from the provider's cache? */
  readonly pricesCached: boolean;
}

/** A reply and the id of the model that gave it. */
export interface Answered {
  readonly model: string;
  readonly reply: ModelReply;
}

export interface Question {
  readonly conversation: Conversation;
  readonly tools: readonly ModelTool[];
  /** The same for a repeat of this question. */
  readonly key: string;
  readonly signal: AbortSignal;
  readonly onText?: (text: string) => void;
}

export interface Asking {
  readonly cache: ReplyCache | null;
  /** Resolves after so many milliseconds. @throws the reason of the signal. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** Attempts at one model, the wait before the second and how it grows, and the longest wait while the run holds its place. */
const AGAIN = { attempts: 3, first: 1000, factor: 4, longest: 30_000 } as const;

/**
 * The reply of the first of these models that gives one, with its price.
 *
 * @throws WorkFailure of the last one's category; `retryAfter` is the shortest that any of them asked for.
 */
export async function askAny(
  models: readonly Offered[],
  question: Question,
  asking: Asking,
): Promise<Obtained<Answered>> {
  const failures: ModelError[] = [];
  for (const model of models) {
    try {
      return await askOne(model, question, asking);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      failures.push(error);
    }
  }
  throw giveUp(failures);
}

/** What the run is told: it may go on later if any of the models may. */
function giveUp(failures: readonly ModelError[]): WorkFailure {
  const message = failures.map((one) => one.message).join('; ');
  const hopeful = failures.filter(({ fault }) => FAULTS[fault].category === 'transient');
  const last = hopeful.at(-1) ?? failures.at(-1);
  const waits = hopeful.map(({ retryAfter }) => retryAfter ?? 0);
  const category = last ? FAULTS[last.fault].category : 'deterministic';
  return new WorkFailure(category, message, waits.length > 0 ? Math.min(...waits) : 0);
}

async function askOne(model: Offered, question: Question, asking: Asking): Promise<Obtained<Answered>> {
  // [WRK11] A provider that counts differently than we do gets less to read, once.
  let room = model.def.context - model.def.output;
  for (let attempt = 1; ; attempt++) {
    try {
      return await askOnce(model, question, asking, room);
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      const shrink = error.fault === 'context-length' && room === model.def.context - model.def.output;
      if (shrink) room = Math.floor(room / 2);
      else await waitFor(error, attempt, question.signal, asking);
    }
  }
}

/** @throws the error itself when waiting does not help, or helps too late. */
function waitFor(error: ModelError, attempt: number, signal: AbortSignal, { pause }: Asking): Promise<void> {
  const wait = error.retryAfter ?? AGAIN.first * AGAIN.factor ** (attempt - 1);
  if (!FAULTS[error.fault].again || attempt >= AGAIN.attempts || wait > AGAIN.longest) throw error;
  return pause(wait, signal);
}

async function askOnce(model: Offered, question: Question, asking: Asking, room: number): Promise<Obtained<Answered>> {
  const { def, port } = model;
  const { conversation, tools, key, signal, onText } = question;
  const messages = conversation.within(room, tools);
  if (messages === null)
    throw new ModelError('context-length', `what the run knows is more than the model "${def.id}" can take`);
  const request = {
    ...{ system: conversation.system, messages, tools, output: def.output, key: `${key}/${def.id}` },
    ...(def.temperature === undefined ? {} : { temperature: def.temperature }),
  };
  const digest = asking.cache ? requestDigest(def, request) : '';
  const known = asking.cache?.get(digest);
  if (known) return { value: { model: def.id, reply: known } };
  const reply = await port.ask(request, { signal, ...(onText === undefined ? {} : { onText }) });
  asking.cache?.put(digest, reply);
  return { value: { model: def.id, reply }, of: def.price ?? def.id, used: usedOf(reply.usage, model) };
}

/** Tokens the provider had in its cache cost what the table says of them, else what others cost. */
function usedOf({ input, cached, output }: ModelUsage, { pricesCached }: Offered): Partial<Record<PriceUnit, number>> {
  const apart = pricesCached ? cached : 0;
  return { 'input-tokens': input + cached - apart, 'cached-tokens': apart, 'output-tokens': output };
}
