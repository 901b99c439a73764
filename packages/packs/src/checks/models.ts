/** Models and the seats they occupy (PCK120–PCK124). */
import type { ModelDef, Occupant } from '@reeve/kernel';
import { at, type Draft, type Findings, refers, refersAll } from '../draft.ts';

export function* checkModels(draft: Draft): Findings {
  for (const model of draft.definition.models) {
    yield* checkEndpoint(model);
    yield* checkRoom(model);
    yield* checkPrices(draft, model);
  }
  for (const seat of draft.definition.seats) if (seat.occupant) yield* checkOccupant(draft, seat.id, seat.occupant);
}

/** A key sent in the clear is everybody's. */
const isHere = (host: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host);

function* checkEndpoint({ id, provider, endpoint, secret }: ModelDef): Findings {
  const rule = 'PCK120';
  if (provider === 'openai-compatible') {
    if (endpoint === undefined) {
      const message = `the model "${id}" speaks to an endpoint of its own, but none is given`;
      yield { at: at('models', id, 'endpoint'), rule, message, hint: 'add "endpoint: http://…/v1"' };
    }
  } else if (secret === undefined && (endpoint === undefined || !isHere(new URL(endpoint).hostname))) {
    const message = `"${provider}" takes a key, but the model "${id}" names no secret`;
    const hint = `add "secret: ${provider}" and store it with \`reeve secret set ${provider} --model ${id}\``;
    yield { at: at('models', id, 'secret'), rule, message, hint };
  }
  if (endpoint === undefined) return;
  const { protocol, hostname } = new URL(endpoint);
  if (protocol === 'https:' || isHere(hostname)) return;
  const message = `what the model "${id}" is asked, and its key, would go to ${hostname} in the clear`;
  yield { at: at('models', id, 'endpoint'), rule, message, hint: 'use https, or a server on this machine' };
}

/** What is left for the question once the reply has its room. */
const LEAST = 2000;

function* checkRoom({ id, context, output }: ModelDef): Findings {
  if (context - output >= LEAST) return;
  const message = `the model "${id}" has ${context} tokens in all and ${output} for a reply: fewer than ${LEAST} are left to ask with`;
  yield { at: at('models', id, 'output'), rule: 'PCK121', message, hint: 'lower "output", or correct "context"' };
}

/** A use without a price ends the run that paid for it, so it is found before. */
function* checkPrices({ definition, incomplete }: Draft, { id, price = id }: ModelDef): Findings {
  if (incomplete) return;
  for (const unit of ['input-tokens', 'output-tokens'] as const) {
    if (definition.prices.some((line) => line.of === price && line.unit === unit)) continue;
    const message = `the price table has no price for ${unit} of "${price}", so a run could not pay for the model "${id}"`;
    const hint = `add { of: ${price}, unit: ${unit}, price: …, per: 1000000, from: … } to "prices", "$0.00" when it is free`;
    yield { at: at('models', id), rule: 'PCK122', message, hint };
  }
}

/** What only occupants of these kinds use. */
const USED_BY = {
  model: ['model'],
  small: ['model'],
  fallback: ['model'],
  cache: ['model'],
  instructions: ['model', 'command'],
  lease: ['mcp'],
  command: ['command'],
  remote: ['a2a'],
} as const;

/** What it is asked, and its token, are nobody else's. */
function* checkRemote({ remote }: Occupant, place: ReturnType<typeof at>): Findings {
  const rule = 'PCK128';
  if (remote === undefined) {
    const hint = 'add "remote: { card: …, key: … }"';
    yield { at: place, rule, message: 'the occupant is a remote agent, but none is named', hint };
    return;
  }
  const { protocol, hostname } = new URL(remote.card);
  if (protocol === 'https:' || isHere(hostname)) return;
  const message = `what the remote agent is asked would go to ${hostname} in the clear`;
  yield { at: place, rule, message, hint: 'use https, or an agent on this machine' };
}

function* checkOccupant(draft: Draft, seat: string, occupant: Occupant): Findings {
  const place = (...path: string[]) => at('seats', seat, 'occupant', ...path);
  for (const [field, kinds] of Object.entries(USED_BY)) {
    if (occupant[field as keyof typeof USED_BY] === undefined || (kinds as readonly string[]).includes(occupant.kind))
      continue;
    const message = `"${field}" is given, but the occupant is of kind "${occupant.kind}" and would never use it`;
    const hint = `remove "${field}", or set kind: ${kinds.join(' or ')}`;
    yield { at: place(field), rule: 'PCK124', message, hint, warning: true };
  }
  if (occupant.kind === 'command' && occupant.command === undefined) {
    const hint = 'add "command: { profile: …, program: … }"';
    yield { at: place('command'), rule: 'PCK125', message: 'the occupant is a program, but none is named', hint };
  }
  if (occupant.kind === 'a2a') yield* checkRemote(occupant, place('remote'));
  if (occupant.kind !== 'model') return;
  if (occupant.model === undefined) {
    const hint = 'add "model: <id>", one of "models:"';
    yield { at: place('model'), rule: 'PCK123', message: 'the occupant is a model, but none is named', hint };
  }
  yield* refers(draft, place('model'), 'PCK123', 'models', occupant.model);
  yield* refers(draft, place('small'), 'PCK123', 'models', occupant.small);
  yield* refersAll(draft, place('fallback'), 'PCK123', 'models', occupant.fallback ?? []);
}
