/** DBOS Transact: a workflow of five steps in PostgreSQL; what waits is a workflow that receives a message. */
import { DBOS } from '@dbos-inc/dbos-sdk';
import pg from 'pg';
import { serve } from '../lib/peer.ts';
import { durableSettings } from '../lib/postgres.ts';
import { Waiters } from '../lib/waiters.ts';

const A_YEAR = 365 * 24 * 3600;
const held = new Waiters();
const step = (name, done) => DBOS.runStep(async () => ({ ...done, [name]: true }), { name });

async function steps(names, done) {
  let result = done;
  for (const name of names) result = await step(name, result);
  return result;
}

const operate = DBOS.registerWorkflow((i) => steps(['request', 'admit', 'lease', 'effect', 'verify'], { i }), {
  name: 'operate',
});

const decide = DBOS.registerWorkflow(
  async (i) => {
    const admitted = await steps(['request', 'admit'], { i });
    held.tell(DBOS.workflowID);
    await DBOS.recv('decision', A_YEAR);
    return steps(['lease', 'effect', 'verify'], admitted);
  },
  { name: 'decide' },
);

async function open({ url }) {
  DBOS.setConfig({
    name: 'bench',
    systemDatabaseUrl: url,
    systemDatabasePoolSize: 20,
    logLevel: 'error',
    applicationVersion: '1',
    enableOTLP: false,
  });
  await DBOS.launch();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const settings = await durableSettings((sql) => client.query(sql));
  await client.end();
  return {
    settings,
    run: async (i) => {
      const handle = await DBOS.startWorkflow(operate, { workflowID: `op-${i}` })(i);
      await handle.getResult();
    },
    hold: async (i) => {
      const waits = held.of(`ask-${i}`);
      await DBOS.startWorkflow(decide, { workflowID: `ask-${i}` })(i);
      await waits;
      return `ask-${i}`;
    },
    approve: async (id) => {
      await DBOS.send(id, { approved: true }, 'decision');
      await DBOS.retrieveWorkflow(id).getResult();
    },
    close: () => DBOS.shutdown(),
  };
}

await serve(open);
