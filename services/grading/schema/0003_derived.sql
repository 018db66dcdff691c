-- What is derived was written by no entry of this ledger: its sequence is 0, so that it can be made again and compared.
UPDATE units SET sequence = 0;
UPDATE departments SET sequence = 0;
UPDATE posts SET sequence = 0;
UPDATE persons SET sequence = 0;
UPDATE appointments SET sequence = 0;
UPDATE leading_group_members SET sequence = 0;
UPDATE followed_self_checks SET sequence = 0;
UPDATE followed_risk_points SET sequence = 0;
UPDATE followed_post_duties SET sequence = 0;
UPDATE followed_measures SET sequence = 0;
