-- The day's payments: one header line, pipe-delimited, amounts with two decimals.
OPTIONS (SKIP=1, ERRORS=100)
LOAD DATA
CHARACTERSET UTF8
INFILE 'payments.dat'
BADFILE 'payments.bad'
APPEND
INTO TABLE payments
WHEN kind <> 'X'
FIELDS TERMINATED BY '|' OPTIONALLY ENCLOSED BY '"'
TRAILING NULLCOLS
(
  kind         FILLER CHAR(1),
  payment_id   INTEGER EXTERNAL,
  account,
  amount       DECIMAL EXTERNAL,
  currency     CHAR(3),
  booked_on    DATE "YYYYMMDD",
  reference    CHAR(100) NULLIF reference=BLANKS,
  file_record  RECNUM
)
