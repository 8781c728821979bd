CREATE TABLE item (item_no NUMBER(4) NOT NULL, name VARCHAR2(10), priced NUMBER(5,2), made DATE, CONSTRAINT item_pk PRIMARY KEY (item_no));
