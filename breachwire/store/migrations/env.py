"""Alembic's entry: run the migrations on the connection that `store.engine.upgrade` hands over.

In: `config.attributes["connection"]`, inside a transaction. Out: the tables at the asked revision,
for the caller to commit.
"""

from alembic import context

from breachwire.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
