CREATE TABLE person (person_no NUMBER, name VARCHAR2(10), resume CLOB);
