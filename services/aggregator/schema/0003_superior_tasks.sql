-- What waits for the superior at the members, and what became of it.
CREATE TABLE superior_tasks (
  unit_id {ID} NOT NULL,
  id {ID} NOT NULL,
  sequence {INT} NOT NULL,
  body {BYTES} NOT NULL,
  state {INT} NOT NULL,
  member {ID} NOT NULL,
  PRIMARY KEY (unit_id, id)
) {OPTIONS};

CREATE INDEX superior_tasks_by_state ON superior_tasks (unit_id, state, id);
CREATE INDEX superior_tasks_by_member ON superior_tasks (unit_id, member, state, id);
