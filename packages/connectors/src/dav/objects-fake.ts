import { digest } from '@reeve/kernel';
import type { z } from 'zod';
import { nameOf } from '../mailbox/wire.ts';
import type { Call, CallResult, Connector } from '../port.ts';
import { landed, refused } from '../shared/call.ts';
import { parseConfig } from '../shared/capabilities.ts';
import { fakeConnector } from '../shared/fake.ts';
import { changesOf, KINDS, type KindName, newText } from './kinds.ts';
import { withProperties } from './lines.ts';
import {
  assertVersion,
  calendarCapability,
  contactsCapability,
  type Kept,
  listing,
  type ObjectCapability,
  objectsConfig,
  shown,
  uidOf,
  wantedOf,
  writesObjects,
} from './objects.ts';
import { calendarConnector, contactsConnector } from './objects-client.ts';

/** A calendar in memory; what repeats is not expanded. */
export const fakeCalendar = (): Connector => fakeObjects(calendarConnector, calendarCapability);
/** An address book in memory. */
export const fakeContacts = (): Connector => fakeObjects(contactsConnector, contactsCapability);

interface Stored extends Kept {
  readonly kind: KindName;
}

function fakeObjects(real: Connector, schema: z.ZodType<ObjectCapability>): Connector {
  return fakeConnector(real, schema, (context) => {
    const { url, organizer } = parseConfig(objectsConfig, context.tool.config, `tool ${context.tool.id}`);
    const stored = new Map<string, Stored>();
    const put = (call: Call, uid: string, kind: KindName, text: string): CallResult => {
      const version = `"${digest(text).slice(0, 32)}"`;
      stored.set(uid, { kind, text, version });
      return landed(`${real.id}:${url}`, call, { uid }, version);
    };
    return {
      writes: writesObjects,
      run: (call: Call, { kind: name, action, limit }: ObjectCapability): CallResult => {
        const kind = KINDS[name];
        const here = [...stored.values()].filter((one) => one.kind === name);
        if (action === 'find') return { value: listing(kind, here, wantedOf(call), limit) };
        if (action === 'create') {
          const uid = `${nameOf(call.key)}@reeve`;
          return put(call, uid, name, newText(kind, call, uid, organizer));
        }
        const uid = uidOf(call);
        const found = stored.get(uid);
        if (action === 'get')
          return found ? { value: shown(kind, found), version: found.version } : { value: { found: false } };
        if (found?.kind !== name)
          throw refused(`there is nothing with the uid "${uid}"; look for it again; nothing was changed`);
        assertVersion(call, found.version);
        if (action === 'update') {
          const changes = changesOf(kind, call, organizer);
          if (changes.size === 0) throw refused(`${call.capability.id} changes nothing; give a field to change`);
          return put(call, uid, name, withProperties(found.text, kind.component, changes));
        }
        stored.delete(uid);
        return landed(`${real.id}:${url}`, call, { uid });
      },
    };
  });
}
