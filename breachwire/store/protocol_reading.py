"""What a store must do for the front page and for trends: the latest change of each of many
threads, and counts over a time.

In: values of `breachwire.model`. Out: the same. A part of `breachwire.store.protocol.Store`, whose
rules hold here too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from breachwire.model import Change, Kind, Trends


class ReadingStore(Protocol):
    """What is read at a glance."""

    def latest_changes(self, threads: Sequence[str]) -> dict[str, tuple[Change, ...]]:
        """What the newest article that changed a thread's ledger changed, the leading fact first;
        threads whose ledger never changed are left out."""

    def trends(self, since: datetime, until: datetime, kinds: Sequence[Kind]) -> Trends:
        """Counts over since <= time < until, of threads of these kinds."""
