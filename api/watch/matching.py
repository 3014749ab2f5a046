"""Which threads a watch means now: entries or a saved search → threads, each with the reason.

In: services and a watch. Out: `Matched`. A name is compared as entities' addresses are (folded, by
any spelling of the entity), an actor by the galaxy's aliases too, a company also without its legal
form ("Tidewater Sync, Inc."). A saved search means threads that have an identifier or name of it,
or an article with all of its words; not those that are merely near in meaning, which a feed would
keep bringing: what is alike is for the search page, where a reader looks at it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from api.entities import LABELS, EntityKind
from api.params import thread_filter
from api.search.candidates import Gathering
from api.search.query import Query
from api.search.query import read as read_query
from api.services import Services
from breachwire.errors import SlowSearchError
from breachwire.model import KnownActor, NameKind, Watch, WatchEntry
from breachwire.store import Store, ThreadFilter, slug
from breachwire.store.protocol_watches import NameAsked
from breachwire.store.words import slug_key

NEWEST: Final = 500
"""Threads of a saved search, the last changed: five times what a feed shows."""
REPORTS: Final = 2_000
"""Articles that a saved search looks at; where there are as many, those of a shorter time."""
DAYS: Final = (365, 90, 30, 7)
_ROLES: Final[tuple[EntityKind, ...]] = ("victim", "third_party", "actor", "cve")
_LEGAL: Final = re.compile(
    r"(?<=[a-z0-9]{2})-(?:inc|incorporated|ltd|limited|llc|l-l-c|llp|plc|corp|corporation"
    r"|(?:gmbh-)?co-(?:kg|ltd|inc|llc)|gmbh|ag|kg|kgaa|s-a|s-a-s|sas|sarl|s-a-r-l|srl|s-r-l|spa|s-p-a"
    r"|bv|b-v|nv|n-v|oy|oyj|a-s|aps|asa|pty|pte|kk|k-k|sro|s-r-o|sp-z-o-o|doo|d-o-o)$"
)


@dataclass(frozen=True, slots=True)
class Matched:
    """What a watch means now."""

    threads: Mapping[str, tuple[str, ...]]
    """Thread → why: "Tidewater Sync: supplier"."""
    entries: tuple[tuple[WatchEntry, tuple[str, ...]], ...] = ()
    """A watch list's entries in order, each with its threads; none: nothing yet."""


def matched(
    services: Services, watch: Watch, now: datetime, among: Collection[str] | None = None
) -> Matched:
    """`among`: of these threads alone. Raises UsageError for a search that is none any more."""
    if watch.query:
        return Matched(_searched(services, watch.query, now, among))
    found = _listed(services, watch.entries)
    if among is None:
        return found
    return replace(found, threads={id: why for id, why in found.threads.items() if id in among})


def names_of(
    one: WatchEntry, known_actor: Callable[[str], KnownActor | None]
) -> tuple[NameAsked, ...]:
    """What an entry is looked for as."""
    if one.kind == "sector":
        return (("sector", one.name.lower()),)
    own = slug_key(one.name) or ""
    forms = dict.fromkeys([own, _without_legal_form(own)])
    kinds: tuple[NameKind, ...] = (
        ("victim", "third_party", "actor", "cve") if one.kind == "any" else (one.kind,)
    )
    found: dict[NameAsked, None] = {(kind, form): None for kind in kinds for form in forms}
    if "actor" in kinds and (actor := known_actor(own)):
        found |= {("actor", slug(name)): None for name in (actor.name, *actor.aliases)}
    return tuple(name for name in found if name[1])


def role(kind: NameKind) -> str:
    """ "supplier", "sector"."""
    return "sector" if kind == "sector" else LABELS[kind].lower()


def elsewhere(
    services: Services, entries: Sequence[WatchEntry]
) -> list[tuple[WatchEntry, list[tuple[str, int]]]]:
    """Of entries that are watched in one part and in no thread: those that threads name in another
    part ("Orrelight", as victim), and in how many."""
    asked = [one for one in entries if one.kind in _ROLES]
    names = {one: names_of(replace(one, kind="any"), services.known_actor) for one in asked}
    known = services.store.threads_by_names({name for own in names.values() for name in own})
    found = []
    for one, own in names.items():
        parts: dict[str, set[str]] = {}
        for name in own:
            parts.setdefault(role(name[0]), set()).update(known.get(name, ()))
        if roles := [(part, len(threads)) for part, threads in parts.items() if threads]:
            found.append((one, roles))
    return found


def _without_legal_form(own: str) -> str:
    while "-" in own and (shorter := _LEGAL.sub("", own)) != own:
        own = shorter
    return own


def _listed(services: Services, entries: Sequence[WatchEntry]) -> Matched:
    names = {one: names_of(one, services.known_actor) for one in entries}
    known = services.store.threads_by_names({name for own in names.values() for name in own})
    why: dict[str, dict[str, None]] = {}
    shown = []
    for one, own in names.items():
        threads: dict[str, None] = {}
        for name in own:
            for thread in known.get(name, ()):
                threads[thread] = None
                why.setdefault(thread, {})[f"{one.name}: {role(name[0])}"] = None
        shown.append((one, tuple(threads)))
    return Matched({thread: tuple(reasons) for thread, reasons in why.items()}, tuple(shown))


def _searched(
    services: Services,
    asked: Mapping[str, str],
    now: datetime,
    among: Collection[str] | None = None,
) -> dict[str, tuple[str, ...]]:
    store, where, text = services.store, thread_filter(asked, now), asked.get("q", "")
    if among is not None:
        where = replace(where, ids=tuple(among))
    if not text.strip():
        page = store.threads(where, limit=NEWEST)
        return {thread.id: ("passes the filters",) for thread in page.threads}
    query = read_query(store, text, services.known_actor, now)
    gathering = Gathering(store, query, where)
    gathering.exactly()
    why = {id: tuple(found.exact) for id, found in gathering.found.items() if found.exact}
    for id in _with_all_words(store, query, where, now):
        why.setdefault(id, ("has all the words",))
    own = tuple(id for id in why if among is None or id in among)
    newest = store.threads(replace(where, ids=own), limit=NEWEST)
    return {thread.id: why[thread.id] for thread in newest.threads}


def _with_all_words(store: Store, query: Query, where: ThreadFilter, now: datetime) -> set[str]:
    """Threads with an article that has all words, of the longest time that is quick to look at."""
    if not query.terms.wanted:
        return set()
    for days in DAYS:
        since = max(now - timedelta(days=days), where.since or now - timedelta(days=days))
        try:
            hits = store.search_every(query.terms, limit=REPORTS, since=since, until=where.until)
        except SlowSearchError:
            continue
        if len(hits) < REPORTS or days == DAYS[-1]:
            return set(store.threads_of(hits).values())
    return set()
