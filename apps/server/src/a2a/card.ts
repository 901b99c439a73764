/** The agent card of an organisation: what agents of others may ask it for, where, and how; signed with the key of its ledger. */
import type { Definition, ServiceDef, State } from '@reeve/kernel';
import { definitionDigest } from '@reeve/kernel';
import type { Signer } from '@reeve/ledger';
import { type AgentCard, signedCard, VERSION } from '@reeve/workers/a2a';

/** What every organisation takes: a request that finds its own way inside. */
const REQUEST = {
  id: 'request',
  name: 'Any request',
  description: 'A request in words; it becomes a case, which the organisation routes to whoever is responsible.',
  tags: ['request'],
};

/** What parts of messages may be. */
const INPUT = ['text/plain', 'application/json'] as const;

/** Services that are offered to others and not deprecated. */
export const offeredBy = ({ services }: Definition): ServiceDef[] =>
  services.filter(({ offered, deprecated }) => offered === true && deprecated === undefined);

const skillOf = ({ id, title, description, keywords, success }: ServiceDef) => ({
  ...{ id, name: title, description: description === '' ? success : description },
  // The format's users drop empty lists that it requires, and with them the signature.
  tags: keywords.length === 0 ? [id] : [...keywords],
});

/** [SRV233] The card as it is now; null before a definition is in force. @param url where the organisation is served */
export function cardOf({ organisation }: State, url: string): AgentCard | null {
  const { definition } = organisation;
  if (!definition) return null;
  return {
    name: definition.name,
    description: `${definition.name}: requests are worked under its own rules, which decide what is done.`,
    version: definitionDigest(definition).slice(0, 12),
    supportedInterfaces: ['JSONRPC', 'HTTP+JSON'].map((protocolBinding) => ({
      ...{ url: `${url}/a2a`, protocolBinding, protocolVersion: VERSION },
    })),
    capabilities: { streaming: true, pushNotifications: false, extendedAgentCard: false },
    securitySchemes: { peer: { httpAuthSecurityScheme: { scheme: 'Bearer' } } },
    securityRequirements: [{ schemes: { peer: { list: [] } } }],
    defaultInputModes: [...INPUT],
    defaultOutputModes: ['text/plain'],
    skills: [REQUEST, ...offeredBy(definition).map(skillOf)],
  };
}

/** A note ends with a line feed and a JWS never has one: a signature of the one is never one of the other. */
export const signed = (card: AgentCard, { key, sign }: Signer): AgentCard =>
  signedCard(card, `${key.name}+${key.id}`, (text) => sign(text, 0).bytes);
