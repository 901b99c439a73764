import type { Ed25519Verify } from './note.ts';

/** Ed25519 by WebCrypto, for browsers. */
export const ed25519Web: Ed25519Verify = async (publicKey, message, signature) => {
  try {
    const key = await crypto.subtle.importKey('raw', publicKey.slice(), 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', key, signature.slice(), message.slice());
  } catch {
    return false;
  }
};
