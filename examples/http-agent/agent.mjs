// An agent that takes a seat over plain HTTP: JSON-RPC in POSTs to /mcp, nothing but `fetch`. Any language can do the same.
//   REEVE_URL=http://127.0.0.1:4600 REEVE_TOKEN=$(reeve token give refunds) node examples/http-agent/agent.mjs
const { REEVE_URL, REEVE_TOKEN } = process.env;
const protocolVersion = '2025-06-18';
const headers = {
  authorization: `Bearer ${REEVE_TOKEN}`,
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
  'mcp-protocol-version': protocolVersion,
};
let id = 0;

async function rpc(method, params) {
  const body = JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params });
  const answer = await fetch(`${REEVE_URL}/mcp`, { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(`${method}: ${answer.status} ${await answer.text()}`);
  const session = answer.headers.get('mcp-session-id');
  if (session) headers['mcp-session-id'] = session;
  const text = await answer.text();
  const events = text.startsWith('{') ? [text] : [...text.matchAll(/^data: ?(\{.*)$/gm)].map(([, data]) => data);
  const { result, error } = events.map((event) => JSON.parse(event)).find((message) => message.id === id);
  if (error) throw new Error(`${method}: ${error.message}`);
  return result;
}

async function use(name, args = {}) {
  const { content } = await rpc('tools/call', { name, arguments: args });
  return JSON.parse(content[0].text);
}

await rpc('initialize', { protocolVersion, capabilities: {}, clientInfo: { name: 'http-agent', version: '1' } });
const { work: _work, briefing } = await use('work_take', { wait: 20 });
const order_id = /K-\d+/.exec(briefing.case.text)?.[0] ?? '';
const order = await use('orders_get', { order_id, _work, _key: 'look' });
const amount = order.result.paid - order.result.refunded;
const ask = () => use('orders_refund', { order_id, amount, _work, _why: 'It leaks.', _key: 'refund' });
let refund = await ask();
for (; refund.status === 'waiting'; refund = await ask()) await new Promise((resolve) => setTimeout(resolve, 500));
if (refund.status === 'done')
  await use('case_resolve', { summary: 'Paid back.', evidence: [refund.operation], _work, _key: 'resolve' });
console.log(`${briefing.case.id}: the refund is ${refund.status}`);
await use('report', { outcome: `The refund is ${refund.status}.`, evidence: [refund.operation], _work });
