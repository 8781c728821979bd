-- Whole files as values, named by a field that is not loaded itself.
LOAD DATA
INFILE 'load.dat'
REPLACE
INTO TABLE person
FIELDS TERMINATED BY ','
(person_no, name, file_name FILLER CHAR(40),
 resume LOBFILE(file_name) TERMINATED BY EOF NULLIF file_name = 'NONE')
