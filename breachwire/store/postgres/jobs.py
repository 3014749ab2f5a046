"""The queue's tables in the store's database: made and migrated, and counted.

In: the statements of whichever queue it is (`breachwire.work.queue`). Out: its tables beside ours,
and how many of its jobs are where. They are no revision of ours: what they look like is the
library's to say, a database that one process works never has them, and nothing of the wire stands
in them. Which of the library's steps were taken is kept as a named value.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, Engine

from breachwire.errors import StoreError
from breachwire.model.jobs import Jobs
from breachwire.store.postgres.engine import LOCK, locked, wall
from breachwire.store.postgres.hosts import TABLE

_OURS: Final = "breachwire "
_THERE: Final = "SELECT to_regclass('procrastinate_jobs') IS NOT NULL"
_COUNTS: Final = """
    SELECT queue_name, count(*) FILTER (WHERE status = 'todo'),
    count(*) FILTER (WHERE status = 'doing'), count(*) FILTER (WHERE status = 'failed'),
    extract(epoch FROM clock_timestamp() - min(since)
        FILTER (WHERE status = 'todo' AND since <= clock_timestamp()))
    FROM (
        SELECT queue_name, status, coalesce(scheduled_at, (
            SELECT max(at) FROM procrastinate_events WHERE job_id = job.id
        )) AS since FROM procrastinate_jobs AS job
    ) AS one GROUP BY queue_name ORDER BY queue_name
"""


def install(engine: Engine, name: str, whole: str, steps: Mapping[str, str]) -> None:
    """Make the tables by `whole`, or take the steps (by name, in their order) that were not taken
    yet; of two processes one does it, one waits. Raises StoreError."""
    with wall(name), engine.connect() as connection, connection.begin():
        connection.exec_driver_sql(f"SELECT {LOCK}", locked("schema"))
        taken = _taken(connection, name)
        new = [whole] if taken is None else [steps[step] for step in sorted(steps) if step > taken]
        for statements in [*new, TABLE]:
            _run(connection, statements)
        if new:
            _run(connection, f"COMMENT ON TABLE procrastinate_jobs IS '{_OURS}{max(steps)}'")


def counts(connection: Connection) -> list[Jobs]:
    """By queue; none where no queue was made."""
    if not connection.exec_driver_sql(_THERE).scalar_one():
        return []
    rows = connection.exec_driver_sql(_COUNTS).all()
    return [
        Jobs(queue, waiting, doing, failed, None if oldest is None else float(oldest))
        for queue, waiting, doing, failed, oldest in rows
    ]


def _taken(connection: Connection, name: str) -> str | None:
    """The last step that was taken; None: there are no tables. Raises StoreError."""
    if not connection.exec_driver_sql(_THERE).scalar_one():
        return None
    query = "SELECT obj_description(to_regclass('procrastinate_jobs'))"
    taken = str(connection.exec_driver_sql(query).scalar() or "")
    if not taken.startswith(_OURS):
        raise StoreError(f"{name} holds another program's queue; take a database or schema apart")
    return taken.removeprefix(_OURS)


def _run(connection: Connection, statements: str) -> None:
    """Several at once, as they stand: without values the driver reads no % in them."""
    driver: Any = connection.connection.driver_connection
    driver.execute(statements)
