import { z } from 'zod';
import { budget } from './budget/definition.ts';
import { price } from './budget/prices.ts';
import { outcome } from './economy/definition.ts';
import { autoSwitch, rate } from './governance/controls.ts';
import { contract, flow, policy, settings } from './governance/definition.ts';
import { context } from './memory/definition.ts';
import { capability, tool } from './operations/definition.ts';
import { seat, unit } from './organisation/schema.ts';
import { metric, target } from './purpose/definition.ts';
import { model } from './runs/definition.ts';
import { service } from './services/definition.ts';

/** Every kind of resource a pack may define, with its schema. The one place that lists them. */
export const RESOURCES = {
  units: unit,
  seats: seat,
  tools: tool,
  capabilities: capability,
  contracts: contract,
  policies: policy,
  flows: flow,
  budgets: budget,
  prices: price,
  outcomes: outcome,
  rates: rate,
  switches: autoSwitch,
  metrics: metric,
  targets: target,
  models: model,
  contexts: context,
  services: service,
} as const;

export type ResourceKind = keyof typeof RESOURCES;
export const RESOURCE_KINDS = Object.keys(RESOURCES) as ResourceKind[];

/** An organisation as data: what a pack says after loading. Lists; ids are unique within a kind. */
export const definition = z.strictObject({
  name: z.string().min(1).max(200),
  settings: settings.prefault({}),
  units: z.array(unit).default([]),
  seats: z.array(seat).default([]),
  tools: z.array(tool).default([]),
  capabilities: z.array(capability).default([]),
  contracts: z.array(contract).default([]),
  policies: z.array(policy).default([]),
  flows: z.array(flow).default([]),
  budgets: z.array(budget).default([]),
  prices: z.array(price).default([]),
  outcomes: z.array(outcome).default([]),
  rates: z.array(rate).default([]),
  switches: z.array(autoSwitch).default([]),
  metrics: z.array(metric).default([]),
  targets: z.array(target).default([]),
  models: z.array(model).default([]),
  contexts: z.array(context).default([]),
  services: z.array(service).default([]),
  /** Path of each script → SHA-256 of its bytes: a changed script is a changed organisation. */
  scripts: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)).default({}),
});
export type Definition = z.infer<typeof definition>;
