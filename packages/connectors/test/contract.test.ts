import { connectorContract } from '../src/contract-suite.ts';
import { CONNECTORS, fakeConnectors } from '../src/index.ts';
import { documentsSubject, jsonStoreSubject, mailboxSubject, sqlSubject } from './subjects.ts';

const SUBJECTS = {
  sql: sqlSubject,
  mailbox: mailboxSubject,
  documents: documentsSubject,
  'json-store': jsonStoreSubject,
};

for (const [id, subject] of Object.entries(SUBJECTS)) {
  connectorContract(id, () => subject(CONNECTORS[id]!, true));
  connectorContract(`the fake ${id}`, () => subject(fakeConnectors()[id]!, false));
}
