/** The MCP endpoint by itself, for whoever serves something else with it: the fixture of the conformance runner. */
export { type McpEndpoint, type McpEndpointOptions, mcpEndpoint } from './endpoint.ts';
export { attachTasks, knowsTasks, TASKS, type Tasks, type TaskView, taskResult } from './tasks.ts';
