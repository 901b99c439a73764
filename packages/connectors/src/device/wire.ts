import { z } from 'zod';
import type { Call } from '../port.ts';
import { hasControls, refused, textArg } from '../shared/call.ts';
import { secretRef } from '../shared/credentials.ts';
import { endpoint } from '../shared/endpoint.ts';
import { clean, cut, singleLine } from '../text/index.ts';

/** Bytes of a message; larger ones are passed over. */
export const MAX_MESSAGE = 64 * 1024;
/** Devices that are kept of what a broker announces. */
export const MAX_DEVICES = 2000;
const topicPrefix = z.string().regex(/^[^+#\0$][^+#\0]{0,200}$/, 'expected a topic without wildcards');

export const deviceConfig = z.strictObject({
  broker: endpoint(8883, ['implicit', 'none']),
  user: z.string().min(1).max(200).optional(),
  password: secretRef.optional(),
  /** Below which devices announce themselves (Home Assistant's MQTT discovery). */
  prefix: topicPrefix.default('homeassistant'),
  /** Beginnings of the topics that commands may go to: a device announces its own, and could name another's. */
  commands: z.array(topicPrefix).min(1).max(50),
  /** Milliseconds to wait for what the broker has kept. */
  settle: z.number().int().min(20).max(10_000).default(500),
  /** Milliseconds to wait until a device says that it did what it was told. */
  confirm: z.number().int().min(0).max(60_000).default(3000),
  /** Milliseconds for connecting. */
  time: z.number().int().min(100).max(60_000).default(10_000),
});

export const deviceCapability = z.discriminatedUnion('action', [
  /** All devices, or those of these kinds. */
  z.strictObject({ action: z.literal('list'), kinds: z.array(z.string().max(50)).max(50).optional() }),
  /** Argument `id`. */
  z.strictObject({ action: z.literal('state') }),
  /** Arguments `id` and `value`. `ids`: the only devices it may be; `min`, `max`: narrower than what the device takes. */
  z.strictObject({
    action: z.literal('set'),
    ids: z.array(z.string().max(200)).min(1).max(500).optional(),
    kinds: z.array(z.string().max(50)).min(1).max(50).optional(),
    min: z.number().optional(),
    max: z.number().optional(),
  }),
]);
export type DeviceConfig = z.output<typeof deviceConfig>;
export type DeviceCapability = z.output<typeof deviceCapability>;
export const writesDevice = ({ action }: DeviceCapability): boolean => action === 'set';

/** What a device announced of itself, with the short names written out. */
export interface Device {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly unit: string;
  readonly stateTopic: string;
  readonly commandTopic: string;
  readonly about: Readonly<Record<string, unknown>>;
}

const SHORT: Readonly<Record<string, string>> = {
  ...{ stat_t: 'state_topic', cmd_t: 'command_topic', uniq_id: 'unique_id', unit_of_meas: 'unit_of_measurement' },
  ...{ pl_on: 'payload_on', pl_off: 'payload_off', stat_on: 'state_on', stat_off: 'state_off', ops: 'options' },
  ...{ pl_lock: 'payload_lock', pl_unlk: 'payload_unlock', pl_open: 'payload_open', pl_cls: 'payload_close' },
  ...{ pl_stop: 'payload_stop', pl_prs: 'payload_press', val_tpl: 'value_template', dev: 'device' },
};

/** The device of an announcement under `prefix/kind/[node/]object/config`; undefined when it is none that can be used. */
export function deviceOf(prefix: string, topic: string, payload: Uint8Array): Device | undefined {
  const [kind, ...rest] = topic.slice(prefix.length + 1).split('/');
  const about = announcement(payload);
  if (!kind || rest.at(-1) !== 'config' || rest.length < 2 || rest.length > 3 || !about) return undefined;
  const text = (name: string) => (typeof about[name] === 'string' ? cut(singleLine(clean(about[name]).text), 200) : '');
  const expand = (name: string) =>
    typeof about[name] === 'string' ? about[name].replace(/^~|~$/g, String(about['~'] ?? '~')) : '';
  const [stateTopic, commandTopic] = [expand('state_topic'), expand('command_topic')];
  if (/[+#\0]/.test(stateTopic + commandTopic) || stateTopic.length + commandTopic.length > 2000) return undefined;
  const id = text('unique_id') || rest.slice(0, -1).join('/');
  const device = Object(about.device) as Record<string, unknown>;
  const name = text('name') || (typeof device.name === 'string' ? cut(singleLine(clean(device.name).text), 200) : id);
  return { id, kind, name, unit: text('unit_of_measurement'), stateTopic, commandTopic, about };
}

function announcement(payload: Uint8Array): Record<string, unknown> | undefined {
  if (payload.length === 0 || payload.length > MAX_MESSAGE) return undefined;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
    return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [SHORT[name] ?? name, value]));
  } catch {
    return undefined;
  }
}

/** What workers see of a device. */
export const shownDevice = ({ id, kind, name, unit, commandTopic }: Device): Record<string, unknown> => ({
  ...{ id, kind, name, unit },
  settable: commandTopic !== '',
});

/** What a device says, as text: one value out of JSON when it announced where. */
export function stateOf({ about }: Device, payload: Uint8Array): string {
  const said = Buffer.from(payload).toString('utf8');
  const path = /^\s*\{\{\s*value_json\.([\w.]+)\s*(?:\|[^}]*)?\}\}\s*$/.exec(String(about.value_template ?? ''))?.[1];
  if (path === undefined) return cut(clean(said).text, 10_000);
  try {
    const found = path
      .split('.')
      .reduce<unknown>(
        (at, name) => (Object.hasOwn(Object(at), name) ? Reflect.get(Object(at), name) : undefined),
        JSON.parse(said),
      );
    return cut(clean(typeof found === 'object' ? JSON.stringify(found) : String(found)).text, 10_000);
  } catch {
    return '';
  }
}

export function idOf(call: Call): string {
  const id = textArg(call, 'id', 200);
  if (id !== '' && !hasControls(id)) return id;
  throw refused('"id" is empty or has control characters; give it as it was listed');
}

/** What is sent, and what the device says when it did it; null when nothing it says would tell. */
export interface Command {
  readonly topic: string;
  readonly payload: string;
  readonly expected: string | null;
}

/** The command a call means. @throws ToolError deterministic for what the device does not take, or may not be told. */
export function commandOf(
  call: Call,
  device: Device,
  action: DeviceCapability & { action: 'set' },
  config: DeviceConfig,
): Command {
  const { id, kind, commandTopic: topic } = device;
  if (action.ids && !action.ids.includes(id))
    throw refused(`"${id}" is not among the devices of ${call.capability.id}`);
  if (action.kinds && !action.kinds.includes(kind))
    throw refused(`"${id}" is a ${kind}; ${call.capability.id} is for ${action.kinds.join(', ')}`);
  if (topic === '') throw refused(`"${id}" takes no commands`);
  if (
    !config.commands.some(
      (prefix) => topic === prefix || topic.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`),
    )
  )
    throw refused(`"${id}" wants its commands at a topic that this tool may not use; see "commands" in its config`);
  const meaning = MEANINGS[kind];
  if (!meaning) throw refused(`a ${kind} cannot be set here; known are ${Object.keys(MEANINGS).join(', ')}`);
  const { payload, expected } = meaning(call.args.value, device, action);
  return { topic, payload, expected: device.stateTopic === '' ? null : expected };
}

type Limits = Pick<DeviceCapability & { action: 'set' }, 'min' | 'max'>;
type Meaning = (
  value: unknown,
  device: Device,
  limits: Limits,
) => { readonly payload: string; readonly expected: string | null };

const told = ({ about }: Device, name: string, otherwise: string): string =>
  typeof about[name] === 'string' ? about[name] : otherwise;

const onOff: Meaning = (value, device) => {
  const on = value === true || (typeof value === 'string' && value.toLowerCase() === 'on');
  if (!on && value !== false && !(typeof value === 'string' && value.toLowerCase() === 'off'))
    throw refused('"value" is true, false, "on" or "off"');
  const payload = on ? told(device, 'payload_on', 'ON') : told(device, 'payload_off', 'OFF');
  const expected = told(device, on ? 'state_on' : 'state_off', payload);
  return device.about.schema === 'json'
    ? { payload: JSON.stringify({ state: on ? 'ON' : 'OFF' }), expected: null }
    : { payload, expected };
};

const amount: Meaning = (value, { about }, limits) => {
  const [least, most] = [Number(about.min ?? 1), Number(about.max ?? 100)];
  const [min, max] = [Math.max(least, limits.min ?? least), Math.min(most, limits.max ?? most)];
  if (typeof value !== 'number' || !(value >= min && value <= max))
    throw refused(`"value" is a number from ${min} to ${max}`);
  return { payload: String(value), expected: String(value) };
};

const choice: Meaning = (value, { about }) => {
  const options = Array.isArray(about.options) ? about.options.filter((one) => typeof one === 'string') : [];
  if (typeof value === 'string' && options.includes(value)) return { payload: value, expected: value };
  throw refused(`"value" is one of ${options.slice(0, 50).join(', ')}`);
};

/** Words → the payload and the state that stand for them. */
const words =
  (
    all: Readonly<Record<string, readonly [payload: string, otherwise: string, state: string | null, stands: string]>>,
  ): Meaning =>
  (value, device) => {
    const known =
      typeof value === 'string' && Object.hasOwn(all, value.toLowerCase()) ? all[value.toLowerCase()] : undefined;
    if (!known) throw refused(`"value" is one of ${Object.keys(all).join(', ')}`);
    const [payload, otherwise, state, stands] = known;
    return { payload: told(device, payload, otherwise), expected: state === null ? null : told(device, state, stands) };
  };

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ...{ switch: onOff, light: onOff, fan: onOff, siren: onOff, humidifier: onOff, number: amount, select: choice },
  lock: words({
    lock: ['payload_lock', 'LOCK', 'state_locked', 'LOCKED'],
    unlock: ['payload_unlock', 'UNLOCK', 'state_unlocked', 'UNLOCKED'],
  }),
  cover: words({
    open: ['payload_open', 'OPEN', 'state_open', 'open'],
    close: ['payload_close', 'CLOSE', 'state_closed', 'closed'],
    stop: ['payload_stop', 'STOP', null, ''],
  }),
  button: words({ press: ['payload_press', 'PRESS', null, ''] }),
};

/** Do two states say the same? Numbers by their value. */
export const sameState = (a: string, b: string): boolean =>
  a === b || (a.trim() !== '' && b.trim() !== '' && Number(a) === Number(b));
