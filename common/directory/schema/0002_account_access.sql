CREATE TABLE account_access (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};
