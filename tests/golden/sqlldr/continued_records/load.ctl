-- A star in the first column continues a record; the column is taken out of every line.
LOAD DATA
INFILE 'load.dat'
DISCARDFILE 'load.dsc'
DISCARDMAX 999
REPLACE
CONTINUEIF THIS (1) = '*'
INTO TABLE staff
(staff_no POSITION(1:4) INTEGER EXTERNAL,
 name     POSITION(6:15) CHAR,
 hired    POSITION(17:26) DATE "YYYY-MM-DD")
