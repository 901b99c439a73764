import type { Time } from '../core/types.ts';
import type { Definition } from '../definition.ts';
import type { ContractDef, PolicyDef, Settings } from '../governance/definition.ts';
import { settings } from '../governance/definition.ts';
import type { CapabilityDef, ToolDef } from '../operations/definition.ts';
import type { RestructuringStep } from '../restructuring/schema.ts';
import type { ServiceDef } from '../services/definition.ts';
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
  services: Map<string, ServiceDef>;
  /** Digest of the last definition that came as a pack: where scripts and files of tools lie. */
  pack: string;
  /** Retired seat → the seat that took its place [RST5]. */
  heirs: Map<string, string>;
  /** Seat → the seats whose work it went on with [RST6]. */
  predecessors: Map<string, string[]>;
  /** Seat → the latest restructuring that touched it since a pack was applied [RST9]. */
  drift: Map<string, string>;
  restructurings: RestructuringLine[];
  /** Seats with hours: whether they work now, and until when that is so [HRS1]. */
  duty: Map<string, { on: boolean; until: Time }>;
}

/** A restructuring that was done; the latest are kept. */
export interface RestructuringLine {
  id: string;
  at: Time;
  reason: string;
  by: string;
  steps: RestructuringStep[];
  retired: { seat: string; heir: string }[];
  added: string[];
  warnings: string[];
  told: string[];
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
  services: new Map(),
  pack: '',
  heirs: new Map(),
  predecessors: new Map(),
  drift: new Map(),
  restructurings: [],
  duty: new Map(),
});
