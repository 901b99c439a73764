/** How the CLI shows explanations, for reports that have a ledger and no server. */
export { plain } from './colour.ts';
export { movesText } from './lanes.ts';
export { restructuringText } from './restructuring.ts';
export { routingText } from './routing.ts';
export { whyText } from './why.ts';
