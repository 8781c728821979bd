-- Records end with a bar and a line end, so that a line end alone is data.
LOAD DATA
INFILE 'load.dat' "str '|\n'"
INTO TABLE note
FIELDS TERMINATED BY ';'
(note_no, body CHAR(60))
