-- What is derived was written by no entry of this ledger: its sequence is 0, so that it can be made again and compared.
UPDATE member_rows SET sequence = 0;
