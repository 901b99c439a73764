import type { Call, CallResult, Connector } from '../port.ts';
import { landed, refused } from '../shared/call.ts';
import { parseConfig } from '../shared/capabilities.ts';
import { fakeConnector } from '../shared/fake.ts';
import { deviceConnector } from './client.ts';
import {
  commandOf,
  type DeviceCapability,
  deviceCapability,
  deviceConfig,
  deviceOf,
  idOf,
  shownDevice,
  writesDevice,
} from './wire.ts';

/** What a device announces, and the state it begins in. */
export interface FakeDevice {
  /** `switch/lamp` */
  readonly topic: string;
  readonly about: Readonly<Record<string, unknown>>;
  readonly state?: string;
}

const LAMP: FakeDevice = {
  topic: 'switch/lamp',
  about: { unique_id: 'lamp', name: 'Lamp', state_topic: 'home/lamp', command_topic: 'home/lamp/set' },
  state: 'OFF',
};

/** Devices in memory that do what they are told at once. */
export function fakeDevices(given: readonly FakeDevice[] = [LAMP]): Connector {
  return fakeConnector(deviceConnector, deviceCapability, (context) => {
    const config = parseConfig(deviceConfig, context.tool.config, `tool ${context.tool.id}`);
    const devices = given.flatMap(
      ({ topic, about }) =>
        deviceOf(config.prefix, `${config.prefix}/${topic}/config`, Buffer.from(JSON.stringify(about))) ?? [],
    );
    const states = new Map(
      given.flatMap(({ state }, n) => (state === undefined || !devices[n] ? [] : [[devices[n].id, state] as const])),
    );
    const deviceFor = (id: string) => {
      const found = devices.find((one) => one.id === id);
      if (found) return found;
      throw refused(`there is no device "${id}"; list the devices again`);
    };
    return {
      writes: writesDevice,
      run: (call: Call, action: DeviceCapability): CallResult => {
        if (action.action === 'list') {
          const rows = devices.filter(({ kind }) => !action.kinds || action.kinds.includes(kind)).map(shownDevice);
          return { value: { rows, count: rows.length } };
        }
        const device = deviceFor(idOf(call));
        const state = states.get(device.id);
        if (action.action === 'state')
          return {
            value: { ...shownDevice(device), known: state !== undefined, ...(state === undefined ? {} : { state }) },
          };
        const { expected } = commandOf(call, device, action, config);
        if (expected !== null) states.set(device.id, expected);
        return landed(`device:${device.id}`, call, {
          id: device.id,
          value: call.args.value ?? null,
          confirmed: expected !== null,
        });
      },
    };
  });
}
