import type { Definition } from '../definition.ts';
import type { ContractDef, PolicyDef, Settings } from '../governance/definition.ts';
import { settings } from '../governance/definition.ts';
import type { CapabilityDef, ToolDef } from '../operations/definition.ts';
import type { Occupant, SeatDef, UnitDef } from './schema.ts';

export type SeatStatus = 'active' | 'paused' | 'suspended' | 'retired';

/** A seat as it is now: its definition plus who sits there and whether it works. */
export interface Seat extends Omit<SeatDef, 'occupant'> {
  occupant: Occupant | null;
  status: SeatStatus;
}

export interface OrganisationState {
  /** Digest of the definition in force; '' before the first apply. */
  digest: string;
  definition: Definition | null;
  settings: Settings;
  units: Map<string, UnitDef>;
  seats: Map<string, Seat>;
  tools: Map<string, ToolDef>;
  capabilities: Map<string, CapabilityDef>;
  /** By capability: exactly one contract each. */
  contracts: Map<string, ContractDef>;
  policies: PolicyDef[];
}

export const emptyOrganisation = (): OrganisationState => ({
  digest: '',
  definition: null,
  settings: settings.parse({}),
  units: new Map(),
  seats: new Map(),
  tools: new Map(),
  capabilities: new Map(),
  contracts: new Map(),
  policies: [],
});
