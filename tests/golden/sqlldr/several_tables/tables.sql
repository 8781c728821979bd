CREATE TABLE staff (staff_no NUMBER(4), name VARCHAR2(10));
CREATE TABLE project (staff_no NUMBER(4), project NUMBER(3));
