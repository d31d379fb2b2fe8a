"""Runs the steps on the connection that the journal opens, in its transaction."""

from alembic import context

from server.journals.database import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
)
context.run_migrations()
