CREATE TABLE self_checks (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  person {ID} NOT NULL,
  post {ID} NOT NULL,
  year {INT} NOT NULL,
  state {INT} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX self_checks_by_person ON self_checks (unit_id, person, post, year);

CREATE TABLE self_check_revisions (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  self_check {ID} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX self_check_revisions_by_form ON self_check_revisions (unit_id, self_check, id);

CREATE TABLE risk_points (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  layer {INT} NOT NULL,
  owner {ID} NOT NULL,
  year {INT} NOT NULL,
  state {INT} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX risk_points_by_owner ON risk_points (unit_id, owner, id);

CREATE TABLE measures (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  risk_point {ID} NOT NULL,
  state {INT} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX measures_by_risk_point ON measures (unit_id, risk_point, id);
