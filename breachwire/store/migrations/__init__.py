"""Migrations of the store: Alembic's environment, run on an open connection by `store.engine`."""
