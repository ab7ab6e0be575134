"""Alembic's entry: runs the steps over the connection that `server.persistence.schema` hands in."""

from alembic import context

from server.persistence import models
from server.persistence.base import Base

assert models.__all__, "the models must be loaded for their tables to be known"

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    transaction_per_migration=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
