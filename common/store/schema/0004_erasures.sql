-- Which erasure emptied the content; '' where none did.
ALTER TABLE ledger_entries ADD COLUMN erasure {ID} NOT NULL DEFAULT '';

CREATE TABLE erasures (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};
