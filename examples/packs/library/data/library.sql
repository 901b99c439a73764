-- A small catalogue. Money in integer micro-units (1 EUR = 1,000,000).
CREATE TABLE members (card TEXT PRIMARY KEY, blocked INTEGER NOT NULL DEFAULT 0, fines INTEGER NOT NULL DEFAULT 0 CHECK (fines >= 0));
CREATE TABLE copies (
  copy TEXT PRIMARY KEY, title TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('lending', 'reference')),
  borrower TEXT NOT NULL DEFAULT '', reserved_for TEXT NOT NULL DEFAULT '', renewals INTEGER NOT NULL DEFAULT 0,
  days INTEGER NOT NULL DEFAULT 0
);
CREATE VIEW member_facts AS
SELECT card, blocked, fines, (SELECT COUNT(*) FROM copies WHERE borrower = members.card) AS loans FROM members;

INSERT INTO members (card, blocked, fines) VALUES ('card-17', 0, 2500000), ('card-18', 1, 0), ('card-19', 0, 30000000);
INSERT INTO copies (copy, title, kind, borrower, reserved_for, days) VALUES
  ('moby-dick-1', 'Moby-Dick', 'lending', '', '', 0),
  ('moby-dick-2', 'Moby-Dick', 'lending', 'card-18', 'card-17', 21),
  ('dune-1', 'Dune', 'lending', '', 'card-19', 0),
  ('atlas-1', 'Atlas of the World', 'reference', '', '', 0);
