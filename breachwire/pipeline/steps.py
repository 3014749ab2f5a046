"""Steps on the way from a feed to a brief, in the log, each with the ids of what it was about.

In: a logger, words, ids. Out: a record of level INFO. The log's format decides whether it is
written: `log_format = "json"` writes a line a step, so that an article can be followed from its
feed (`feed`, `article`) to its thread (`article`, `thread`) and that thread's brief.
"""

from __future__ import annotations

import logging


def step(log: logging.Logger, what: str, **ids: object) -> None:
    """Something was done; `ids` say with what."""
    log.info(what, extra={"ids": ids})
