-- A head's `writes` carries a check of itself from here on; a number below zero says that nothing was written since.
UPDATE ledger_heads SET writes = -1 - size;

-- What is derived was written by no entry of this ledger: its sequence is 0, so that it can be made again and compared.
UPDATE follow_positions SET sequence = 0;
