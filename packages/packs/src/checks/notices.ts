/** People who are asked by mail (PCK150–PCK152). */
import type { Occupant, ToolDef } from '@reeve/kernel';
import { at, byId, type Draft, type Findings, refers } from '../draft.ts';

export function* checkNotices(draft: Draft): Findings {
  const { settings, seats } = draft.definition;
  for (const { id, occupant } of seats) if (occupant?.mail !== undefined) yield* checkAddress(draft, id, occupant);
  if (settings.notices === undefined) return;
  const place = at('settings', '', 'notices', 'send');
  yield* refers(draft, place, 'PCK150', 'capabilities', settings.notices.send);
  yield* checkSender(draft, settings.notices.send);
  yield* checkReaders(draft, settings.notices.send);
}

function* checkAddress(draft: Draft, seat: string, { kind, email }: Occupant): Findings {
  const place = (field: string) => at('seats', seat, 'occupant', field);
  if (email === undefined) {
    const message = 'something is to be sent by mail, but there is no address';
    yield { at: place('mail'), rule: 'PCK152', message, hint: 'add "email: name@host"' };
  }
  const settled = kind === 'human' && draft.definition.settings.notices !== undefined;
  if (settled || draft.incomplete) return;
  const message = kind === 'human' ? 'nothing says by which capability mail is sent' : `a "${kind}" is sent no mail`;
  const hint = kind === 'human' ? 'add "notices: { send: <capability> }" to the settings' : 'remove "mail"';
  yield { at: place('mail'), rule: 'PCK152', message, hint, warning: true };
}

const TAKEN = ['to', 'subject', 'body'] as const;

function* checkSender(draft: Draft, id: string): Findings {
  const found = byId(draft.definition.capabilities).get(id);
  if (!found) return;
  const missing = TAKEN.filter((name) => !Object.hasOwn(found.args, name));
  if (missing.length === 0 && found.effect !== 'read') return;
  const message =
    found.effect === 'read' ? `"${id}" reads, and sends nothing` : `"${id}" does not take ${missing.join(', ')}`;
  yield {
    at: at('settings', '', 'notices', 'send'),
    rule: 'PCK150',
    message,
    hint: 'name a capability that sends mail',
  };
}

/** Two tools on one account hold the same mail. */
const account = ({ id, connector, config }: ToolDef): string => {
  const { user } = config as { user?: unknown };
  return connector === 'mail' && typeof user === 'string' ? `account ${user.toLowerCase()}` : `tool ${id}`;
};

/** A link decides for whoever opens it: no seat may come upon one in the mailbox it was sent from. */
function* checkReaders(draft: Draft, id: string): Findings {
  const { capabilities, tools } = draft.definition;
  const tool = byId(tools).get(byId(capabilities).get(id)?.tool ?? '');
  if (!tool) return;
  const same = new Set(tools.filter((one) => account(one) === account(tool)).map((one) => one.id));
  const reader = capabilities.find((one) => same.has(one.tool) && one.effect === 'read');
  if (!reader) return;
  const message = `"${reader.id}" reads the mailbox from which people are sent links that decide`;
  const hint = 'give notices a tool on an account of its own that only sends';
  yield { at: at('settings', '', 'notices', 'send'), rule: 'PCK151', message, hint };
}
