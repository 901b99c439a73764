/** When targets are compared and reviewed. */
import { periodOf } from '../budget/periods.ts';
import type { State } from '../core/state.ts';
import type { Time } from '../core/types.ts';
import { type PurposeSettings, purposeSettings } from './definition.ts';

/** Of organisations that say nothing, and of definitions applied before there were such settings. */
export const DEFAULTS: PurposeSettings = purposeSettings.parse({});

export const settingsOf = (state: State): PurposeSettings => state.organisation.settings.purpose ?? DEFAULTS;

export const PERIODS = ['week', 'month', 'quarter', 'year'] as const;
export type Cadence = (typeof PERIODS)[number];

/** Name of the period a time falls into, UTC. */
export const nameOf = (period: Cadence, at: Time): string =>
  period === 'year' ? String(new Date(at).getUTCFullYear()) : periodOf(period, at);

/** The next round time, UTC: a check every day is at midnight. */
export const nextCheck = (at: Time, every: number): Time => (Math.floor(at / every) + 1) * every;
