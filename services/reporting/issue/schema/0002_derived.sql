-- What is derived was written by no entry of this ledger: its sequence is 0, so that it can be made again and compared.
UPDATE issued_reports SET sequence = 0;
