"""Any other database by its SQLAlchemy URL: row by row in batches, savepoints, and nothing that only one server knows."""
