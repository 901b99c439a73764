/** The modules put together: the one place that knows all of them. */
import { archiveFollowUps } from '../archive/decide.ts';
import { archiveEvolve } from '../archive/evolve.ts';
import { alertsFollowUps, alertsReact } from '../budget/alerts.ts';
import { budgetFollowUps } from '../budget/decide.ts';
import { budgetEvolve } from '../budget/evolve.ts';
import { casesDecide } from '../cases/decide.ts';
import { casesEvolve } from '../cases/evolve.ts';
import { alertReact, casesFollowUps, casesReact } from '../cases/react.ts';
import { rehomeFollowUps, rehomeReact } from '../cases/rehome.ts';
import { caseCommands } from '../cases/schema.ts';
import { tasksDecide } from '../cases/tasks.ts';
import { complaintsDecide, complaintsFollowUps } from '../complaints/decide.ts';
import { complaintsEvolve } from '../complaints/evolve.ts';
import { complaintsReact } from '../complaints/react.ts';
import { complaintCommands } from '../complaints/schema.ts';
import { economyEvolve } from '../economy/evolve.ts';
import { economyFollowUps, economyReact } from '../economy/react.ts';
import { watch } from '../governance/conditions.ts';
import { CONTROL_EVOLVE, CONTROL_REACT, controlDecide, controlFollowUps } from '../governance/control.ts';
import { governanceDecide, governanceFollowUps, governanceReact } from '../governance/decide.ts';
import { governanceEvolve } from '../governance/evolve.ts';
import { governanceCommands } from '../governance/schema.ts';
import { shiftEvolve, shiftFollowUps, shiftReact } from '../hours/shifts.ts';
import { inboxControlFollowUps } from '../inbox/control.ts';
import { inboxDecide } from '../inbox/decide.ts';
import { inboxEvolve } from '../inbox/evolve.ts';
import { inboxCommands } from '../inbox/schema.ts';
import { inboxRulesEvolve, inboxRulesFollowUps, inboxRulesReact } from '../inbox/summary.ts';
import { memoryDecide, memoryEvolves, memoryFollowUps, memoryReact } from '../memory/module.ts';
import { memoryCommands } from '../memory/schema.ts';
import { noticesDecide } from '../notices/decide.ts';
import { noticesEvolve } from '../notices/evolve.ts';
import { noticesFollowUps, noticesReact } from '../notices/raise.ts';
import { noticeCommands } from '../notices/schema.ts';
import { advanceFollowUp, operationsDecide } from '../operations/decide.ts';
import { operationsEvolve } from '../operations/evolve.ts';
import { operationsFollowUps, operationsReact } from '../operations/react.ts';
import { operationCommands } from '../operations/schema.ts';
import { organisationDecide } from '../organisation/decide.ts';
import { organisationEvolve } from '../organisation/evolve.ts';
import { organisationCommands } from '../organisation/schema.ts';
import {
  OVERSIGHT_BEFORE,
  OVERSIGHT_EVOLVE,
  OVERSIGHT_REACT,
  oversightDecide,
  oversightFollowUps,
} from '../oversight/evolve.ts';
import { oversightCommands } from '../oversight/schema.ts';
import { wakes } from '../oversight/wakeups.ts';
import { provenanceEvolve } from '../provenance/evolve.ts';
import { purposeDecide, purposeFollowUps, purposeReact } from '../purpose/decide.ts';
import { purposeEvolve } from '../purpose/evolve.ts';
import { purposeCommands } from '../purpose/schema.ts';
import { restructuringDecide, restructuringFollowUps } from '../restructuring/decide.ts';
import { restructuringEvolve } from '../restructuring/evolve.ts';
import { layersFollowUps } from '../restructuring/layers.ts';
import { restructuringReact } from '../restructuring/react.ts';
import { restructuringCommands } from '../restructuring/schema.ts';
import { ROLLOUT_EVOLVE } from '../rollout/evolve.ts';
import { ROLLOUT_REACT, rolloutFollowUps } from '../rollout/react.ts';
import { rolloutCommands } from '../rollout/schema.ts';
import { stagesDecide } from '../rollout/stages.ts';
import { routingDecide } from '../routing/decide.ts';
import { ROUTING_EVOLVE } from '../routing/evolve.ts';
import { routingFollowUps, routingReact } from '../routing/react.ts';
import { routingCommands } from '../routing/schema.ts';
import { runsDecide, runsFollowUps, runsReact } from '../runs/decide.ts';
import { runsEvolve } from '../runs/evolve.ts';
import { journalDecide } from '../runs/journal.ts';
import { runCommands } from '../runs/schema.ts';
import { stoppingDecide } from '../runs/stopping.ts';
import { withdrawFollowUps, withdrawReact } from '../runs/withdraw.ts';
import { servicesDecide, servicesFollowUps } from '../services/decide.ts';
import { servicesEvolve, servicesReact } from '../services/evolve.ts';
import { serviceCommands } from '../services/schema.ts';
import { type Decide, type FollowUp, followUp } from './context.ts';
import type { KernelRecord } from './events.ts';
import type { State } from './state.ts';

/** Every command with the schema of its body. */
export const COMMANDS = {
  ...organisationCommands,
  ...restructuringCommands,
  ...complaintCommands,
  ...serviceCommands,
  ...caseCommands,
  ...inboxCommands,
  ...operationCommands,
  ...governanceCommands,
  ...runCommands,
  ...purposeCommands,
  ...rolloutCommands,
  ...oversightCommands,
  ...memoryCommands,
  ...routingCommands,
  ...noticeCommands,
} as const;
export type CommandKind = keyof typeof COMMANDS & string;

type AnyDecide = Decide<never>;
type AnyEvolve = (state: State, record: never) => void;
type AnyReact = (state: State, record: never) => FollowUp[];

const { 'inbox.deliver': deliver, ...inboxExternal } = inboxDecide;
export const DECIDE = {
  ...organisationDecide,
  ...restructuringDecide,
  ...complaintsDecide,
  ...servicesDecide,
  ...casesDecide,
  ...tasksDecide,
  ...inboxExternal,
  ...operationsDecide,
  ...governanceDecide,
  ...controlDecide,
  ...runsDecide,
  ...stoppingDecide,
  ...journalDecide,
  ...purposeDecide,
  ...stagesDecide,
  ...oversightDecide,
  ...memoryDecide,
  ...routingDecide,
  ...noticesDecide,
} as unknown as Record<Exclude<CommandKind, 'run.act'>, AnyDecide>;

export const FOLLOW_UPS = {
  'inbox.deliver': deliver,
  ...inboxControlFollowUps,
  ...inboxRulesFollowUps,
  ...advanceFollowUp,
  ...operationsFollowUps,
  ...governanceFollowUps,
  ...controlFollowUps,
  ...budgetFollowUps,
  ...alertsFollowUps,
  ...economyFollowUps,
  ...casesFollowUps,
  ...rehomeFollowUps,
  ...restructuringFollowUps,
  ...layersFollowUps,
  ...shiftFollowUps,
  ...complaintsFollowUps,
  ...servicesFollowUps,
  ...withdrawFollowUps,
  ...runsFollowUps,
  ...archiveFollowUps,
  ...purposeFollowUps,
  ...rolloutFollowUps,
  ...oversightFollowUps,
  ...memoryFollowUps,
  ...routingFollowUps,
  ...noticesFollowUps,
} as unknown as Record<string, AnyDecide>;

/** Several modules may listen to one event; the order is the order here. */
function merge<F>(...parts: Record<string, F>[]): Map<string, F[]> {
  const merged = new Map<string, F[]>();
  for (const part of parts)
    for (const [kind, f] of Object.entries(part)) merged.set(kind, [...(merged.get(kind) ?? []), f]);
  return merged;
}

const asEvolve = (part: object) => part as Record<string, AnyEvolve>;
export const EVOLVE = merge<AnyEvolve>(
  // Before the organisation's own: it compares what was desired with what is.
  asEvolve(purposeEvolve),
  asEvolve(OVERSIGHT_BEFORE),
  asEvolve(restructuringEvolve),
  asEvolve(shiftEvolve),
  asEvolve(complaintsEvolve),
  asEvolve(servicesEvolve),
  asEvolve(organisationEvolve),
  asEvolve(governanceEvolve),
  // Before what it counts has moved.
  ...ROLLOUT_EVOLVE.map(asEvolve),
  asEvolve(operationsEvolve),
  asEvolve(casesEvolve),
  asEvolve(inboxEvolve),
  asEvolve(inboxRulesEvolve),
  asEvolve(budgetEvolve),
  asEvolve(economyEvolve),
  asEvolve(runsEvolve),
  ...CONTROL_EVOLVE.map(asEvolve),
  ...memoryEvolves.map(asEvolve),
  asEvolve(provenanceEvolve),
  ...ROUTING_EVOLVE.map(asEvolve),
  asEvolve(archiveEvolve),
  ...OVERSIGHT_EVOLVE.map(asEvolve),
  asEvolve(noticesEvolve),
);

const asReact = (part: object) => part as Record<string, AnyReact>;
const REACT = merge<AnyReact>(
  asReact({ 'organisation.applied': (): FollowUp[] => [followUp('budget.fund', {})] }),
  ...ROLLOUT_REACT.map(asReact),
  asReact(restructuringReact),
  asReact(shiftReact),
  asReact(complaintsReact),
  asReact(servicesReact),
  asReact(withdrawReact),
  asReact(rehomeReact),
  asReact(casesReact),
  asReact(alertReact),
  asReact(operationsReact),
  ...CONTROL_REACT.map(asReact),
  asReact(governanceReact),
  asReact(runsReact),
  asReact(alertsReact),
  asReact(economyReact),
  asReact(purposeReact),
  ...OVERSIGHT_REACT.map(asReact),
  asReact(memoryReact),
  asReact(routingReact),
  asReact(inboxRulesReact),
  asReact(noticesReact),
);

/** What follows from a record, in the state after it, one by one to `then`. */
export function react(state: State, record: KernelRecord, then: (follow: FollowUp) => void): void {
  for (const reaction of REACT.get(record.kind) ?? []) reaction(state, record as never).forEach(then);
  watch(state, record).forEach(then);
  wakes(state, record).forEach(then);
}
