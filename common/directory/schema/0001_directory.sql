CREATE TABLE units (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE TABLE departments (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  parent {ID} NOT NULL,
  head {ID} NOT NULL,
  vice_principal {ID} NOT NULL,
  state {INT} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX departments_by_parent ON departments (unit_id, parent);
CREATE INDEX departments_by_head ON departments (unit_id, head);
CREATE INDEX departments_by_vice_principal ON departments (unit_id, vice_principal);

CREATE TABLE posts (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  department {ID} NOT NULL,
  principal_responsible {INT} NOT NULL,
  state {INT} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX posts_by_department ON posts (unit_id, department);
CREATE INDEX posts_by_principal_responsible ON posts (unit_id, principal_responsible);

CREATE TABLE persons (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  state {INT} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE TABLE appointments (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  person {ID} NOT NULL,
  post {ID} NOT NULL,
  state {INT} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX appointments_by_person ON appointments (unit_id, person);
CREATE INDEX appointments_by_post ON appointments (unit_id, post);

CREATE TABLE leading_group_members (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  person {ID} NOT NULL,
  role {INT} NOT NULL,
  state {INT} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX leading_group_members_by_person ON leading_group_members (unit_id, person);
