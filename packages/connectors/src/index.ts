export { documentsConnector } from './documents/client.ts';
export { fakeDocuments } from './documents/fake.ts';
export { fsConnector } from './fs/client.ts';
export { fakeFs } from './fs/fake.ts';
export { httpConnector, httpConnectorWith } from './http/client.ts';
export { type FakeServer, fakeHttp } from './http/fake.ts';
export { hashOf, type JsonStoreTool, jsonStoreConnector } from './json-store/client.ts';
export { fakeJsonStore } from './json-store/fake.ts';
export { mailboxConnector } from './mailbox/client.ts';
export { fakeMailbox } from './mailbox/fake.ts';
export { describeServer, mcpConnector } from './mcp/client.ts';
export { fakeMcp } from './mcp/fake.ts';
export * from './port.ts';
export {
  CONNECTORS,
  type Connectors,
  fakeConnectors,
  openTools,
  type ToolDirectories,
  type ToolIssue,
  type ToolParts,
  toolIssues,
} from './registry.ts';
export { type Redactor, redactorOf, secretOf } from './shared/secrets.ts';
export { shellConnector } from './shell/client.ts';
export { type FakeProgram, fakeShell } from './shell/fake.ts';
export { sqlConnector } from './sql/client.ts';
export { fakeSql } from './sql/fake.ts';
