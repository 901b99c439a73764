/** graphile-worker: a job for each step, each adding the next; what waits is a job that is not due until it is decided. */
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import pg from 'pg';
import { serve } from '../lib/peer.ts';
import { durableSettings } from '../lib/postgres.ts';
import { Waiters } from '../lib/waiters.ts';

const STEPS = ['request', 'admit', 'lease', 'effect', 'verify'];
const NEVER = new Date('2099-01-01');
const waiters = new Waiters();

/** The waiting jobs are those of an operation that starts with "ask". */
async function step(payload, { addJob }) {
  const { id, at, done } = payload;
  const next = { id, at: at + 1, done: { ...done, [STEPS[at]]: true } };
  if (next.at === STEPS.length) return waiters.tell(id);
  const asks = id.startsWith('ask') && STEPS[next.at] === 'lease';
  await addJob('step', next, asks ? { jobKey: id, runAt: NEVER } : {});
  if (asks) waiters.tell(id);
}

async function open({ url }) {
  const pool = new pg.Pool({ connectionString: url, max: 20 });
  // The library's recommendation: a listener on the pool, or an idle connection that breaks ends the process.
  pool.on('error', () => {});
  const logger = new Logger(() => () => {});
  const utils = await makeWorkerUtils({ pgPool: pool, logger });
  await utils.migrate();
  const runner = await run({
    ...{ pgPool: pool, logger, concurrency: 64, noHandleSignals: true, taskList: { step }, crontab: '' },
  });
  const settings = await durableSettings((sql) => pool.query(sql));
  const start = async (id, i) => {
    const told = waiters.of(id);
    await utils.addJob('step', { id, at: 0, done: { i } }, { jobKey: id });
    await told;
  };
  return {
    settings,
    run: (i) => start(`op-${i}`, i),
    hold: async (i) => {
      await start(`ask-${i}`, i);
      return `ask-${i}`;
    },
    approve: async (id) => {
      const told = waiters.of(id);
      const done = { request: true, admit: true, decision: true };
      await utils.addJob('step', { id, at: 2, done }, { jobKey: id, runAt: new Date() });
      await told;
    },
    close: async () => {
      await runner.stop();
      await utils.release();
      await pool.end();
    },
  };
}

await serve(open);
