// An agent of the command line, without a model: started by Reeve for one run (`kind: command`, `profile: plain`), it asks over
// MCP like any other. Its arguments say how it misbehaves; docs/how-to/command-agent.md tells the rest.
import { spawn } from 'node:child_process';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

const how = new Set(process.argv.slice(2));
const headers = { authorization: `Bearer ${process.env.REEVE_MCP_TOKEN}` };
const client = new Client({ name: 'desk-agent', version: '1' }, { versionNegotiation: { mode: 'auto' } });
await client.connect(
  new StreamableHTTPClientTransport(new URL(process.env.REEVE_MCP_URL), { requestInit: { headers } }),
);

async function use(name, args = {}) {
  const { content } = await client.callTool({ name, arguments: args });
  const answer = JSON.parse(content[0].text);
  console.log(name, answer.status ?? 'read', answer.operation ?? '');
  return answer;
}

console.log('environment:', Object.keys(process.env).sort().join(' '));
const { briefing, past } = await use('work_read');
console.log(`${briefing.run} is about ${briefing.case.id}; ${past.length} calls were made before`);
if (how.has('silent')) process.exit(0);
if (how.has('hang')) {
  spawn('/bin/sleep', ['1000'], { detached: true, stdio: 'ignore' }).unref();
  await new Promise((resolve) => setTimeout(resolve, 1_000_000));
}
const order_id = /K-\d+/.exec(briefing.case.text)?.[0] ?? '';
const order = await use('orders_get', { order_id, _key: 'look' });
if (how.has('die') && past.length === 0) process.kill(process.pid, 'SIGKILL');
const amount = how.has('modest') ? 4_000_000 : order.result.paid - order.result.refunded;
const refund = await use('orders_refund', { order_id, amount, _why: 'It leaks.', _key: 'refund' });
if (refund.status === 'waiting') process.exit(0);
const done = refund.status === 'done';
if (done) await use('case_resolve', { summary: 'Paid back.', evidence: [refund.operation], _key: 'resolve' });
else await use('case_escalate', { reason: refund.note ?? 'It was refused.', _key: 'escalate' });
await use('report', { outcome: done ? 'Paid back.' : 'Handed over.', evidence: [refund.operation] });
await client.close();
