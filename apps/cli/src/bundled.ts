import { fileURLToPath } from 'node:url';

/** Where the packs that come with Reeve are. */
export const BUNDLED = fileURLToPath(new URL('../../../packs/', import.meta.url));
