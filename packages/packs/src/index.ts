export type { ConnectorSchemas, Connectors } from './checks/capabilities.ts';
export { type Change, diffDefinitions, type FieldChange, formatDiff } from './diff.ts';
export { jsonSchemas } from './json-schemas.ts';
export { type LoadedPack, type LoadOptions, type LoadResult, loadPack } from './load.ts';
export { authorisationMatrix } from './matrix.ts';
export { formatProblems, type Path, type Problem } from './problem.ts';
export type { Position } from './source.ts';
