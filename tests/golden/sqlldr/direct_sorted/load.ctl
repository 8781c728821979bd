-- The direct path, of records that are in the order of an index; blank fields are NULL.
OPTIONS (DIRECT=TRUE, ERRORS=10)
UNRECOVERABLE LOAD DATA
INFILE 'load.dat'
INSERT
INTO TABLE branch
SORTED INDEXES (branch_no_ix)
REENABLE DISABLED_CONSTRAINTS EXCEPTIONS branch_faults
(branch_no POSITION(1:3)   INTEGER EXTERNAL NULLIF branch_no = BLANKS,
 town      POSITION(5:14)  CHAR             NULLIF town = BLANKS,
 opened    POSITION(16:23) DATE "YYYYMMDD"  NULLIF opened = BLANKS,
 limit     POSITION(25:33) DECIMAL EXTERNAL NULLIF limit = BLANKS)
