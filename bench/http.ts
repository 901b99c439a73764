/** Opening cases over HTTP on the real server, durable, one after another and 16 at a time. */
import { Agent, request } from 'node:http';
import { median, parallel, percentile, type Row, seconds } from './lib/measure.ts';
import { quietData, residentMegabytes, type Server, startServer } from './lib/server.ts';
import { temporary } from './lib/world.ts';

/** One request over kept-alive connections; the client's own cost is kept small. */
function post(server: Server, agent: Agent, key: string): Promise<void> {
  const body = JSON.stringify({ subject: `Case ${key}`, text: 'Where is my parcel?', customer: 'c@d.example' });
  return new Promise((resolve, reject) => {
    const sent = request(
      `${server.url}/v1/cases`,
      {
        agent,
        method: 'POST',
        headers: {
          authorization: `Bearer ${server.token}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'idempotency-key': key,
        },
      },
      (response) => {
        response.resume();
        response.on('end', () =>
          response.statusCode === 201 ? resolve() : reject(new Error(`${response.statusCode}`)),
        );
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

export async function http(runs: number): Promise<Row[]> {
  return temporary(async (directory) => {
    const { data } = await quietData(directory);
    const server = await startServer(data);
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    const idle = residentMegabytes(server.child.pid!);
    const one = { p50: [] as number[], p95: [] as number[] };
    const wide = { rate: [] as number[], p95: [] as number[] };
    for (let run = 0; run <= runs; run++) {
      const alone = await parallel(300, 1, (i) => post(server, agent, `a-${run}-${i}`));
      const start = process.hrtime.bigint();
      const together = await parallel(3000, 16, (i) => post(server, agent, `b-${run}-${i}`));
      const took = seconds(start);
      // The first round warms both processes up.
      if (run === 0) continue;
      one.p50.push(percentile(alone, 50));
      one.p95.push(percentile(alone, 95));
      wide.rate.push(3000 / took);
      wide.p95.push(percentile(together, 95));
    }
    agent.destroy();
    await server.stop();
    const p95 = median(one.p95);
    const perSecond = median(wide.rate);
    return [
      { what: 'HTTP create case, sequential, p50', value: median(one.p50), unit: 'ms' },
      { what: 'HTTP create case, sequential, p95', value: p95, unit: 'ms', target: '< 8', met: p95 < 8 },
      {
        what: 'HTTP create case, 16 parallel',
        value: perSecond,
        unit: '/s',
        target: '≥ 3,000',
        met: perSecond >= 3000,
      },
      { what: 'HTTP create case, 16 parallel, p95', value: median(wide.p95), unit: 'ms' },
      { what: 'RSS, idle, fresh', value: idle, unit: 'MB', target: '< 150', met: idle < 150 },
    ];
  });
}
