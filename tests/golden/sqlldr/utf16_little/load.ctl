-- Two bytes a character, the lower one first; delimiters by their code units; a field with a terminator of its own.
LOAD DATA
CHARACTERSET utf16
BYTEORDER little
INFILE 'load.dat'
REPLACE
INTO TABLE member
FIELDS TERMINATED BY X'002c' OPTIONALLY ENCLOSED BY X'0022'
TRAILING NULLCOLS
(member_no INTEGER EXTERNAL(5),
 name,
 joined    DATE(20) "DD-Month-YYYY",
 branch    CHAR(5) TERMINATED BY ":",
 points    CHAR(5),
 load_no   SEQUENCE(MAX, 1))
