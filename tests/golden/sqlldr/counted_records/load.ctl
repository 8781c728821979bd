-- Each record begins with three digits that count its bytes.
LOAD DATA
INFILE 'load.dat' "var 3"
INTO TABLE note
FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '"'
(note_no CHAR(5), body CHAR(7))
