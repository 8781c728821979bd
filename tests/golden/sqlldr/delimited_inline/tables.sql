CREATE TABLE branch (branch_no NUMBER(4), name VARCHAR2(20), city VARCHAR2(10));
