-- What is derived was written by no entry of this ledger: its sequence is 0, so that it can be made again and compared.
UPDATE units SET sequence = 0;
UPDATE departments SET sequence = 0;
UPDATE posts SET sequence = 0;
UPDATE persons SET sequence = 0;
UPDATE appointments SET sequence = 0;
UPDATE leading_group_members SET sequence = 0;
UPDATE report_scopes SET sequence = 0;
UPDATE report_owners SET sequence = 0;
UPDATE report_holders SET sequence = 0;
UPDATE report_points SET sequence = 0;
UPDATE report_measures SET sequence = 0;
UPDATE report_appointments SET sequence = 0;
UPDATE report_posts SET sequence = 0;
UPDATE report_cubes SET sequence = 0;
UPDATE report_known SET sequence = 0;
UPDATE report_feedback SET sequence = 0;
UPDATE report_attentions SET sequence = 0;
