"""The lines before hosts that all workers on one database stand in (`net.hosts.Shared`).

In: hosts by name. Out: whose turn it is, and how long a host is to be left alone. A row a host, by
the server's own clock, outside of the store's transactions: nobody waits for a writer, and nobody
holds a transaction while a page is fetched. Who takes a host has it for `LEASE` seconds, so that a
killed worker's hosts are asked again after that.
"""

from __future__ import annotations

import threading
import time
from typing import Any, Final
from uuid import uuid4

from sqlalchemy import Engine

from breachwire.store.postgres.engine import wall

LEASE: Final = 45.0
"""Seconds: more than twice what one request may take (`net.Client`)."""
KEPT: Final = 1.0
"""Seconds for which it is remembered which hosts rest: a round looks at thousands."""

TABLE: Final = """
    CREATE TABLE IF NOT EXISTS work_host (
        name text COLLATE "C" PRIMARY KEY,
        holder text,
        held_until timestamptz NOT NULL DEFAULT '-infinity',
        free_at timestamptz NOT NULL DEFAULT '-infinity',
        rests_until timestamptz NOT NULL DEFAULT '-infinity',
        heard_at timestamptz NOT NULL DEFAULT '-infinity'
    )
"""
_TAKE: Final = """
    INSERT INTO work_host AS known (name, holder, held_until)
    VALUES (%s, %s, clock_timestamp() + make_interval(secs => %s))
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
    WHERE greatest(known.held_until, known.free_at, known.rests_until) <= clock_timestamp()
    RETURNING 0
"""
_LEFT: Final = """
    SELECT extract(epoch FROM greatest(held_until, free_at, rests_until) - clock_timestamp())
    FROM work_host WHERE name = %s
"""
_LEAVE: Final = """
    UPDATE work_host SET holder = NULL, held_until = '-infinity',
    free_at = clock_timestamp() + make_interval(secs => %s) WHERE name = %s AND holder = %s
"""
_REST: Final = """
    INSERT INTO work_host AS known (name, rests_until)
    VALUES (%s, clock_timestamp() + make_interval(secs => %s))
    ON CONFLICT (name) DO UPDATE
    SET rests_until = greatest(known.rests_until, excluded.rests_until)
"""
_RESTING: Final = """
    SELECT name, extract(epoch FROM rests_until - clock_timestamp()) FROM work_host
    WHERE rests_until > clock_timestamp()
"""
_HEARD: Final = "UPDATE work_host SET heard_at = clock_timestamp() WHERE name = %s"
_SILENT: Final = """
    SELECT coalesce(max(heard_at) < clock_timestamp() - make_interval(secs => %s), true)
    FROM work_host
"""
_FORGET: Final = """
    DELETE FROM work_host WHERE greatest(held_until, free_at, rests_until, heard_at)
    < clock_timestamp() - make_interval(days => 1)
"""


class Lines:
    """Of one database; this process's, for any thread."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._name, self._me = name, uuid4().hex
        self._resting: tuple[float, dict[str, float]] = (0.0, {})
        self._guard = threading.Lock()

    def take(self, host: str) -> float:
        """0: ours; else seconds until it may be."""
        if self._ask(_TAKE, host, self._me, LEASE):
            return 0.0
        left = self._ask(_LEFT, host)
        return max(0.01, float(left[0][0])) if left else 0.01

    def leave(self, host: str, space: float) -> None:
        """Nobody asks it for so many seconds."""
        self._run(_LEAVE, space, host, self._me)

    def rest(self, host: str, seconds: float) -> None:
        """Nobody asks it for so many seconds, whatever else is said."""
        self._run(_REST, host, seconds)
        with self._guard:
            self._resting = (0.0, {})

    def resting(self, host: str) -> float:
        """Seconds that it is still to be left alone."""
        with self._guard:
            at, hosts = self._resting
            if time.monotonic() - at > KEPT:
                rows = self._ask(_RESTING)
                at, hosts = time.monotonic(), {row[0]: float(row[1]) for row in rows}
                self._resting = at, hosts
        return max(0.0, hosts.get(host, 0.0) - (time.monotonic() - at))

    def heard(self, host: str) -> None:
        """Something was answered to who polled this host."""
        self._run(_HEARD, host)

    def silent(self, seconds: float) -> bool:
        """Whether no worker heard anything for so long."""
        return bool(self._ask(_SILENT, seconds)[0][0])

    def forget(self) -> None:
        """Hosts that nobody asked for a day."""
        self._run(_FORGET)

    def _ask(self, statement: str, *values: object) -> list[Any]:
        with wall(self._name), self._engine.connect() as connection:
            return list(connection.exec_driver_sql(statement, values).all())

    def _run(self, statement: str, *values: object) -> None:
        with wall(self._name), self._engine.connect() as connection:
            connection.exec_driver_sql(statement, values)
