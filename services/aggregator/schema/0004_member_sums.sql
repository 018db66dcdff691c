-- What each member's report adds to the months, kinds and campaigns of the kept total: derived, and read only when the
-- member changes.
CREATE TABLE member_sums (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};
