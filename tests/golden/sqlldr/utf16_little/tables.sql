CREATE TABLE member (member_no NUMBER(5), name VARCHAR2(20 CHAR), joined DATE, branch NUMBER(3), points NUMBER(5), load_no NUMBER);
