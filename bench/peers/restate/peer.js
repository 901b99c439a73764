/** Restate: its server from npm as a child process, and workflows served to it; what waits is a workflow's durable promise. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as restate from '@restatedev/restate-sdk';
import { serve } from '../lib/peer.ts';
import { Waiters } from '../lib/waiters.ts';

const held = new Waiters();

async function steps(ctx, names, done) {
  let result = done;
  for (const name of names) result = await ctx.run(name, () => ({ ...result, [name]: true }));
  return result;
}

const operate = restate.workflow({
  name: 'Operate',
  handlers: { run: (ctx, i) => steps(ctx, ['request', 'admit', 'lease', 'effect', 'verify'], { i }) },
});

const decide = restate.workflow({
  name: 'Decide',
  handlers: {
    run: async (ctx, i) => {
      const admitted = await steps(ctx, ['request', 'admit'], { i });
      held.tell(ctx.key);
      await ctx.promise('decision');
      return steps(ctx, ['lease', 'effect', 'verify'], admitted);
    },
    approve: (ctx) => ctx.promise('decision').resolve(true),
  },
  // At most 1,000 run at once; what waits has to give its place up soon, or the others wait for it.
  options: { inactivityTimeout: { milliseconds: 50 } },
});

const platform = `@restatedev/restate-server-${process.platform}-${process.arch}`;
const SERVER = join(createRequire(import.meta.url).resolve(`${platform}/package.json`), '../bin/restate-server');

async function post(url, body) {
  const reply = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!reply.ok) throw new Error(`${url}: ${reply.status} ${await reply.text()}`);
  return reply.text();
}

async function healthy(url) {
  for (;;) {
    const reply = await fetch(url).catch(() => null);
    if (reply?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function open({ directory, ports: [node, ingressPort, adminPort, worker] }) {
  await restate.serve({ services: [operate, decide], port: worker });
  const env = {
    ...process.env,
    RESTATE_BASE_DIR: join(directory, 'restate'),
    RESTATE_NODE_NAME: 'bench',
    RESTATE_LISTEN_MODE: 'tcp',
    RESTATE_BIND_IP: '127.0.0.1',
    RESTATE_BIND_PORT: String(node),
    RESTATE_INGRESS__BIND_PORT: String(ingressPort),
    RESTATE_ADMIN__BIND_PORT: String(adminPort),
    RESTATE_DISABLE_TELEMETRY: 'true',
    RESTATE_LOG_FILTER: 'error',
  };
  const dump = execFileSync(SERVER, ['--dump-config'], { env, encoding: 'utf8' });
  const child = spawn(SERVER, ['--no-logo'], { env, stdio: ['ignore', 'inherit', 'inherit'] });
  const [ingress, admin] = [`http://127.0.0.1:${ingressPort}`, `http://127.0.0.1:${adminPort}`];
  await healthy(`${admin}/health`);
  await healthy(`${ingress}/restate/health`);
  await post(`${admin}/deployments`, { uri: `http://127.0.0.1:${worker}`, force: true });
  return {
    settings: { 'rocksdb-disable-wal-fsync': [...new Set(dump.match(/(?<=wal-fsync = )\w+/g))].join() },
    run: async (i) => {
      await post(`${ingress}/Operate/op-${i}/run`, i);
    },
    hold: async (i) => {
      const waits = held.of(`ask-${i}`);
      await post(`${ingress}/Decide/ask-${i}/run/send`, i);
      await waits;
      return `ask-${i}`;
    },
    approve: async (id) => {
      await post(`${ingress}/Decide/${id}/approve`, null);
      const done = await fetch(`${ingress}/restate/workflow/Decide/${id}/attach`);
      if (!done.ok) throw new Error(`the workflow did not end: ${await done.text()}`);
    },
    close: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

await serve(open);
