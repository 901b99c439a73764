import { z } from 'zod';
import { id, text } from '../core/names.ts';
import { duration } from '../core/quantities.ts';

/** Whose wire format a model speaks. */
export const PROVIDERS = ['anthropic', 'openai', 'openai-compatible'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** A model that seats may be occupied by: where it is, as what it is paid for, and how much it can take. */
export const model = z.strictObject({
  id,
  title: text(200).default(''),
  provider: z.enum(PROVIDERS),
  /** As the provider calls it. */
  name: text(200).min(1),
  /** Base address of the API, such as `http://127.0.0.1:8080/v1`; the provider's own when absent. */
  endpoint: z.url({ protocol: /^https?$/, error: 'expected an address such as "http://127.0.0.1:8080/v1"' }).optional(),
  /** Name of the secret with its API key; the key itself is never in a pack [T14]. */
  secret: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'expected the name of a secret, of letters, digits, ".", "-" or "_"')
    .optional(),
  /** As the price table calls it (`of`); its id unless told otherwise. */
  price: text(200).min(1).optional(),
  /** Tokens one request may have, and one reply. */
  context: z.number().int().min(1000).max(10_000_000).default(32_000),
  output: z.number().int().min(16).max(200_000).default(4000),
  temperature: z.number().min(0).max(2).optional(),
  /** How long one reply may take. */
  timeout: duration.default(120_000),
  /** Take replies as they are written, for endpoints that end connections on which nothing comes for long. It costs time here. */
  stream: z.boolean().default(false),
});
export type ModelDef = z.infer<typeof model>;
