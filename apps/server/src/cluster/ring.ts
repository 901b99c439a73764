/** The secrets a node knows: one, or two while the installation changes from one to the other. */
import type { KeyRing } from '@reeve/ledger/postgres';
import { openSealed, sameToken, sealWith, secretFingerprint } from './secret.ts';

/** What a sealed file held, and under which secret it was sealed. */
export interface Opened {
  readonly bytes: Uint8Array;
  readonly under: Uint8Array;
}

/**
 * [SRV57] What any of them derives or sealed counts. What is new is sealed under the former one until every node knows the new one:
 * a node that does not yet must be able to take over.
 */
export class SecretRing implements KeyRing {
  readonly secret: Uint8Array;
  readonly former: Uint8Array | null;
  #sealing: Uint8Array;

  constructor(secret: Uint8Array, former: Uint8Array | null = null) {
    this.secret = secret;
    this.former = former;
    this.#sealing = former ?? secret;
  }

  get sealing(): Uint8Array {
    return this.#sealing;
  }

  get known(): readonly Uint8Array[] {
    return this.former === null ? [this.secret] : [this.secret, this.former];
  }

  /** Of those known, for the table of nodes. */
  get fingerprints(): readonly string[] {
    return this.known.map(secretFingerprint);
  }

  /** Everything new is sealed under the new one from now on. */
  change(): void {
    this.#sealing = this.secret;
  }

  /** What is derived from the one in use first, then from the others. */
  tokens(derive: (secret: Uint8Array) => string): readonly string[] {
    return [this.#sealing, ...this.known.filter((secret) => secret !== this.#sealing)].map(derive);
  }

  /** Is it derived from any of them? */
  accepts(given: string | null, derive: (secret: Uint8Array) => string): boolean {
    return this.known.map((secret) => sameToken(given, derive(secret))).includes(true);
  }

  seal(bytes: Uint8Array, name: string): Uint8Array {
    return sealWith(this.#sealing, bytes, name);
  }

  /** Null if it was sealed under none of them, under another name, or changed. */
  open(sealed: Uint8Array, name: string): Opened | null {
    for (const under of this.known) {
      const bytes = openSealed(under, sealed, name);
      if (bytes !== null) return { bytes, under };
    }
    return null;
  }
}
