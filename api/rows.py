"""Rows of lists: threads with their leading details → what a list shows of each.

In: threads and a store. Out: dicts {"id", "url", "headline", "section", "kind", "state", "status",
"victims", "cves", "articles", "origins", "first_at", "last_at", "updated_at"}, details read in one
call for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from api.links import thread_path
from breachwire.model import Detail, Thread, thread_state
from breachwire.store import Store

NAMES_SHOWN: Final = 3
_WHICH_STATUS: Final = ("victim", "attack_type")
"""The fields whose leading claim says how sure it is that the incident happened, best first."""


def rows(
    store: Store, threads: Sequence[Thread], *, base_url: str = "", now: datetime | None = None
) -> list[dict[str, Any]]:
    """A row a thread, in their order."""
    details = store.details([thread.id for thread in threads])
    at = now or datetime.now(UTC)
    return [
        row(thread, details.get(thread.id, ()), base_url=base_url, now=at) for thread in threads
    ]


def row(
    thread: Thread, details: Sequence[Detail], *, base_url: str, now: datetime
) -> dict[str, Any]:
    """One thread's row."""
    return {
        "id": thread.id,
        "url": base_url + thread_path(thread.id, thread.headline),
        "headline": thread.headline,
        "section": thread.section,
        "kind": thread.kind,
        "state": thread_state(thread.first_at, thread.updated_at, now),
        "status": _status(details),
        "victims": _names(details, "victim"),
        "cves": _names(details, "cve"),
        "articles": thread.articles,
        "origins": thread.origins,
        "first_at": thread.first_at.isoformat(),
        "last_at": thread.last_at.isoformat(),
        "updated_at": thread.updated_at.isoformat(),
    }


def _status(details: Sequence[Detail]) -> str | None:
    for field in _WHICH_STATUS:
        for detail in details:
            if detail.field == field:
                return detail.status
    return None


def _names(details: Sequence[Detail], field: str) -> list[str]:
    names = (str(d.value) for d in details if d.field == field)
    return list(dict.fromkeys(names))[:NAMES_SHOWN]
