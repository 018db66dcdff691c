-- The whole scheme: further records, years, cross tables, campaigns, warnings and publications.
-- What is derived is counted in another way than before. It is emptied here and comes again from the ledgers, which are
-- followed from their beginnings.

DELETE FROM follow_positions;
DELETE FROM report_scopes;
DELETE FROM report_owners;
DELETE FROM report_holders;
DELETE FROM report_points;
DELETE FROM report_measures;
DELETE FROM report_appointments;
DELETE FROM report_posts;
DROP TABLE report_self_checks;

CREATE TABLE report_cubes (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  year {INT} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE TABLE report_known (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  year {INT} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX report_known_by_year ON report_known (unit_id, year, id);

CREATE TABLE report_feedback (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE TABLE report_attentions (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  open {INT} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX report_attentions_by_open ON report_attentions (unit_id, open, id);

CREATE TABLE campaigns (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE TABLE warnings (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE TABLE publications (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  kind {INT} NOT NULL,
  year {INT} NOT NULL,
  state {INT} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};
