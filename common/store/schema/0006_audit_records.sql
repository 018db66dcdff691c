-- Who was refused, who signed in, who read what only few may read (see common/audit); on the ledger.
CREATE TABLE audit_records (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  kind {INT} NOT NULL,
  subject {ID} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX audit_records_by_subject ON audit_records (unit_id, subject, id);
