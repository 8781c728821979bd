CREATE TABLE payments (
  payment_id   NUMBER(12)    NOT NULL PRIMARY KEY,
  account      VARCHAR2(34)  NOT NULL,
  amount       NUMBER(15,2)  NOT NULL,
  currency     CHAR(3)       NOT NULL,
  booked_on    DATE          NOT NULL,
  reference    VARCHAR2(35),
  file_record  NUMBER(9)
);
