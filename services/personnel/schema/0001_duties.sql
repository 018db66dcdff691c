CREATE TABLE post_duties (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  post {ID} NOT NULL,
  year {INT} NOT NULL,
  department {ID} NOT NULL,
  state {INT} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX post_duties_by_post ON post_duties (unit_id, post, year);
CREATE INDEX post_duties_by_year ON post_duties (unit_id, year, id);

CREATE TABLE post_duty_revisions (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  post_duty {ID} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX post_duty_revisions_by_duty ON post_duty_revisions (unit_id, post_duty, id);

CREATE TABLE duty_volumes (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  year {INT} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX duty_volumes_by_year ON duty_volumes (unit_id, year, id);
