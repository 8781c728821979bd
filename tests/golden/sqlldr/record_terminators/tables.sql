CREATE TABLE note (note_no NUMBER, body VARCHAR2(60));
