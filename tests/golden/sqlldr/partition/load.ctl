-- A partition is named; targets that have none load the table, and say so.
LOAD DATA
INFILE 'load.dat'
APPEND
INTO TABLE event
SINGLEROW
PARTITION (p_2026)
FIELDS TERMINATED BY X'09'
TRAILING NULLCOLS
(event_no INTEGER EXTERNAL, kind CONSTANT X'41', name)
