"""PostgreSQL: binary COPY, parallel sessions, savepoints."""
