/** The models of the definition in force, as occupants of seats: each over its provider, with its secret, cleaned of it. */
import type { Definition, ModelDef, Occupant as OccupantDef } from '@reeve/kernel';
import { type Occupant, WorkFailure } from '@reeve/workers';
import type { ModelPort, Offered, ReplyCache } from '@reeve/workers/model';
import type { Secrets } from './secrets/secrets.ts';

export interface ModelHost {
  readonly definition: Definition;
  readonly secrets: Secrets;
  readonly cache: ReplyCache;
  /** Text as it is written, for who is watching a run. */
  readonly onText: (run: string, text: string) => void;
}

/** @throws WorkFailure when the definition in force has no such seat. */
export async function modelSeat(host: ModelHost, seat: string, occupant: OccupantDef): Promise<Occupant> {
  const { grantedTo, modelOccupant } = await import('@reeve/workers/model');
  const def = host.definition.seats.find(({ id }) => id === seat);
  if (!def) throw new WorkFailure('deterministic', `the definition in force has no seat "${seat}"`);
  return modelOccupant({
    ...{ charter: def.charter, occupant, capabilities: grantedTo(host.definition, def) },
    cache: occupant.cache ? host.cache : null,
    pause,
    model: (id) => offered(host, id, seat),
    onText: host.onText,
  });
}

function offered({ definition, secrets }: ModelHost, id: string, seat: string): Offered {
  const def = (definition.models ?? []).find((one) => one.id === id);
  if (!def)
    throw new WorkFailure('deterministic', `there is no model "${id}" in the pack in force; define it in "models:"`);
  const price = def.price ?? def.id;
  const pricesCached = definition.prices.some(({ of, unit }) => of === price && unit === 'cached-tokens');
  return { def, port: guarded(def, secrets, seat), pricesCached };
}

/** [SRV102] A model that is given its key at each request, and whose words and failures never hold it, whoever repeats it. */
function guarded(def: ModelDef, secrets: Secrets, seat: string): ModelPort {
  return {
    ask: async (request, options) => {
      const { cleaning, redactorOf } = await import('@reeve/connectors');
      const key = def.secret === undefined ? undefined : await secrets.lookup(def.secret, { model: def.id, seat });
      const { ModelError } = await import('@reeve/workers/model');
      if (def.secret !== undefined && key === undefined)
        throw new ModelError(
          'access',
          `there is no secret "${def.secret}" for the model "${def.id}" in the seat "${seat}"; store it with \`reeve secret set ${def.secret} --model ${def.id}\``,
        );
      const redactor = redactorOf(key === undefined ? [] : [key]);
      const heard = cleaning(redactor, options.onText ?? (() => undefined));
      try {
        // Loaded when a model is asked for the first time: a start without models does not pay for the libraries.
        const { sdkModel } = await import('@reeve/workers/model/sdk');
        return redactor.clean(await sdkModel(def, async () => key).ask(request, { ...options, onText: heard.write }));
      } catch (error) {
        if (!(error instanceof ModelError)) throw error;
        throw new ModelError(error.fault, redactor.clean(error.message), error.retryAfter);
      } finally {
        heard.end();
      }
    },
  };
}

/** Resolves after `ms`. @throws the reason of the signal. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
