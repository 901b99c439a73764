/**
 * The fixture of the official conformance runner over Reeve's own MCP endpoint: what the runner asks for by name, served by the
 * code that serves seats (`apps/server/src/mcp`). Run: `node bin/run.js tools/conformance/server.ts PORT`.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { ProtocolError, ProtocolErrorCode, Server, type ServerContext } from '@modelcontextprotocol/server';
import { attachTasks, knowsTasks, mcpEndpoint, TASKS, type TaskView, taskResult } from '@reeve/server/mcp';

type Result = Record<string, unknown>;
const text = (words: string): Result => ({ type: 'text', text: words });
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const SOUND = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=';
const image = { type: 'image', data: PIXEL, mimeType: 'image/png' };
const resource = (uri: string, mimeType: string, words: string): Result => ({
  type: 'resource',
  resource: { uri, mimeType, text: words },
});
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const invalid = (message: string) => new ProtocolError(ProtocolErrorCode.InvalidParams, message);

const KEY = randomBytes(32);
const sign = (state: string) => `${state}.${createHmac('sha256', KEY).update(state).digest('hex')}`;
/** The state that was given out, or an error for any other. */
function stateOf(context: ServerContext): string | null {
  const given = context.mcpReq.requestState<string>();
  if (given === undefined) return null;
  const state = given.slice(0, given.lastIndexOf('.'));
  if (sign(state) !== given) throw invalid('the request state was changed');
  return state;
}

const form = (message: string, name: string, type = 'string'): Result => ({
  method: 'elicitation/create',
  params: { message, requestedSchema: { type: 'object', properties: { [name]: { type } }, required: [name] } },
});
const sampling = (words: string): Result => ({
  method: 'sampling/createMessage',
  params: { messages: [{ role: 'user', content: text(words) }], maxTokens: 100 },
});
const roots: Result = { method: 'roots/list', params: {} };
const ask = (inputRequests: Result, state?: string): Result => ({
  resultType: 'input_required',
  inputRequests,
  ...(state === undefined ? {} : { requestState: sign(state) }),
});
/** What was answered under these keys; null when one is missing or is no answer. */
function answers(context: ServerContext, ...keys: string[]): Result[] | null {
  const given = context.mcpReq.inputResponses ?? {};
  const found = keys.map((key) => given[key]).filter((one): one is Result => typeof one === 'object' && one !== null);
  return found.length === keys.length ? found : null;
}
const said = (one: Result | undefined, name: string): unknown => (one?.content as Result | undefined)?.[name];

const capabilitiesOf = (context: ServerContext): Result =>
  (context.mcpReq.envelope as Record<string, Result> | undefined)?.['io.modelcontextprotocol/clientCapabilities'] ?? {};

async function progress(context: ServerContext): Promise<Result> {
  const progressToken = context.mcpReq._meta?.progressToken;
  for (const done of [0, 50, 100]) {
    if (progressToken !== undefined)
      await context.mcpReq.notify({
        method: 'notifications/progress',
        params: { progressToken, progress: done, total: 100 },
      });
    await wait(50);
  }
  return { content: [text('done')] };
}

const tasks = new Map<string, TaskView>();
/** What a task that waits for an answer goes on with. */
const waiting = new Map<string, (answers: Result) => Partial<TaskView> | null>();

/** A task that is over, in that way, after so many seconds. */
function task(seconds: number, over: Partial<TaskView>, now = Date.now()): Result {
  const id = `task-${randomBytes(12).toString('hex')}`;
  const begun: TaskView = { id, status: 'working', created: now, updated: now };
  tasks.set(id, begun);
  setTimeout(() => {
    if (tasks.get(id)?.status === 'working')
      tasks.set(id, { ...begun, status: 'completed', updated: Date.now(), ...over });
  }, seconds * 1000).unref();
  return taskResult(begun);
}

/** What can only be answered by a task. */
function onlyTask(context: ServerContext, over: Partial<TaskView>): Result {
  if (knowsTasks(context)) return task(0.05, over);
  throw new ProtocolError(ProtocolErrorCode.MissingRequiredClientCapability, 'this needs tasks', {
    requiredCapabilities: { extensions: { [TASKS]: {} } },
  });
}

/** A task that asks first. */
function asking(inputRequests: Result, go: (answers: Result) => Partial<TaskView> | null): Result {
  const made = task(1_000_000, {});
  const id = String(made.taskId);
  tasks.set(id, { ...tasks.get(id)!, status: 'input_required', inputRequests });
  waiting.set(id, go);
  return made;
}

type Tool = (context: ServerContext, args: Result) => Result | Promise<Result>;
const JSON_TEXT = JSON.stringify({ test: 'data', value: 123 });

const TOOLS: Readonly<Record<string, Tool>> = {
  test_simple_text: () => ({ content: [text('This is a simple text response for testing.')] }),
  test_image_content: () => ({ content: [image] }),
  test_audio_content: () => ({ content: [{ type: 'audio', data: SOUND, mimeType: 'audio/wav' }] }),
  test_embedded_resource: () => ({
    content: [resource('test://embedded-resource', 'text/plain', 'This is an embedded resource content.')],
  }),
  test_multiple_content_types: () => ({
    content: [
      ...[text('Multiple content types test:'), image],
      resource('test://mixed-content-resource', 'application/json', JSON_TEXT),
    ],
  }),
  test_error_handling: () => ({
    content: [text('This tool intentionally returns an error for testing')],
    isError: true,
  }),
  test_tool_with_progress: progress,
  test_missing_capability: (context) => {
    if (Object.hasOwn(capabilitiesOf(context), 'sampling')) return { content: [text('it is there')] };
    throw new ProtocolError(ProtocolErrorCode.MissingRequiredClientCapability, 'this needs sampling', {
      requiredCapabilities: { sampling: {} },
    });
  },
  test_input_required_result_elicitation: (context) => {
    const name = said(answers(context, 'user_name')?.[0], 'name');
    if (typeof name !== 'string') return ask({ user_name: form('What is your name?', 'name') });
    return { content: [text(`Hello, ${name}!`)] };
  },
  test_input_required_result_sampling: (context) => {
    const found = answers(context, 'capital_question');
    if (!found) return ask({ capital_question: sampling('What is the capital of France?') });
    return { content: [text(String(said(found[0], 'text')))] };
  },
  test_input_required_result_list_roots: (context) => {
    const found = answers(context, 'client_roots');
    if (!found) return ask({ client_roots: roots });
    return { content: [text(JSON.stringify(found[0]?.roots))] };
  },
  test_input_required_result_request_state: (context) => {
    const state = stateOf(context);
    if (!answers(context, 'confirm')) return ask({ confirm: form('Please confirm', 'ok', 'boolean') }, 'confirm');
    return { content: [text(state === 'confirm' ? 'state-ok' : 'no state')] };
  },
  test_input_required_result_multiple_inputs: (context) => {
    stateOf(context);
    if (answers(context, 'user_name', 'greeting', 'client_roots')) return { content: [text('all is there')] };
    const user_name = form('What is your name?', 'name');
    return ask({ user_name, greeting: sampling('Generate a greeting'), client_roots: roots }, 'many');
  },
  test_input_required_result_multi_round: (context) => {
    const state = stateOf(context);
    if (state === 'two' && answers(context, 'step2')) return { content: [text('done')] };
    if (state === 'one' && answers(context, 'step1'))
      return ask({ step2: form('Step 2: What is your favorite color?', 'color') }, 'two');
    return ask({ step1: form('Step 1: What is your name?', 'name') }, 'one');
  },
  test_input_required_result_tampered_state: (context) => {
    const state = stateOf(context);
    return state === null
      ? ask({ confirm: form('Please confirm', 'ok', 'boolean') }, 'guarded')
      : { content: [text('ok')] };
  },
  test_input_required_result_capabilities: (context) => {
    const able = capabilitiesOf(context);
    const all = {
      ...(Object.hasOwn(able, 'sampling') ? { sample: sampling('Say something') } : {}),
      ...(Object.hasOwn(able, 'elicitation') ? { name: form('What is your name?', 'name') } : {}),
      ...(Object.hasOwn(able, 'roots') ? { folders: roots } : {}),
    };
    return answers(context, ...Object.keys(all)) || Object.keys(all).length === 0
      ? { content: [text('ok')] }
      : ask(all);
  },
  test_streaming_elicitation: () => ask({ user_name: form('What is your name?', 'name') }),
  test_logging_tool: async (context) => {
    await context.mcpReq.log('info', 'said while it worked');
    return { content: [text('done')] };
  },
  greet: (_, { name = 'you' }) => ({ content: [text(`Hello, ${String(name)}!`)] }),
  slow_compute: (context, { seconds = 1 }) => {
    const result = { content: [text(`computed for ${Number(seconds)} s`)] };
    return knowsTasks(context) ? task(Number(seconds), { result }) : result;
  },
  failing_job: (context) => onlyTask(context, { result: { content: [text('it failed')], isError: true } }),
  protocol_error_job: (context) =>
    onlyTask(context, { status: 'failed', error: { code: -32_603, message: 'it broke' } }),
  confirm_delete: (context, { filename = 'it' }) => {
    if (!knowsTasks(context)) return onlyTask(context, {});
    return asking({ confirm: form(`Delete ${String(filename)}?`, 'confirm', 'boolean') }, (given) => {
      const sure = said(given.confirm as Result | undefined, 'confirm');
      return given.confirm === undefined
        ? null
        : { result: { content: [text(sure ? `deleted ${String(filename)}` : 'kept')] } };
    });
  },
  test_tool_with_task: (context) => {
    const name = said(answers(context, 'user_name')?.[0], 'name');
    if (typeof name !== 'string') return ask({ user_name: form('What is your name?', 'name') }, 'task');
    return onlyTask(context, { result: { content: [text(`Hello, ${name}!`)] } });
  },
};

const say = (...content: Result[]): Result => ({ messages: content.map((one) => ({ role: 'user', content: one })) });
type Prompt = { readonly args: readonly string[]; readonly get: (args: Result, context: ServerContext) => Result };
const PROMPTS: Readonly<Record<string, Prompt>> = {
  test_simple_prompt: { args: [], get: () => say(text('This is a simple prompt for testing.')) },
  test_prompt_with_arguments: {
    args: ['arg1', 'arg2'],
    get: ({ arg1, arg2 }) => say(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)),
  },
  test_prompt_with_embedded_resource: {
    args: ['resourceUri'],
    get: ({ resourceUri }) =>
      say(
        resource(String(resourceUri), 'text/plain', 'Embedded resource content for testing.'),
        text('Please process the embedded resource above.'),
      ),
  },
  test_prompt_with_image: { args: [], get: () => say(image, text('Please analyze the image above.')) },
  test_input_required_result_prompt: {
    args: [],
    get: (_, context) => {
      const found = answers(context, 'user_context');
      if (found) return say(text(`With ${String(said(found[0], 'context'))}`));
      return ask({ user_context: form('What context should the prompt use?', 'context') });
    },
  },
};

function read(uri: string): Result {
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
  const data = { id, templateTest: true, data: `Data for ID: ${id}` };
  if (id !== undefined) return { uri, mimeType: 'application/json', text: JSON.stringify(data) };
  if (uri === 'test://static-text')
    return { uri, mimeType: 'text/plain', text: 'This is the content of the static text resource.' };
  if (uri === 'test://static-binary') return { uri, mimeType: 'image/png', blob: PIXEL };
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, `there is no resource ${uri}`, { uri });
}

function fixture(): Server {
  const hint = { ttlMs: 1000, cacheScope: 'private' } as const;
  const server = new Server(
    { name: 'reeve-conformance', version: '1' },
    {
      capabilities: {
        tools: {},
        resources: {},
        prompts: {},
        completions: {},
        logging: {},
        extensions: { [TASKS]: {} },
      },
      cacheHints: { 'tools/list': hint, 'prompts/list': hint, 'resources/list': hint, 'resources/read': hint },
    },
  );
  const object = { type: 'object' as const };
  server.setRequestHandler('tools/list', () => ({
    tools: Object.keys(TOOLS).map((name) => ({ name, description: name, inputSchema: object })),
  }));
  server.setRequestHandler('tools/call', async ({ params }, context) => {
    const tool = TOOLS[params.name];
    if (!tool) throw invalid(`there is no tool ${params.name}`);
    return (await tool(context, params.arguments ?? {})) as never;
  });
  server.setRequestHandler('resources/list', () => ({
    resources: ['test://static-text', 'test://static-binary'].map((uri) => ({ uri, name: uri })),
  }));
  server.setRequestHandler('resources/templates/list', () => ({
    resourceTemplates: [{ uriTemplate: 'test://template/{id}/data', name: 'data' }],
  }));
  server.setRequestHandler('resources/read', ({ params }) => ({ contents: [read(params.uri)] }) as never);
  server.setRequestHandler('prompts/list', () => ({
    prompts: Object.entries(PROMPTS).map(([name, { args }]) => ({
      ...{ name, description: name },
      arguments: args.map((one) => ({ name: one, required: true, description: one })),
    })),
  }));
  server.setRequestHandler('prompts/get', ({ params }, context) => {
    const prompt = PROMPTS[params.name];
    if (!prompt) throw invalid(`there is no prompt ${params.name}`);
    return prompt.get(params.arguments ?? {}, context) as never;
  });
  server.setRequestHandler('completion/complete', ({ params }) => ({
    completion: { values: ['paris', 'park', 'party'].filter((one) => one.startsWith(params.argument.value)) },
  }));
  attachTasks(server, {
    get: async (id) => tasks.get(id) ?? null,
    update: async (id, given) => {
      const known = tasks.get(id);
      const over = known?.status === 'input_required' ? waiting.get(id)?.(given) : null;
      if (known && over) tasks.set(id, { ...known, status: 'completed', updated: Date.now(), ...over });
      return known !== undefined;
    },
    cancel: async (id) => {
      const known = tasks.get(id);
      if (known?.status === 'working' || known?.status === 'input_required')
        tasks.set(id, { ...known, status: 'cancelled', updated: Date.now() });
      return known !== undefined;
    },
  });
  return server;
}

const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;
const endpoint = mcpEndpoint({
  authorise: async () => ({}),
  serve: fixture,
  origin: (origin) => URL.canParse(origin) && LOOPBACK.test(new URL(origin).host),
  log: () => undefined,
});
const listener = getRequestListener((request) =>
  LOOPBACK.test(request.headers.get('host') ?? '')
    ? endpoint.fetch(request)
    : new Response('this server answers only under loopback names', { status: 403 }),
);
const server = createServer(listener);
server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  const address = server.address();
  console.log(`ready ${typeof address === 'object' ? address?.port : ''}`);
});
