/** Mosquitto, and devices at it. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { freePort } from '@reeve/ledger/trial';
import { connectAsync } from 'mqtt';
import { certificate, home, started } from './process.ts';

export const BROKER_PASSWORD = 'a-secret-of-home';

export interface Broker {
  readonly port: number;
  readonly tls: number;
  readonly ca: string;
  /** A switch that remembers what it was told, and says its state. */
  device(
    id: string,
    more?: Record<string, unknown>,
  ): Promise<{ readonly told: string[]; silent(): void; end(): Promise<void> }>;
  stop(): Promise<void>;
}

export async function mosquitto(): Promise<Broker> {
  const at = home('mqtt');
  const [port, tls] = [await freePort(), await freePort()];
  const { cert, key } = certificate(at.path);
  execFileSync('mosquitto_passwd', ['-b', '-c', `${at.path}/users`, 'home', BROKER_PASSWORD], { stdio: 'ignore' });
  execFileSync('chmod', ['644', `${at.path}/users`]);
  const config = [
    'per_listener_settings false',
    'allow_anonymous false',
    `password_file ${at.path}/users`,
    'persistence false',
    `listener ${port} 127.0.0.1`,
    `listener ${tls} 127.0.0.1`,
    `certfile ${cert}`,
    `keyfile ${key}`,
    '',
  ];
  writeFileSync(`${at.path}/mosquitto.conf`, config.join('\n'), { mode: 0o644 });
  const end = await started(at, 'mosquitto', ['-c', `${at.path}/mosquitto.conf`], port);
  const device: Broker['device'] = async (id, more = {}) => {
    const client = await connectAsync(`mqtt://127.0.0.1:${port}`, { username: 'home', password: BROKER_PASSWORD });
    const about = { unique_id: id, name: `Lamp ${id}`, '~': `home/${id}`, stat_t: '~', cmd_t: '~/set', ...more };
    const told: string[] = [];
    let answers = true;
    client.on('message', (_, payload) => {
      told.push(String(payload));
      if (answers) client.publish(`home/${id}`, payload, { retain: true });
    });
    await client.subscribeAsync(`home/${id}/set`, { qos: 1 });
    await client.publishAsync(`home/${id}`, 'OFF', { retain: true });
    await client.publishAsync(`homeassistant/${String(more.kind ?? 'switch')}/${id}/config`, JSON.stringify(about), {
      retain: true,
    });
    const silent = () => {
      answers = false;
    };
    return { told, silent, end: () => client.endAsync(true) };
  };
  const stop = async () => {
    await end();
    at.remove();
  };
  return { port, tls, ca: readFileSync(cert, 'utf8'), device, stop };
}
