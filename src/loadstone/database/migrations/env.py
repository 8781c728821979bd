"""Alembic runs migrations over the connection that ``migrate`` opened, within its transaction."""

from alembic import context

from loadstone.database.metadata import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
