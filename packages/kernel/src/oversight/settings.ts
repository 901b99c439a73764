import type { State } from '../core/state.ts';
import { type OversightSettings, oversightSettings } from './definition.ts';

const DEFAULTS = oversightSettings.parse({});

/** Definitions that say nothing about oversight have the defaults. */
export const oversightOf = (state: State): OversightSettings => state.organisation.settings.oversight ?? DEFAULTS;
