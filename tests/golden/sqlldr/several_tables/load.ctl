-- One record goes to one table always, and to others where a condition holds; a record for none is discarded.
LOAD DATA
INFILE 'load.dat'
BADFILE 'load.bad'
DISCARDFILE 'load.dsc'
REPLACE
INTO TABLE staff
WHEN staff_no != '    '
(staff_no POSITION(1:4) INTEGER EXTERNAL,
 name     POSITION(6:13) CHAR)
INTO TABLE project
WHEN (15:17) <> '   ' AND staff_no != BLANKS
(staff_no POSITION(1:4) INTEGER EXTERNAL,
 project  POSITION(15:17) INTEGER EXTERNAL)
INTO TABLE project
WHEN (19:21) <> '   ' AND staff_no != BLANKS
(staff_no POSITION(1:4) INTEGER EXTERNAL,
 project  POSITION(19:21) INTEGER EXTERNAL)
