CREATE TABLE grades (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  year {INT} NOT NULL,
  state {INT} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX grades_by_year ON grades (unit_id, year, state);

CREATE TABLE reviews (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  state {INT} NOT NULL,
  record {ID} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX reviews_by_state ON reviews (unit_id, state, id);

CREATE INDEX reviews_by_record ON reviews (unit_id, record, id);

-- Copies of what risk keeps, without what people wrote
CREATE TABLE followed_self_checks (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  year {INT} NOT NULL,
  state {INT} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX followed_self_checks_by_year ON followed_self_checks (unit_id, year, state);

CREATE TABLE followed_risk_points (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  owner {ID} NOT NULL,
  year {INT} NOT NULL,
  layer {INT} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX followed_risk_points_by_owner ON followed_risk_points (unit_id, owner, year);
