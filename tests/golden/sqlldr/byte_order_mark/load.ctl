-- No character set is declared: SQL*Loader takes a byte order mark for data.
LOAD DATA
INFILE 'load.dat'
INTO TABLE managers
FIELDS TERMINATED BY ','
(employee, manager)
