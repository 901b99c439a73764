import { connectorContract } from '../src/contract-suite.ts';
import { CONNECTORS, fakeConnectors, fakeShell } from '../src/index.ts';
import { mcpSubject } from './mcp-subject.ts';
import {
  documentsSubject,
  FAKE_PROGRAMS,
  fsSubject,
  httpSubject,
  jsonStoreSubject,
  mailboxSubject,
  shellSubject,
  sqlSubject,
} from './subjects.ts';

const SUBJECTS = {
  sql: sqlSubject,
  mailbox: mailboxSubject,
  documents: documentsSubject,
  'json-store': jsonStoreSubject,
  fs: fsSubject,
  shell: shellSubject,
  http: httpSubject,
  mcp: mcpSubject,
};

for (const [id, subject] of Object.entries(SUBJECTS)) {
  connectorContract(id, () => subject(CONNECTORS[id]!, true));
  connectorContract(`the fake ${id}`, () =>
    subject({ ...fakeConnectors(), shell: fakeShell(FAKE_PROGRAMS) }[id]!, false),
  );
}
