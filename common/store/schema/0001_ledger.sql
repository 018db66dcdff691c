CREATE TABLE ledger_heads (
  unit_id {ID} NOT NULL,
  size {INT} NOT NULL,
  frontier {BYTES} NOT NULL,
  PRIMARY KEY (unit_id)
) {OPTIONS};

CREATE TABLE ledger_entries (
  unit_id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  request_id {ID} NOT NULL,
  header {BYTES} NOT NULL,
  hashes {BYTES} NOT NULL,
  content {BYTES} NOT NULL,
  PRIMARY KEY (unit_id, sequence)
) {OPTIONS};

CREATE UNIQUE INDEX ledger_entries_by_request ON ledger_entries (unit_id, request_id);

CREATE TABLE follow_positions (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};
