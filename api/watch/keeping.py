"""Watches made, found, changed and erased; and what is said of one, for the page and the API.

In: services, a secret, what is to be watched. Out: `Kept` watches and dicts as `shapes` describes
them. The secret is given once, at birth, and stored as its digest; whoever has it may all, nobody
else anything, and one that is unknown looks like an address that never was.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from starlette.requests import Request

from api.feed_formats import FORMATS
from api.limits import Limit
from api.links import thread_path
from api.params import thread_filter
from api.reports import clean
from api.search.page import ASKED, LABELS
from api.search.query import LONGEST as LONGEST_QUERY
from api.services import Services
from api.watch.matching import Matched
from api.watch.names import Names
from breachwire.errors import NotFoundError, UsageError
from breachwire.model import Watch, WatchEntry
from breachwire.model.tokens import digest, new_secret
from breachwire.store import ThreadFilter

MOST: Final = 10_000
"""Watches of one wire."""
MOST_ENTRIES: Final = 2_000_000
"""Names on all lists together: some 150 MB."""
LABEL: Final = 100
"""Characters of a watch's name."""
EACH: Final = 10
"""Watches from one address within WINDOW: somebody trying out a list makes some."""
ALL: Final = 200
WINDOW: Final = 3600.0
NOTED: Final = timedelta(days=1)
"""A use is noted at most this often."""
_REFUSAL: Final = "Many lists were made from here. Please make the next one in {wait}."
SHOWN: Final = 50
"""Threads that are named on a watch's page and in its document; the feed has what is new."""
_LOOKED_AT: Final = 2_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to watch: the parameters of a search, or names."""

    label: str
    query: Mapping[str, str]
    entries: tuple[WatchEntry, ...]


class Keeper:
    """One for an application: it counts what is made."""

    def __init__(
        self,
        services: Callable[[], Services],
        *,
        now: Callable[[], datetime],
        clock: Callable[[], float],
    ) -> None:
        self._services = services
        self.now = now
        self._limit = Limit(clock, each=EACH, every=ALL, window=WINDOW, refusal=_REFUSAL)

    def make(self, request: Request, wanted: Wanted) -> tuple[Watch, str]:
        """A new watch and its secret. Raises HTTPException 429, ConflictError where there is no
        room."""
        self._limit.take(request)
        s, now = self._services(), self.now()
        self._purge(s, now)
        watch = Watch(wanted.label, wanted.query, wanted.entries, now, now)
        return add(s, watch)

    def find(self, secret: str) -> Watch:
        """Raises NotFoundError: the same for an unknown secret and for what is none at all."""
        s, now = self._services(), self.now()
        watch = s.store.watch(digest(secret))
        if watch is None:
            raise NotFoundError("watch", "at this address")
        if now - (watch.last_used_at or watch.created_at) >= NOTED:
            s.store.touch_watch(watch.id, now)
            self._purge(s, now)
        return watch

    def change(self, watch: Watch, wanted: Wanted) -> None:
        """Raises NotFoundError where it was deleted meanwhile, ConflictError."""
        self._services().store.save_watch(
            watch.id,
            wanted.label,
            wanted.query,
            wanted.entries,
            self.now(),
            most_entries=MOST_ENTRIES,
        )

    def erase(self, watch: Watch) -> None:
        """For good. Raises NotFoundError."""
        self._services().store.delete_watch(watch.id)

    def _purge(self, s: Services, now: datetime) -> None:
        if days := s.config.watch_days:
            s.store.purge_watches(now - timedelta(days=days))


def add(services: Services, watch: Watch) -> tuple[Watch, str]:
    """Store a watch under a new secret. Raises ConflictError."""
    secret = new_secret()
    made = services.store.add_watch(watch, digest(secret), most=MOST, most_entries=MOST_ENTRIES)
    return made, secret


def wanted(label: str, query: Mapping[str, str], names: Names) -> Wanted:
    """Checked. Raises UsageError for what watches nothing, or both a search and names."""
    asked = {name: value for name in ASKED if (value := clean(query.get(name, "")))}
    if asked and names.entries:
        raise UsageError("Watch either a search or a list of names; make two for both.")
    if not asked and not names.entries:
        raise UsageError(_nothing(names))
    if len(asked.get("q", "")) > LONGEST_QUERY:
        raise UsageError(f"q: longer than {LONGEST_QUERY} characters")
    if asked and thread_filter(asked) == ThreadFilter() and not asked.get("q"):
        raise UsageError("A search needs a word or a filter.")
    name = " ".join(clean(label).split()) or (_named(asked) if asked else _first(names.entries))
    if len(name) > LABEL:
        name = name[: LABEL - 1].rstrip() + "…"
    return Wanted(name, asked, names.entries)


def _nothing(names: Names) -> str:
    if not names.refused:
        return "Name somebody to watch, one name a line."
    one = names.refused[0]
    return f"No line is a name to watch. Line {one.line}: {one.why}."


def _named(asked: Mapping[str, str]) -> str:
    filters = [f"{LABELS[name]}: {value}" for name, value in asked.items() if name in LABELS]
    return ", ".join([*([asked["q"]] if "q" in asked else []), *filters])


def _first(entries: Sequence[WatchEntry]) -> str:
    shown = ", ".join(one.name for one in entries[:3])
    return f"{shown} and {len(entries) - 3} more" if len(entries) > 3 else shown


def address(base: str, secret: str) -> str:
    """Of the page; a feed's has an ending behind it."""
    return f"{base}/watch/{secret}"


def document(
    services: Services, watch: Watch, found: Matched, base: str, secret: str
) -> dict[str, Any]:
    """What it watches and what that means now."""
    url = address(base, secret)
    threads = _headlines(services, found, base)
    return {
        "label": watch.label,
        "url": url,
        "feeds": {form: f"{url}.{form}" for form in FORMATS},
        "query": dict(watch.query) or None,
        "entries": [
            {
                "name": one.name,
                "kind": one.kind,
                "threads": list(own),
            }
            for one, own in found.entries
        ],
        "matching": len(found.threads),
        "threads": threads,
        "created_at": watch.created_at.isoformat(),
        "changed_at": watch.changed_at.isoformat(),
    }


def _headlines(services: Services, found: Matched, base: str) -> list[dict[str, Any]]:
    """The threads that changed last, each with the reason."""
    if not found.threads:
        return []
    # Ids are time-ordered: of very many, those opened last.
    ids = tuple(sorted(found.threads, key=lambda id: (len(id), id))[-_LOOKED_AT:])
    page = services.store.threads(ThreadFilter(ids=ids), limit=SHOWN)
    return [
        {
            "id": thread.id,
            "url": base + thread_path(thread.id, thread.headline),
            "headline": thread.headline,
            "updated_at": thread.updated_at.isoformat(),
            "why": list(found.threads[thread.id]),
        }
        for thread in page.threads
    ]


def refusals(names: Names) -> list[dict[str, Any]]:
    """The lines that are no entries."""
    return [{"line": one.line, "text": one.text, "why": one.why} for one in names.refused]
