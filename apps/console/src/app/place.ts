/** Where this organisation is: alone on its address, or at nodes that share one, below `/o/<organisation>`. */

/** '' or `/o/shop`: what the address of every page begins with. */
export const BASE = /^\/o\/[^/]+/.exec(location.pathname)?.[0] ?? '';

/** Where the API is. */
export const SERVER = location.origin + BASE;

/** A name in this browser that no other organisation of the same address has. */
export const named = (name: string): string => `${name}${BASE}`;
