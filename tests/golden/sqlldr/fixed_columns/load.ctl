-- Fields by position: trailing blanks go, blank fields are NULL, a short record has NULLs at its end.
LOAD DATA
INFILE 'load.dat'
APPEND
INTO TABLE staff
(staff_no POSITION(1:4)   INTEGER EXTERNAL,
 name     POSITION(6:13)  CHAR,
 pay      POSITION(15:21) DECIMAL EXTERNAL NULLIF (15:21) = BLANKS,
 unit     POSITION(23:24) INTEGER EXTERNAL DEFAULTIF unit = BLANKS)
