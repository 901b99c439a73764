export type { ConnectorSchemas, Connectors } from './checks/capabilities.ts';
export { type Change, diffDefinitions, type FieldChange, formatDiff } from './diff.ts';
export { NOUNS } from './draft.ts';
export { jsonSchemas } from './json-schemas.ts';
export { type LoadedPack, type LoadOptions, type LoadResult, loadPack } from './load.ts';
export { authorisationMatrix, type MatrixRow, matrixOf } from './matrix.ts';
export { askGate, type GateAnswer, type Question } from './policy/ask.ts';
export type { Outcome } from './policy/play.ts';
export { readScenarios, SCENARIO_FOLDER, type Scenarios, type Sited } from './policy/read.ts';
export {
  type Coverage,
  type MutationReport,
  mutatePolicies,
  type PolicyReport,
  type ScenarioResult,
  testPolicies,
} from './policy/report.ts';
export type { Scenario } from './policy/schema.ts';
export { copyOf } from './policy/world.ts';
export { formatProblems, type Path, type Problem } from './problem.ts';
export { readSteps, writePlaces } from './restructure.ts';
export type { Position } from './source.ts';
