"""Signs of life of who holds a lock, and the end of a session that gave none for long.

In: a connection whose session holds an advisory lock; one of who wants it. Out: the lock, free. A
process that hangs or was stopped keeps its connections, and with them its locks, as long as its
machine lives. So who holds one asks the server something every `BEAT` on the very session that
holds it, and who wants it ends a session that asked nothing for `SILENT`, both by the server's
clock. A holder that wakes up again finds its session lost, as after a server that began anew, and
its writes are refused (`postgres.locks`).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from breachwire.store.postgres.engine import locked

BEAT = 5.0
"""Seconds between two signs of life."""
SILENT = 30.0
"""Seconds without one after which a holder is taken for dead; it does no harm to one that is not.
"""
HOLDERS: Final = """
    SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 2
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND classid = CAST(%s AS oid)
    AND objid = CAST(CAST(hashtext(current_schema() || %s) AS bigint) & 4294967295 AS oid)
"""
_END: Final = f"""
    WITH holder AS ({HOLDERS})
    SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity JOIN holder USING (pid)
    WHERE state LIKE 'idle%%' AND state_change < clock_timestamp() - make_interval(secs => %s)
"""  # noqa: S608 (both are ours)

log = logging.getLogger(__name__)


@contextmanager
def beating(connection: Connection) -> Iterator[None]:
    """Signs of life of a session, which nothing else uses inside."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(BEAT):
            try:
                connection.exec_driver_sql("SELECT 1")
            except SQLAlchemyError:  # the session is lost; who writes by it is told
                log.debug("no sign of life", exc_info=True)
                return

    thread = threading.Thread(target=beat, name="sign of life", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def end_silent(connection: Connection, name: str) -> None:
    """Whoever holds a lock of this name and gave no sign of life: a moment later it is free. A
    server that does not let this user do so, or see it, leaves it."""
    try:
        ended = connection.exec_driver_sql(_END, (*locked(name), SILENT)).all()
    except SQLAlchemyError:
        log.debug("not ended", exc_info=True)
        return
    for session, _ in ended:
        log.warning("session %s, which held the%s, gave no sign of life; ended", session, name)
