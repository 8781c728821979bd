-- A terminator of its own for one field, a long date, a sequence from the table's maximum.
LOAD DATA
INFILE *
APPEND
INTO TABLE staff
FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '"'
(staff_no, name, hired DATE(20) "DD-Month-YYYY",
 unit CHAR TERMINATED BY ':', project, loaded_as SEQUENCE(MAX, 1))
BEGINDATA
7782,"Clark",09-June-1981,10:101
7839,"King",17-November-1981,10:102
7934,"Miller",23-Foo-1982,10:102
7566,Jones,2-April-1981,20:101
