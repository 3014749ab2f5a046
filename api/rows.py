"""Rows of lists: threads with their leading details → what a list shows of each.

In: threads and a store. Out: dicts {"id", "url", "headline", "section", "kind", "state", "status",
"victims", "cves", "entities", "changed", "articles", "origins", "first_at", "last_at",
"updated_at"}, details and changes read in one call for all of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from api import history
from api.links import entity_path, thread_path
from breachwire.model import Change, Detail, Stand, Thread, thread_state
from breachwire.store import Store, slug

NAMES_SHOWN: Final = 3
PARTIES: Final = ("victim", "actor", "third_party", "cve")
"""Fields whose values have pages."""
_NAMED: Final = ("victim", "cve")
_TOLD: Final[tuple[str, ...]] = (
    "affected", "volume", "money", "response", "victim", "actor", "third_party", "cve", "data_type",
)  # fmt: skip
"""Which of several changes a row tells."""
_WHICH_STATUS: Final = ("victim", "attack_type")
"""The fields whose leading claim says how sure it is that the incident happened, best first."""


def rows(
    store: Store, threads: Sequence[Thread], *, base_url: str = "", now: datetime | None = None
) -> list[dict[str, Any]]:
    """A row a thread, in their order."""
    ids = [thread.id for thread in threads]
    details, changes = store.details(ids), store.latest_changes(ids)
    at = now or datetime.now(UTC)
    return [
        row(thread, details.get(id_, ()), changes.get(id_, ()), base_url=base_url, now=at)
        for id_, thread in zip(ids, threads, strict=True)
    ]


def row(
    thread: Thread,
    details: Sequence[Detail],
    changes: Sequence[Change] = (),
    *,
    base_url: str,
    now: datetime,
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
        "changed": _changed(thread, changes),
        "articles": thread.articles,
        "origins": thread.origins,
        "first_at": thread.first_at.isoformat(),
        "last_at": thread.last_at.isoformat(),
        "updated_at": thread.updated_at.isoformat(),
    }


def _changed(thread: Thread, changes: Sequence[Change]) -> dict[str, Any] | None:
    """The newest change in a few words; None where all stands as the first report had it."""
    later = [one for one in changes if one.before or (one.after and _later(thread, one.after))]
    if not later:
        return None
    told = history.change(min(later, key=_weight), {})
    label, before, after = _in_short(told["label"], told["before"], told["after"])
    return {
        "at": told["at"],
        "day": told["day"],
        "label": label,
        "before": before,
        "after": after,
        "more": len(later) - 1,
    }


def _weight(one: Change) -> tuple[bool, int]:
    """A denial of the whole first, then figures and what was done, then who and how."""
    doubted = one.field == "victim" and one.after and one.after.status in ("denied", "disputed")
    return not doubted, _TOLD.index(one.field) if one.field in _TOLD else len(_TOLD)


def _in_short(
    label: str, before: str | None, after: str | None
) -> tuple[str, str | None, str | None]:
    """Where the status alone is another one, it alone is told: "Victim Acme", reported, denied."""
    was, _, then = (before or "").rpartition(" (")
    value, _, now = (after or "").rpartition(" (")
    if before and after and was == value:
        return f"{label} {value}", then.removesuffix(")"), now.removesuffix(")")
    return label, before, after


def _later(thread: Thread, stand: Stand) -> bool:
    return stand.said_at > thread.first_at


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
