CREATE TABLE warning_signs (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  year {INT} NOT NULL,
  state {INT} NOT NULL,
  subject {ID} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX warning_signs_by_subject ON warning_signs (unit_id, subject, year);

CREATE TABLE responsibility_letters (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  year {INT} NOT NULL,
  state {INT} NOT NULL,
  party_b {ID} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX responsibility_letters_by_year ON responsibility_letters (unit_id, year, state);

CREATE INDEX responsibility_letters_by_party_b ON responsibility_letters (unit_id, party_b, year);

CREATE TABLE self_inspection_reports (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  year {INT} NOT NULL,
  state {INT} NOT NULL,
  subject {ID} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX self_inspection_reports_by_subject ON self_inspection_reports (unit_id, subject, year);

CREATE TABLE examinations (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  year {INT} NOT NULL,
  state {INT} NOT NULL,
  department {ID} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX examinations_by_department ON examinations (unit_id, department, year);

CREATE TABLE rectifications (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  year {INT} NOT NULL,
  state {INT} NOT NULL,
  department {ID} NOT NULL,
  responsible {ID} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX rectifications_by_state ON rectifications (unit_id, state, year);

CREATE INDEX rectifications_by_responsible ON rectifications (unit_id, responsible, state);

-- Copies of what personnel and risk keep, without what people wrote
CREATE TABLE followed_post_duties (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  post {ID} NOT NULL,
  year {INT} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX followed_post_duties_by_year ON followed_post_duties (unit_id, year, post);

CREATE TABLE followed_measures (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};
