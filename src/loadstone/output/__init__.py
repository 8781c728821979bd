"""Files that go out: rows of a query as records of a layout, between a header and a footer with their totals."""
