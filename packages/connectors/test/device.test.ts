/** Devices at Mosquitto: the contract, what devices may be told, faults at the socket. */
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type ContractSubject, callOf, connectorContract } from '../src/contract-suite.ts';
import { type Connector, deviceConnector, fakeDevices } from '../src/index.ts';
import { BROKER_PASSWORD, type Broker, mosquitto } from './servers/broker.ts';
import { without } from './servers/process.ts';
import { type CapabilityInput, capabilityOf, read, world } from './subjects.ts';

const ACTIONS: readonly CapabilityInput[] = [
  { id: 'home.list', effect: 'read', config: { action: 'list' } },
  { id: 'home.state', effect: 'read', config: { action: 'state' } },
  { id: 'home.set', effect: 'reversible', config: { action: 'set' } },
  { id: 'home.warm', effect: 'reversible', config: { action: 'set', kinds: ['number'], max: 22 } },
];
const secret = async (name: string): Promise<string | undefined> => (name === 'mqtt' ? BROKER_PASSWORD : undefined);
const toolOf = (port: number, more: Record<string, unknown> = {}) => ({
  ...{
    broker: { host: '127.0.0.1', port, tls: 'none' },
    user: 'home',
    password: { secret: 'mqtt' },
    commands: ['home/'],
  },
  ...{ settle: 400, confirm: 3000, ...more },
});

async function deviceSubject(connector: Connector, broker: Broker | undefined): Promise<ContractSubject> {
  const id = broker ? `d${randomBytes(4).toString('hex')}` : 'lamp';
  const device = await broker?.device(id);
  const context = await world('device', toolOf(broker?.port ?? 1883), ACTIONS);
  const told: number[] = [];
  return {
    connector,
    context: { ...context, secret },
    cleanup: async () => {
      await context.cleanup();
      await device?.end();
    },
    write: { capability: capabilityOf(context, 'home.set'), args: (n) => ({ id, value: n % 2 === 1 }) },
    read: { capability: capabilityOf(context, 'home.state'), args: { id } },
    bad: [
      { why: 'no such device', args: { id: 'ghost', value: true } },
      { why: 'nothing a switch knows', args: { id, value: 'dim' } },
      { why: 'no value', args: { id } },
    ],
    world: async (tool) => {
      if (device) return [...device.told];
      // A lamp in memory shows only its state: each change of it is one command.
      const { state } = await read(tool, context, 'home.state', { id });
      if ((told.length % 2 === 1 ? 'ON' : 'OFF') !== state) told.push(1);
      return [...told];
    },
    count: (world) => (world as unknown[]).length,
  };
}

describe('the fake device', () => {
  it('does what it is told [CON14]', async () => {
    const { connector, context, cleanup } = await deviceSubject(fakeDevices(), undefined);
    const tool = await connector.open(context);
    const ask = async (id: string, args: object) =>
      (await tool.call(callOf(capabilityOf(context, `home.${id}`), { ...args }, { key: id }))).value;
    expect(await ask('list', {})).toMatchObject({ count: 1, rows: [{ id: 'lamp', kind: 'switch', settable: true }] });
    expect(await ask('set', { id: 'lamp', value: 'on' })).toMatchObject({ confirmed: true });
    expect(await ask('state', { id: 'lamp' })).toMatchObject({ state: 'ON' });
    await expect(ask('warm', { id: 'lamp', value: 20 })).rejects.toThrow('is for number');
    await tool.close();
    await cleanup();
  });
});

describe.skipIf(without('mosquitto', 'mosquitto') !== null)('devices with Mosquitto', () => {
  let broker: Broker;
  beforeAll(async () => {
    broker = await mosquitto();
  });
  afterAll(() => broker.stop());
  connectorContract('device with Mosquitto', () => deviceSubject(deviceConnector, broker));

  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  async function opened(more: Record<string, unknown> = {}, port = broker.port, given: typeof secret = secret) {
    const context = { ...(await world('device', toolOf(port, more), ACTIONS)), secret: given };
    const tool = await deviceConnector.open(context);
    cleanups.push(context.cleanup, () => tool.close());
    const ask = async (id: string, args: object, key = 'k', attempt = 1) =>
      (await tool.call(callOf(capabilityOf(context, `home.${id}`), { ...args }, { key, attempt }))).value;
    return { context, ask, lookup: (key: string) => tool.lookup?.(key, context.capabilities[0]!) };
  }
  const lamp = async (id: string, more: Record<string, unknown> = {}) => {
    const device = await broker.device(id, more);
    cleanups.push(() => device.end());
    return device;
  };

  it('a command goes to the topics of the tool only, within what device and capability take [CON132] [T22] (R-E89)', async () => {
    const { ask } = await opened();
    const heater = await lamp('heater', { kind: 'number', min: 5, max: 30, unit_of_measurement: '°C' });
    const thief = await lamp('thief', { cmd_t: 'alarm/set' });
    expect(await ask('list', {})).toMatchObject({
      rows: expect.arrayContaining([{ id: 'heater', kind: 'number', name: 'Lamp heater', unit: '°C', settable: true }]),
    });
    await expect(ask('warm', { id: 'heater', value: 25 }, 'k1')).rejects.toThrow('from 5 to 22');
    await expect(ask('set', { id: 'thief', value: true }, 'k2')).rejects.toThrow('may not use');
    expect(await ask('warm', { id: 'heater', value: 21.5 }, 'k3')).toMatchObject({ confirmed: true });
    expect(await ask('state', { id: 'heater' })).toMatchObject({ state: '21.5' });
    expect([heater.told, thief.told]).toEqual([['21.5'], []]);
  });

  /** A proxy that breaks when the client publishes: before the broker has it, or when the broker has answered it. */
  async function faulty(when: 'before' | 'after') {
    let armed = true;
    const server = createServer((client) => {
      const upstream = connect(broker.port, '127.0.0.1');
      let published = false;
      client.on('data', (bytes) => {
        published ||= armed && (bytes[0]! & 0xf0) === 0x30;
        if (published && when === 'before') client.destroy();
        else upstream.write(bytes);
      });
      upstream.on('data', (bytes) => {
        if (published) client.destroy();
        else client.write(bytes);
      });
      client.on('error', () => undefined).on('close', () => upstream.destroy());
      upstream.on('error', () => undefined).on('close', () => client.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    cleanups.push(() => new Promise((resolve) => server.close(resolve)));
    const mend = () => {
      armed = false;
    };
    return { port: (server.address() as AddressInfo).port, mend };
  }

  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)(
    'a connection cut %s the broker has the command is settled by what the device says [CON131] [CON1]',
    async (when, landed) => {
      const { port, mend } = await faulty(when);
      const id = `cut-${when}`;
      const device = await lamp(id);
      const { ask, lookup } = await opened({}, port);
      await expect(ask('set', { id, value: true }, 'k1')).rejects.toMatchObject({
        category: 'transient',
        uncertain: true,
      });
      mend();
      await vi.waitFor(() => expect(device.told).toHaveLength(landed), { interval: 5 });
      expect((await lookup('k1')) !== null).toBe(landed === 1);
      await ask('set', { id, value: true }, 'k1', 2);
      expect(device.told).toEqual(['ON']);
    },
  );

  it("a button whose command may be lost is a person's to settle [CON131]", async () => {
    const { port } = await faulty('after');
    await lamp('bell', { kind: 'button' });
    const { ask, lookup } = await opened({}, port);
    await expect(ask('set', { id: 'bell', value: 'press' }, 'k1')).rejects.toMatchObject({ uncertain: true });
    await expect(lookup('k1')).rejects.toMatchObject({ uncertain: true });
  });

  it('a device that says nothing is told, and not said to have done it [CON133]', async () => {
    const quiet = await lamp('quiet');
    quiet.silent();
    const { ask } = await opened({ confirm: 100 });
    expect(await ask('set', { id: 'quiet', value: true }, 'k1')).toMatchObject({ confirmed: false });
    expect(quiet.told).toEqual(['ON']);
  });

  it('names a refused login, and speaks TLS with trusted brokers only [CON100] [CON104] [T13]', async () => {
    const wrong = await opened({}, broker.port, async () => 'not-the-password');
    await expect(wrong.ask('list', {})).rejects.toMatchObject({ category: 'governance', uncertain: false });
    const tls = { host: 'localhost', port: broker.tls };
    const stranger = await opened({ broker: tls });
    await expect(stranger.ask('list', {})).rejects.toMatchObject({ category: 'deterministic', uncertain: false });
    const friend = await opened({ broker: { ...tls, ca: 'ca.pem' } });
    await writeFile(join(friend.context.packDirectory, 'ca.pem'), broker.ca);
    expect(await friend.ask('list', {})).toMatchObject({ rows: expect.any(Array) });
    expect(
      deviceConnector.config.safeParse(toolOf(1883, { broker: { host: 'broker.example', tls: 'none' } })).success,
    ).toBe(false);
  });
});
