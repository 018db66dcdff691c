-- How many transactions have written anything of the unit; tells a reader of its records whether
-- what it knows still stands.
ALTER TABLE ledger_heads ADD COLUMN writes {INT} NOT NULL DEFAULT 0;
