"""Days of the wire: which threads an episode tells, kept as they stood when it was put together.

In: a store, a day that is over. Out: `Edition`: the incidents whose last change fell on that day,
most reported first, each by headline and signal summary. An edition is written down once, so that
an episode's address, length and words stay as they are; its audio can be made again from it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import orjson

from breachwire.model import INCIDENTS, Brief, Episode, Recording, Thread, Told
from breachwire.model.disclosure import writers
from breachwire.store import Store, ThreadFilter
from breachwire.studio.shelf import Shelf
from nlp.speech import disclosure

DAYS: Final = 14
"""Days that the podcast lists: the newest that have something to tell."""
TOLD: Final = 15
"""Threads of an episode: at some 15 seconds each, four minutes."""
_READ: Final = 400
"""Threads that are looked at for the days: more than two weeks of incidents."""


@dataclass(frozen=True, slots=True)
class Edition:
    """What is said of a day."""

    day: date
    title: str
    disclosure: str
    source_type: str
    told: tuple[Told, ...]
    left_out: int


def days(store: Store, zone: str, now: datetime) -> list[date]:
    """Days that are over and have threads, newest first."""
    today = now.astimezone(ZoneInfo(zone)).date()
    found = {_day(thread, zone) for thread in _threads(store)}
    return sorted((day for day in found if day < today), reverse=True)[:DAYS]


def write(store: Store, day: date, zone: str, *, neural: bool) -> Edition | None:
    """The day as it stands now; None where none of its threads has a brief yet."""
    own = [thread for thread in _threads(store) if _day(thread, zone) == day]
    own.sort(key=lambda thread: (-thread.origins, -thread.articles, thread.id))
    briefs = store.briefs([thread.id for thread in own])
    chosen = [briefs[thread.id] for thread in own if thread.id in briefs][:TOLD]
    told = tuple(one for brief in chosen if (one := _told(brief)))
    if not told:
        return None
    authors = {author for brief in chosen for author in writers(brief)}
    return Edition(
        day,
        f"The wire of {day:%A}, {day.day} {day:%B %Y}",
        disclosure.spoken(authors, neural=neural),
        disclosure.source_type(authors, neural=neural),
        told,
        max(0, len(own) - len(told)),
    )


def keep(shelf: Shelf, edition: Edition) -> None:
    """Write it down. Raises SpeechError."""
    shelf.write(_file(edition.day), orjson.dumps(asdict(edition)))


def read(shelf: Shelf, day: date) -> Edition | None:
    """As it was written down; None: it was not."""
    kept: dict[str, Any] | None = shelf.read(_file(day))
    if kept is None:
        return None
    told = tuple(Told(**one) for one in kept["told"])
    return Edition(**{**kept, "day": day, "told": told})


def episode(edition: Edition, recording: Recording, zone: str) -> Episode:
    """With the recording it was spoken into."""
    following = edition.day + timedelta(1)
    closed = datetime.combine(following, time(), ZoneInfo(zone))
    return Episode(
        edition.day,
        closed,
        edition.title,
        edition.disclosure,
        edition.source_type,
        edition.told,
        edition.left_out,
        recording,
    )


def _threads(store: Store) -> Iterator[Thread]:
    cursor, seen = None, 0
    while seen < _READ:
        page = store.threads(ThreadFilter(kinds=INCIDENTS), limit=100, cursor=cursor)
        yield from page.threads
        seen, cursor = seen + len(page.threads), page.next
        if cursor is None:
            return


def _day(thread: Thread, zone: str) -> date:
    return thread.updated_at.astimezone(ZoneInfo(zone)).date()


def _told(brief: Brief) -> Told | None:
    said = {"headline": "", "signal_summary": ""}
    for statement in brief.statements:
        if statement.section in said and statement.kind != "notice":
            said[statement.section] = f"{said[statement.section]} {statement.text}".strip()
    headline, summary = said["headline"], said["signal_summary"]
    return Told(brief.thread, headline, summary) if headline else None


def _file(day: date) -> str:
    return f"edition-{day.isoformat()}.json"
