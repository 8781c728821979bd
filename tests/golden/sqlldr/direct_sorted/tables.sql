CREATE TABLE branch (branch_no NUMBER(3), town VARCHAR2(10), opened DATE, limit NUMBER(7,2));
