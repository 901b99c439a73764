export { webdavConnector } from './dav/files-client.ts';
export { fakeWebdav } from './dav/files-fake.ts';
export { calendarConnector, contactsConnector } from './dav/objects-client.ts';
export { fakeCalendar, fakeContacts } from './dav/objects-fake.ts';
export { deviceConnector } from './device/client.ts';
export { type FakeDevice, fakeDevices } from './device/fake.ts';
export { documentsConnector } from './documents/client.ts';
export { fakeDocuments } from './documents/fake.ts';
export { fsConnector } from './fs/client.ts';
export { fakeFs } from './fs/fake.ts';
export { gitConnector } from './git/client.ts';
export { fakeGit } from './git/fake.ts';
export { httpConnector, httpConnectorWith } from './http/client.ts';
export { type FakeServer, fakeHttp } from './http/fake.ts';
export { hashOf, type JsonStoreTool, jsonStoreConnector } from './json-store/client.ts';
export { fakeJsonStore } from './json-store/fake.ts';
export { mailConnector } from './mail/client.ts';
export { fakeMail } from './mail/fake.ts';
export { mailboxConnector } from './mailbox/client.ts';
export { fakeMailbox } from './mailbox/fake.ts';
export { describeServer, mcpConnector } from './mcp/client.ts';
export { fakeMcp } from './mcp/fake.ts';
export { moduleConnector } from './module/client.ts';
export { fakeModule } from './module/fake.ts';
export * from './port.ts';
export { postgresConnector } from './postgres/client.ts';
export { fakePostgres } from './postgres/fake.ts';
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
export { cleaning, type Redactor, redactorOf, secretOf } from './shared/secrets.ts';
export { shellConnector } from './shell/client.ts';
export { type FakeProgram, fakeShell } from './shell/fake.ts';
export { sqlConnector } from './sql/client.ts';
export { fakeSql } from './sql/fake.ts';
export { webhookConnector } from './webhook/client.ts';
export { fakeWebhook } from './webhook/fake.ts';
