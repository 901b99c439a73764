/** Is it what the ledger gives for a text whose key is gone? */
export const isErased = (text: string): boolean => text.startsWith('[erased');
