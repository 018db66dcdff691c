-- Checkpoints that witnesses have signed, too: the newest of each. On no ledger, and derived of none: a
-- signature proves itself.
CREATE TABLE cosignatures (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};
