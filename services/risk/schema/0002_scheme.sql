-- Points about powers: those of before are about none.
ALTER TABLE risk_points ADD COLUMN power {ID} NOT NULL DEFAULT '';

CREATE INDEX risk_points_by_power ON risk_points (unit_id, power, id);

CREATE TABLE powers (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  department {ID} NOT NULL,
  state {INT} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX powers_by_department ON powers (unit_id, department, id);

CREATE TABLE workflows (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  power {ID} NOT NULL,
  department {ID} NOT NULL,
  state {INT} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX workflows_by_power ON workflows (unit_id, power, id);

CREATE INDEX workflows_by_department ON workflows (unit_id, department, id);

CREATE TABLE volumes (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  kind {INT} NOT NULL,
  year {INT} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE TABLE submissions (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  kind {INT} NOT NULL,
  owner {ID} NOT NULL,
  year {INT} NOT NULL,
  state {INT} NOT NULL,
  submitter {ID} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX submissions_by_owner ON submissions (unit_id, owner, kind, year);

CREATE INDEX submissions_by_submitter ON submissions (unit_id, submitter, id);

CREATE TABLE feedback (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  owner {ID} NOT NULL,
  state {INT} NOT NULL,
  code_digest {ID} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX feedback_by_code ON feedback (unit_id, code_digest);
