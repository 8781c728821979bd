-- Lines of a report: those with a dot in column 33 hold data; amounts are formatted, some in brackets.
LOAD DATA
INFILE 'load.dat'
DISCARDFILE 'load.dsc'
APPEND
INTO TABLE pay
WHEN (33) = '.'
TRAILING NULLCOLS
(job  POSITION(3:11) CHAR TERMINATED BY WHITESPACE NULLIF job = BLANKS "UPPER(:job)",
 name POSITION(13:20) CHAR TERMINATED BY WHITESPACE,
 paid POSITION(27) CHAR TERMINATED BY WHITESPACE "TO_NUMBER(:paid, '$9,999.99')",
 bonus INTEGER EXTERNAL ENCLOSED BY '(' AND '%' ":bonus * 100")
