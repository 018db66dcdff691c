-- Documents with a number, how many there are of a kind and year, and their order, newest first.

CREATE TABLE documents (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  kind {INT} NOT NULL,
  year {INT} NOT NULL,
  short_digest {ID} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};
CREATE INDEX documents_by_digest ON documents (unit_id, short_digest);

CREATE TABLE document_counters (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE TABLE document_order (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};
