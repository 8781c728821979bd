CREATE TABLE staff (staff_no NUMBER(4) PRIMARY KEY, name VARCHAR2(10), hired DATE);
