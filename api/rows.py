"""Rows of lists: threads with their leading details → what a list shows of each.

In: threads and a store. Out: dicts {"id", "url", "headline", "section", "kind", "state", "status",
"victims", "cves", "entities", "articles", "origins", "first_at", "last_at", "updated_at"}, details
read in one call for all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from api.links import entity_path, thread_path
from breachwire.model import Detail, Thread, thread_state
from breachwire.store import Store, slug

NAMES_SHOWN: Final = 3
PARTIES: Final = ("victim", "actor", "third_party", "cve")
"""Fields whose values have pages."""
_NAMED: Final = ("victim", "cve")
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
        "entities": pages(details, base_url, _NAMED),
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


def pages(
    details: Sequence[Detail], base_url: str = "", fields: Collection[str] = PARTIES
) -> dict[str, str]:
    """Pages of those that have one, by name as the details show it."""
    return {
        str(d.value): base_url + entity_path(d.field, address)
        for d in reversed(details)
        if d.party is not None and d.field in fields and (address := slug(str(d.value)))
    }


def _names(details: Sequence[Detail], field: str) -> list[str]:
    names = (str(d.value) for d in details if d.field == field)
    return list(dict.fromkeys(names))[:NAMES_SHOWN]
