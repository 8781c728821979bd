-- Delimited fields behind the control file, some in quotes, one with a doubled quote.
LOAD DATA
INFILE *
INTO TABLE branch
FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '"'
(branch_no, name, city)
BEGINDATA
10,"Old Town","Bern"
11,"Lake ""West""",Zug
12, Harbour ,"Basel
13,Station
