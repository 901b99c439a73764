// An agent of LangGraph that takes a seat over MCP: its tools are what the seat may do, and a person's decision is a node that waits.
//   REEVE_URL=http://127.0.0.1:4600 REEVE_TOKEN=$(reeve token give refunds) OPENAI_API_KEY=… MODEL=… node agent.mjs
import { SystemMessage, ToolMessage } from '@langchain/core/messages';
import { END, MessagesAnnotation, START, StateGraph } from '@langchain/langgraph';
import { ToolNode } from '@langchain/langgraph/prebuilt';
import { MultiServerMCPClient } from '@langchain/mcp-adapters';
import { ChatOpenAI } from '@langchain/openai';

const { REEVE_URL, REEVE_TOKEN, MODEL } = process.env;
const headers = { authorization: `Bearer ${REEVE_TOKEN}` };
const reeve = new MultiServerMCPClient({ reeve: { transport: 'http', url: `${REEVE_URL}/mcp`, headers } });
const tools = await reeve.getTools();
const status = tools.find(({ name }) => name === 'operation_status');
const model = new ChatOpenAI({ model: MODEL }).bindTools(tools);
const system = new SystemMessage(
  'Take work with work_take, do what it is about with the other tools, end it with report.',
);

const blockOf = (content) => (typeof content === 'string' ? JSON.parse(content) : [content].flat()[0]);
const answerOf = ({ content }) => (({ text, ...block }) => (text ? JSON.parse(text) : block))(blockOf(content));
const isWaiting = (message) => message instanceof ToolMessage && answerOf(message).status === 'waiting';

/** What waits for a person is looked at until it is decided; the model is asked again only then. */
async function wait({ messages }) {
  const last = messages.at(-1);
  for (let answer = answerOf(last); ; await new Promise((resolve) => setTimeout(resolve, 500))) {
    const [{ operation }, { id, name, tool_call_id }] = [answer, last];
    answer = answerOf({ content: await status.invoke({ operation }) });
    if (answer.status !== 'waiting')
      return { messages: [new ToolMessage({ id, name, tool_call_id, content: JSON.stringify(answer) })] };
  }
}

const graph = new StateGraph(MessagesAnnotation)
  .addNode('model', async ({ messages }) => ({ messages: [await model.invoke([system, ...messages])] }))
  .addNode('tools', new ToolNode(tools))
  .addNode('wait', wait)
  .addEdge(START, 'model')
  .addConditionalEdges('model', ({ messages }) => (messages.at(-1).tool_calls?.length ? 'tools' : END))
  .addConditionalEdges('tools', ({ messages }) => (isWaiting(messages.at(-1)) ? 'wait' : 'model'))
  .addEdge('wait', 'model')
  .compile();

const asked = { messages: [{ role: 'user', content: 'Take the next piece of work and finish it.' }] };
const { messages } = await graph.invoke(asked, { recursionLimit: 60 });
for (const message of messages) {
  for (const { name, args } of message.tool_calls ?? []) console.log(`${name} ${JSON.stringify(args)}`);
  if (message instanceof ToolMessage) console.log(`  → ${JSON.stringify(answerOf(message)).slice(0, 160)}`);
}
await reeve.close();
