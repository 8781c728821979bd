-- One record for each way to be refused, and two that are not.
OPTIONS (ERRORS=20)
LOAD DATA
INFILE 'load.dat'
APPEND
INTO TABLE item
FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '"'
(item_no INTEGER EXTERNAL, name CHAR(8), priced DECIMAL EXTERNAL, made DATE "DD.MM.YYYY")
