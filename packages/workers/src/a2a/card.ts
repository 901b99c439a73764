/**
 * Agent cards of A2A 1.0 and their signatures: a detached JWS (RFC 7515) over the card in canonical form (RFC 8785) without its
 * `signatures`. The whole card as it was received is covered, fields that nobody knows included.
 */
import { createPublicKey, verify } from 'node:crypto';
import { canonical, type RemoteKey } from '@reeve/kernel';
import { z } from 'zod';

/** Where the card of an agent is (RFC 8615). */
export const CARD_PATH = '/.well-known/agent-card.json';
export const VERSION = '1.0';

const signature = z.object({ protected: z.string().max(4000), signature: z.string().max(2000) });
type CardSignature = z.output<typeof signature>;

export const agentCard = z.looseObject({
  name: z.string(),
  description: z.string(),
  version: z.string(),
  supportedInterfaces: z
    .array(z.looseObject({ url: z.string(), protocolBinding: z.string(), protocolVersion: z.string() }))
    .min(1),
  capabilities: z.looseObject({ streaming: z.boolean().optional() }),
  defaultInputModes: z.array(z.string()),
  defaultOutputModes: z.array(z.string()),
  skills: z.array(
    z.looseObject({ id: z.string(), name: z.string(), description: z.string(), tags: z.array(z.string()) }),
  ),
  signatures: z.array(signature).max(20).optional(),
});
export type AgentCard = z.output<typeof agentCard>;

const header = z.object({ alg: z.string(), kid: z.string(), crit: z.unknown().optional() });
const base64url = (text: string): string => Buffer.from(text).toString('base64url');

/** What a signature is over, as text. */
function signedText(protectedHeader: string, { signatures: _, ...card }: Readonly<Record<string, unknown>>): string {
  return `${protectedHeader}.${base64url(canonical(card))}`;
}

/** Sign a card with Ed25519. @param sign the 64 bytes of the signature of this text */
export function signedCard(card: AgentCard, kid: string, sign: (text: string) => Uint8Array): AgentCard {
  const head = base64url(JSON.stringify({ alg: 'EdDSA', kid, typ: 'JOSE' }));
  const bytes = sign(signedText(head, card));
  return { ...card, signatures: [{ protected: head, signature: Buffer.from(bytes).toString('base64url') }] };
}

/** Has this card, as it was received, a signature of that key? The key says which algorithm is meant, never the signature [T12]. */
export function isSignedBy(card: Readonly<Record<string, unknown>>, key: RemoteKey): boolean {
  const signatures = z.array(signature).max(20).safeParse(card.signatures);
  return signatures.success && signatures.data.some((one) => isGood(one, card, key));
}

function isGood({ protected: head, signature: text }: CardSignature, card: object, jwk: RemoteKey): boolean {
  const parsed = header.safeParse(jsonOf(Buffer.from(head, 'base64url').toString()));
  const alg = jwk.kty === 'OKP' ? 'EdDSA' : 'ES256';
  if (!parsed.success || parsed.data.alg !== alg || parsed.data.crit !== undefined) return false;
  const signed = Buffer.from(signedText(head, card as Record<string, unknown>));
  try {
    const key = createPublicKey({ key: { ...jwk }, format: 'jwk' });
    const options = jwk.kty === 'OKP' ? key : { key, dsaEncoding: 'ieee-p1363' as const };
    return verify(jwk.kty === 'OKP' ? null : 'sha256', signed, options, Buffer.from(text, 'base64url'));
  } catch {
    return false;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
