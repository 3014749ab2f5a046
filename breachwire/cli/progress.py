"""Progress of long work as lines: at most one every two seconds, and the last of each stage."""

from __future__ import annotations

import time
from collections.abc import Callable

_WORDS = {
    "archive": "read {done} documents of the past, {total} entries wait",
    "backfill": "stored {done} of {total} articles of the past",
    "thread": "threaded {done} of {total} articles",
    "claims": "read the claims of {done} articles",
    "relate": "related coverage of {done} threads",
    "leave": "forgot {done} of {total} articles",
    "brief": "wrote {done} of {total} briefs",
}


class Lines:
    """A `breachwire.pipeline.derive.Progress`, or a backfill's, that says lines."""

    def __init__(self, say: Callable[[str], None], every: float = 2.0) -> None:
        self._say = say
        self._every = every
        self._last = time.monotonic()

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._last >= self._every or (done == total and stage in ("thread", "brief")):
            self._last = now
            self._say("  " + _WORDS[stage].format(done=done, total=total))
