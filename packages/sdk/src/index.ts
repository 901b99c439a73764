/** What a user writes Reeve's parts with: tools, seats and scripts, with types from their schemas. Rules: ../SPEC.md. */
export {
  defineTool,
  type ModuleCall,
  type ModuleCapability,
  type ModuleLookup,
  type ModuleTool,
  money,
} from '@reeve/connectors/module';
export { ToolError } from '@reeve/connectors/port';
export { type Briefing, type Desk, defineScript, type Report, type Script } from '@reeve/workers/port';
export { z } from 'zod';
export { defineSeat, type Outcome, type Seat, type Uses } from './seat.ts';
