/** Explanations of a ledger that no server serves: what `reeve why`, `lanes explain`, `route explain` are answered with. */
export { type Archive, archiveOf } from '../archive.ts';
export { sentence } from '../sentences.ts';
export { laneMovesOf, type Reader, restructuringOf, routeOf } from './explained.ts';
export { whyOf } from './gather.ts';
