CREATE TABLE staff (staff_no NUMBER(4) NOT NULL, name VARCHAR2(10), pay NUMBER(7,2), unit NUMBER(2));
