"""A search's time: seconds → statements that end by then.

In: a connection, seconds. Out: what to call before each further statement. Words are looked for by
their index alone meanwhile: the planner takes `@@` for as cheap as a sum, and would read all
articles for a common word.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from breachwire.errors import SlowSearchError

_CANCELED: Final = "57014"
_TIMED: Final = "SELECT set_config('statement_timeout', CAST(%s AS text), true)"
_BEGUN: Final = f"""{_TIMED}, set_config('enable_seqscan', 'off', true),
    set_config('max_parallel_workers_per_gather', '0', true)
"""
"""A search alone uses no second core: many at a time use all."""
_OVER: Final = 1.25
"""How many times as long as is left a statement may take: to say anew before each of twenty what is
left takes longer than most of them."""


@contextmanager
def deadline(connection: Connection, seconds: float) -> Iterator[Callable[[], None]]:
    """End a statement that runs longer; the transaction around goes on, with its own settings. What
    is yielded is called before each further statement, which may take a quarter longer than is left
    then. Raises SlowSearchError."""
    slow = SlowSearchError("the search took too long; use rarer words")
    end, said = time.monotonic() + seconds, math.inf

    def hurry(statement: str = _TIMED) -> None:
        nonlocal said
        left = end - time.monotonic()
        if left <= 0:
            raise slow
        if said > _OVER * left:
            said = left
            connection.exec_driver_sql(statement, (math.ceil(1000 * left),))

    try:
        with connection.begin_nested() as settings:
            hurry(_BEGUN)
            yield hurry
            settings.rollback()
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _CANCELED:
            raise
        raise slow from error
