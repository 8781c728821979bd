CREATE TABLE staff (staff_no NUMBER(4), name VARCHAR2(10), hired DATE, unit NUMBER(2), project NUMBER, loaded_as NUMBER);
