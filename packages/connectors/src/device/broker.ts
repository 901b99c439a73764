/** One conversation with a broker. */
import type { MqttClient } from 'mqtt';
import { ToolError } from '../port.ts';
import type { Target } from '../shared/endpoint.ts';
import { MAX_DEVICES, MAX_MESSAGE } from './wire.ts';

export interface Login {
  readonly user: string | undefined;
  readonly password: string | undefined;
}

interface Refusal extends Error {
  readonly code?: number | string;
}

/** Log in; whoever does ends it. @throws ToolError certain. */
export async function connected(
  { address, port, tls, secure }: Target,
  { user, password }: Login,
  time: number,
): Promise<MqttClient> {
  const { connectAsync } = await import('mqtt');
  try {
    const client = await connectAsync({
      ...{ protocol: tls === 'none' ? 'mqtt' : 'mqtts', hostname: address, host: address, port, protocolVersion: 5 },
      ...{ clean: true, reconnectPeriod: 0, connectTimeout: time, properties: { maximumPacketSize: 2 * MAX_MESSAGE } },
      ...(user === undefined ? {} : { username: user }),
      ...(password === undefined ? {} : { password }),
      ...(tls === 'none' ? {} : tlsOptions(secure)),
    });
    // Errors after this arrive at the call under way as well; without a listener they would end the process.
    client.on('error', () => undefined);
    return client;
  } catch (error) {
    throw refusalOf(error as Refusal);
  }
}

const tlsOptions = ({ servername, ca }: Target['secure']) => ({
  rejectUnauthorized: true,
  ...(servername === undefined ? {} : { servername }),
  ...(ca === undefined ? {} : { ca }),
});

/** 4 and 5 of MQTT 3, 134 and 135 of MQTT 5: user, password or rights. */
function refusalOf({ code, message }: Refusal): ToolError {
  if ([4, 5, 134, 135].includes(Number(code)))
    return new ToolError(
      'governance',
      `the broker refused the login: ${message}; check user and secret; nothing was sent`,
    );
  if (/certificate|self.signed|altnames/i.test(message))
    return new ToolError(
      'deterministic',
      `no protected connection: ${message}; correct host, tls or ca; nothing was sent`,
    );
  return new ToolError('transient', `the broker cannot be reached: ${message}; nothing was sent`);
}

/** What `work` gives, or an error as soon as the connection is gone: the library would wait for another one for ever. */
export function unlessLost<T>(client: MqttClient, work: Promise<T>): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const lost = () => reject(new Error('the connection to the broker was lost'));
    if (!client.connected) lost();
    client.once('close', lost);
    work.then(resolve, reject).finally(() => client.off('close', lost));
  });
}

/**
 * Messages on `topics` as they come, those the broker kept first, until `enough` says so or `wait` milliseconds are over.
 * `begin` is done when it is certain that none is missed.
 * @throws Error when the connection is lost before
 */
export async function messages(
  client: MqttClient,
  topics: readonly string[],
  wait: number,
  enough: (topic: string, payload: Buffer) => boolean,
  begin: () => Promise<void> = async () => undefined,
): Promise<void> {
  let seen = 0;
  let over = (): void => undefined;
  const done = new Promise<void>((resolve) => {
    over = resolve;
  });
  const heard = (topic: string, payload: Buffer) => {
    seen += 1;
    if ((payload.length <= MAX_MESSAGE && enough(topic, payload)) || seen >= MAX_DEVICES) over();
  };
  client.on('message', heard);
  let timer: NodeJS.Timeout | undefined;
  try {
    await unlessLost(client, client.subscribeAsync([...topics], { qos: 1 }));
    await begin();
    timer = setTimeout(over, wait);
    await unlessLost(client, done);
  } finally {
    clearTimeout(timer);
    client.off('message', heard);
  }
}
