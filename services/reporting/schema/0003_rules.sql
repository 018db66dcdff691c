-- Rules that measures make and revise are counted, and a confirmed level stays in force while its grade is reviewed
-- again: what is derived is emptied here and comes again from the ledgers.

DELETE FROM follow_positions;
DELETE FROM report_scopes;
DELETE FROM report_owners;
DELETE FROM report_holders;
DELETE FROM report_points;
DELETE FROM report_measures;
DELETE FROM report_appointments;
DELETE FROM report_posts;
DELETE FROM report_cubes;
DELETE FROM report_known;
DELETE FROM report_feedback;
DELETE FROM report_attentions;
