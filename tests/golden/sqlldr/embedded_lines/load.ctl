-- CSV as spreadsheets write it: line ends and commas within quotes.
OPTIONS (SKIP=1)
LOAD DATA
INFILE 'load.dat'
INTO TABLE note
FIELDS CSV WITH EMBEDDED
TRAILING NULLCOLS
(note_no, body CHAR(60), author)
