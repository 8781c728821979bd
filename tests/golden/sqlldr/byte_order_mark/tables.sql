CREATE TABLE managers (employee NUMBER, manager NUMBER);
