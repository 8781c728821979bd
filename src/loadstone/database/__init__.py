"""Our own tables: where they are, how a transaction looks, the outbox. SQLite embedded, PostgreSQL in production."""
