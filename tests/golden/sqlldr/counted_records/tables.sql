CREATE TABLE note (note_no VARCHAR2(5), body VARCHAR2(10));
