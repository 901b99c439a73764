import { join } from 'node:path';
import type { MqttClient } from 'mqtt';
import { type Call, type CallResult, type Connector, type OpenContext, type Tool, ToolError } from '../port.ts';
import { assertWanted, landed, refused } from '../shared/call.ts';
import { configured, parseConfig } from '../shared/capabilities.ts';
import { closable } from '../shared/closing.ts';
import { assertNoSecret, cleaned, type Secrets, secretsFor } from '../shared/credentials.ts';
import { targetOf } from '../shared/endpoint.ts';
import { openPlans, type Plan, type Plans, unknownOutcome } from '../shared/planned.ts';
import { connected, messages, unlessLost } from './broker.ts';
import {
  type Command,
  commandOf,
  type Device,
  type DeviceCapability,
  type DeviceConfig,
  deviceCapability,
  deviceConfig,
  deviceOf,
  idOf,
  sameState,
  shownDevice,
  stateOf,
  writesDevice,
} from './wire.ts';

/** Devices that announce themselves at an MQTT broker. */
export const deviceConnector: Connector = {
  id: 'device',
  config: deviceConfig,
  capabilityConfig: deviceCapability,
  open: async (context) => openDevices(context),
};

/** `name` is the device. */
interface DevicePlan extends Plan {
  readonly expected: string | null;
  readonly result: CallResult;
}

interface Devices {
  readonly context: OpenContext;
  readonly config: DeviceConfig;
  readonly plans: Plans<DevicePlan>;
  readonly closing: AbortController;
}

function openDevices(context: OpenContext): Tool {
  const config = parseConfig(deviceConfig, context.tool.config, `tool ${context.tool.id}`);
  const capabilities = configured(context, deviceCapability, writesDevice);
  const closing = new AbortController();
  const plans = openPlans<DevicePlan>(join(context.directory, '.reeve', 'plans.db'), {
    find: (plan) => find(devices, plan),
  });
  const devices: Devices = { context, config, plans, closing };
  return closable({
    call: async (call) => {
      const found = capabilities.get(call.capability.id)?.config;
      if (!found) throw refused(`${call.capability.id} is not a capability of this tool; apply the pack again`);
      return carryOut(devices, found, call);
    },
    lookup: (key) => plans.lookup(key),
    health: () => healthOf(devices),
    close: async () => {
      closing.abort();
      plans.close();
    },
  });
}

const secretsOf = ({ context, config }: Devices, seat: string | undefined): Promise<Secrets> =>
  secretsFor(context.secret, config.password ? [config.password.secret] : [], seat);

async function carryOut(devices: Devices, action: DeviceCapability, call: Call): Promise<CallResult> {
  assertWanted(call);
  const secrets = await secretsOf(devices, call.seat);
  assertNoSecret(call, secrets);
  const acts = {
    list: () =>
      withBroker(devices, secrets, call.signal, async (client) => listed(await announced(devices, client), action)),
    state: () => withBroker(devices, secrets, call.signal, (client) => state(devices, client, idOf(call))),
    set: () => set(devices, secrets, action as DeviceCapability & { action: 'set' }, call),
  };
  try {
    return secrets.redactor.clean(await acts[action.action]());
  } catch (error) {
    const lost =
      error instanceof ToolError || writesDevice(action) ? error : new ToolError('transient', (error as Error).message);
    throw cleaned(lost, secrets.redactor, call.capability.id);
  }
}

async function withBroker<T>(
  { context, config, closing }: Devices,
  { values }: Secrets,
  signal: AbortSignal,
  work: (client: MqttClient) => Promise<T>,
): Promise<T> {
  const target = await targetOf(config.broker, context.packDirectory);
  const login = { user: config.user, password: config.password && values.get(config.password.secret) };
  const client = await connected(target, login, config.time);
  const over = AbortSignal.any([signal, closing.signal]);
  const stop = () => void client.end(true);
  over.addEventListener('abort', stop, { once: true });
  try {
    return await work(client);
  } finally {
    over.removeEventListener('abort', stop);
    await client.endAsync(true).catch(() => undefined);
  }
}

/** The devices that announced themselves, for the broker keeps what they said; until that with the id `wanted`, if one is. */
async function announced({ config }: Devices, client: MqttClient, wanted?: string): Promise<Map<string, Device>> {
  const { prefix, settle } = config;
  const found = new Map<string, Device>();
  await messages(client, [`${prefix}/+/+/config`, `${prefix}/+/+/+/config`], settle, (topic, payload) => {
    const device = deviceOf(prefix, topic, payload);
    // The first to use an id has it: another one cannot take its place by announcing the same.
    if (device && !found.has(device.id)) found.set(device.id, device);
    return device !== undefined && device.id === wanted;
  });
  return found;
}

function listed(found: ReadonlyMap<string, Device>, action: DeviceCapability): CallResult {
  const kinds = action.action === 'list' ? action.kinds : undefined;
  const all = [...found.values()].filter(({ kind }) => !kinds || kinds.includes(kind));
  const rows = all.sort((a, b) => (a.id < b.id ? -1 : 1)).map(shownDevice);
  return { value: { rows: rows.slice(0, 1000), count: Math.min(rows.length, 1000) } };
}

async function deviceFor(devices: Devices, client: MqttClient, id: string): Promise<Device> {
  const device = (await announced(devices, client, id)).get(id);
  if (device) return device;
  throw refused(`there is no device "${id}"; list the devices again`);
}

async function state(devices: Devices, client: MqttClient, id: string): Promise<CallResult> {
  const device = await deviceFor(devices, client, id);
  const said = await present(devices, client, device);
  return {
    value: { ...shownDevice(device), known: said !== undefined, ...(said === undefined ? {} : { state: said }) },
  };
}

async function present({ config }: Devices, client: MqttClient, device: Device): Promise<string | undefined> {
  if (device.stateTopic === '') return undefined;
  let said: string | undefined;
  await messages(client, [device.stateTopic], config.settle, (topic, payload) => {
    if (topic === device.stateTopic) said = stateOf(device, payload);
    return said !== undefined;
  });
  return said;
}

function set(
  devices: Devices,
  secrets: Secrets,
  action: DeviceCapability & { action: 'set' },
  call: Call,
): Promise<CallResult> {
  const id = idOf(call);
  return withBroker(devices, secrets, call.signal, async (client) => {
    const device = await deviceFor(devices, client, id);
    const command = commandOf(call, device, action, devices.config);
    const result = landed(`device:${id}`, call, { id, value: call.args.value ?? null, confirmed: false });
    const plan = { capability: call.capability.id, seat: call.seat, name: id, expected: command.expected, result };
    return devices.plans.once(
      call,
      () => plan,
      (_, mark) => tell(devices, client, device, command, result, mark),
    );
  });
}

/** Publish, and wait until the device says so; the broker has it when this does not throw. */
async function tell(
  { config }: Devices,
  client: MqttClient,
  device: Device,
  { topic, payload, expected }: Command,
  result: CallResult,
  mark: () => void,
): Promise<CallResult> {
  const publish = async () => {
    mark();
    await unlessLost(client, client.publishAsync(topic, payload, { qos: 1 }));
  };
  if (expected === null) {
    await publish();
    return result;
  }
  let confirmed = false;
  let sent = false;
  await messages(
    client,
    [device.stateTopic],
    config.confirm,
    (from, said) => {
      confirmed = sent && from === device.stateTopic && sameState(stateOf(device, said), expected);
      return confirmed;
    },
    async () => {
      sent = true;
      await publish();
    },
  );
  return { ...result, value: { ...result.value, confirmed } };
}

/** A device that is in the wanted state needs no more; told again, one that is not comes to the same state. */
async function find(devices: Devices, plan: DevicePlan): Promise<CallResult | null> {
  if (plan.expected === null) throw unknownOutcome(`nothing that "${plan.name}" says tells whether it got the command`);
  const { expected } = plan;
  const secrets = await secretsOf(devices, plan.seat);
  try {
    const said = await withBroker(devices, secrets, devices.closing.signal, async (client) =>
      present(devices, client, await deviceFor(devices, client, plan.name)),
    );
    if (said === undefined || !sameState(said, expected)) return null;
    return { ...plan.result, value: { ...plan.result.value, confirmed: true } };
  } catch (error) {
    throw unknownOutcome(cleaned(error, secrets.redactor, 'looking').message);
  }
}

async function healthOf(devices: Devices): Promise<{ ok: boolean; message: string }> {
  const { host, port } = devices.config.broker;
  try {
    const secrets = await secretsOf(devices, undefined);
    await withBroker(devices, secrets, devices.closing.signal, async () => undefined);
    return { ok: true, message: `the broker at ${host}:${port} answers` };
  } catch (error) {
    return { ok: false, message: `the broker at ${host}:${port}: ${(error as Error).message}` };
  }
}
