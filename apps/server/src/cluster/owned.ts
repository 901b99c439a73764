import { StartError } from '../errors.ts';

/** Opening failed because another node was faster. */
export const ownedElsewhere = (error: unknown): boolean => error instanceof StartError && error.code === 'in-use';
