import type { ClientBase } from 'pg';
import { StoreUnavailable } from '../errors.ts';

/** What makes version n + 1 out of version n; an empty database takes all steps. Never edit one that was released. */
const STEPS: readonly string[] = [
  // `organisation` is head and lease in one row, so that an append checks and moves both under one row lock. Room is left on
  // its pages because it changes with every append and no index needs to know.
  // In `record`, what stands beside header, body and hash repeats the header for history; the header is what counts.
  `
CREATE TABLE organisation (
  id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text COLLATE "C" NOT NULL UNIQUE,
  seq bigint NOT NULL DEFAULT 0,
  hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex'),
  at bigint NOT NULL DEFAULT 0,
  epoch bigint NOT NULL DEFAULT 0,
  holder text COLLATE "C",
  until bigint NOT NULL DEFAULT 0,
  wake_at bigint
) WITH (fillfactor = 40);
CREATE TABLE record (
  org int NOT NULL REFERENCES organisation (id),
  seq bigint NOT NULL,
  at bigint NOT NULL,
  kind text COLLATE "C" NOT NULL,
  stream text COLLATE "C" NOT NULL,
  correlation text COLLATE "C" NOT NULL,
  seat text COLLATE "C",
  header text COLLATE "C" NOT NULL,
  body text COLLATE "C" NOT NULL,
  hash bytea NOT NULL,
  PRIMARY KEY (org, seq)
);
CREATE INDEX record_correlation ON record (org, correlation, seq);
CREATE INDEX record_stream ON record (org, stream, seq);
CREATE TABLE checkpoint (
  org int NOT NULL REFERENCES organisation (id),
  size bigint NOT NULL,
  note text NOT NULL,
  frontier text NOT NULL,
  PRIMARY KEY (org, size)
);
CREATE TABLE snapshot (
  org int NOT NULL REFERENCES organisation (id),
  seq bigint NOT NULL,
  version text NOT NULL,
  hash bytea NOT NULL,
  checksum bytea NOT NULL,
  PRIMARY KEY (org, seq)
);
CREATE TABLE snapshot_part (
  org int NOT NULL,
  seq bigint NOT NULL,
  part int NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (org, seq, part),
  FOREIGN KEY (org, seq) REFERENCES snapshot ON DELETE CASCADE
);
CREATE TABLE blob (
  org int NOT NULL REFERENCES organisation (id),
  digest bytea NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (org, digest)
);
CREATE TABLE subject_key (
  org int NOT NULL REFERENCES organisation (id),
  tag bytea NOT NULL,
  id text COLLATE "C" NOT NULL,
  key bytea NOT NULL,
  PRIMARY KEY (org, tag)
);
CREATE TABLE file (
  org int NOT NULL REFERENCES organisation (id),
  name text COLLATE "C" NOT NULL,
  bytes bytea NOT NULL,
  PRIMARY KEY (org, name)
);
CREATE TABLE node (
  name text COLLATE "C" PRIMARY KEY,
  incarnation text COLLATE "C" NOT NULL,
  url text NOT NULL,
  version text NOT NULL,
  until bigint NOT NULL,
  draining boolean NOT NULL DEFAULT false
) WITH (fillfactor = 50);
-- The index of words: derived, thrown away and filled again at will. Each word carries its organisation, so that one index
-- serves them all without reading what others have.
CREATE TABLE word_record (
  org int NOT NULL REFERENCES organisation (id),
  seq bigint NOT NULL,
  words text[] NOT NULL,
  PRIMARY KEY (org, seq)
);
CREATE INDEX word_record_words ON word_record USING gin (words);
CREATE TABLE word_about (
  org int NOT NULL REFERENCES organisation (id),
  subject text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  PRIMARY KEY (org, subject, seq)
);
CREATE TABLE word_state (
  org int PRIMARY KEY REFERENCES organisation (id),
  version text NOT NULL,
  position bigint NOT NULL
);
`,
  // Which secret the nodes use, and which one they used before while not everything is sealed under it yet, by fingerprints;
  // and which ones each node knows.
  `
ALTER TABLE node ADD COLUMN knows text NOT NULL DEFAULT '';
CREATE TABLE installation (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  secret text NOT NULL,
  former text
);
`,
];

export const SCHEMA = 'reeve';

/** Any number; the same for all who make or change these tables. */
const LOCK = 0x52656576;

/**
 * Makes the tables, or brings them up to date; one process at a time does.
 * @throws StoreUnavailable if they are of a newer Reeve.
 */
export async function migrate(client: ClientBase): Promise<void> {
  await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
  try {
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA}`);
    await client.query(`CREATE TABLE IF NOT EXISTS ${SCHEMA}.version (version int NOT NULL)`);
    const found = (await client.query(`SELECT version FROM ${SCHEMA}.version`)).rows[0] as
      | { version: number }
      | undefined;
    const version = found?.version ?? 0;
    if (version > STEPS.length) throw newer(version);
    if (version < STEPS.length) await upgrade(client, version);
  } finally {
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK]);
  }
}

/** A query of several statements is one transaction. */
async function upgrade(client: ClientBase, version: number): Promise<void> {
  await client.query(
    `BEGIN; SET LOCAL search_path = ${SCHEMA}; ${STEPS.slice(version).join('')}` +
      `DELETE FROM ${SCHEMA}.version; INSERT INTO ${SCHEMA}.version VALUES (${STEPS.length}); COMMIT`,
  );
}

const newer = (version: number): StoreUnavailable =>
  new StoreUnavailable(
    'terminal',
    `the database was written by a newer Reeve (schema ${version}, this one knows ${STEPS.length}): upgrade, or use the newer one.`,
  );
