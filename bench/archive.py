"""A store of invented security news, as large as is asked for: what `bench.threader` measures in.

In: a number of articles. Out: a store's file with articles, vectors, threads, memberships and
victims as claims, 300 articles a day up to START. Words come by the shipped frequencies, each event
has its own victim (the second word of its name is one of 2,000), vendors and actors are shared, three
in twenty events have a CVE. Seven threads
in ten are single articles, the others have 2 to 10; one event in fifty is told again years later.
Vectors gather by topic and closer by event: cosines of about .8 within an event, .4 within a topic.

Written past the store's own methods, whose commits are for batches of 64: a million articles take
some minutes. A file that is there is used again.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np

from breachwire.model import Vector, thread_id
from breachwire.store import open_store
from breachwire.store.rows import pack
from nlp import features

MODEL: Final = "bench"
START: Final = datetime(2026, 6, 1, tzinfo=UTC)
A_DAY: Final = 300
PIECE: Final = 5_000
DIMENSION: Final = 384
TOPICS: Final = 300
SIZES: Final = (1,) * 70 + (2,) * 12 + (3,) * 7 + (4,) * 5 + (6,) * 4 + (10,) * 2
"""Thread sizes as they come: a mean of 1.8, as in the labelled windows."""
_ENDS: Final = "vane mark dale ford sten lund berg wick holm gate mont rick tess corp lyne dyn".split()
_KINDS: Final = (
    "{victim} says customer data was stolen in {word} breach",
    "{victim} confirms cyberattack after {actor} claim",
    "{vendor} patches {cve} after attacks on {victim}",
    "Hackers leak {victim} files, {word} {word}",
    "{victim} hit by ransomware, {word} systems down",
)


@dataclass(frozen=True, slots=True)
class Event:
    """What an incident's articles share."""

    victim: str
    vendor: str
    actor: str
    cve: str
    vector: Vector


@dataclass(frozen=True, slots=True)
class Told:
    """One article of an event."""

    event: int
    at: datetime
    title: str
    text: str
    vector: Vector


class Wire:
    """Events and their articles; the same seed gives the same wire."""

    def __init__(self, seed: int = 7) -> None:
        self.draw = random.Random(seed)
        self._normal = np.random.default_rng(seed)
        self._topics = self._vectors(TOPICS)
        self._vendors = [self._word(2) for _ in range(400)]
        self._actors = [self._word(2) for _ in range(150)]
        self._second = [self._word(2) for _ in range(2_000)]
        self.events: list[Event] = []

    def event(self) -> int:
        """A new event's number."""
        draw, number = self.draw, len(self.events)
        topic = self._topics[int(draw.random() ** 2 * TOPICS)]
        self.events.append(
            Event(
                victim=f"{self._word(3)} {draw.choice(self._second)}",
                vendor=self._vendors[int(draw.random() ** 3 * 400)],
                actor=self._actors[int(draw.random() ** 2 * 150)],
                cve=f"CVE-{draw.randint(2017, 2026)}-{100_000 + number}",
                vector=_unit(0.7 * topic + 0.7 * self._vectors(1)[0]),
            )
        )
        return number

    def tell(self, number: int, at: datetime) -> Told:
        """An article on an event, about 600 characters."""
        event, draw = self.events[number], self.draw
        template = _KINDS[(number + draw.randint(0, 1)) % 5 if draw.random() < 0.6 else number % 5]
        named = {"victim": event.victim, "vendor": event.vendor, "actor": event.actor}
        words = iter(draw.choices(*_words(), k=90))
        title = template
        while "{word}" in title:
            title = title.replace("{word}", next(words), 1)
        title = title.format(**named, cve=event.cve if number % 20 < 3 else "a flaw")
        told = " ".join(
            f"{event.victim if n == 0 else next(words).capitalize()} "
            f"{' '.join(islice(words, 11))}, {draw.choice(list(named.values()))} said."
            for n in range(7)
        )
        text = f"{event.victim} confirmed that data of {draw.randint(1000, 999999):,} people was stolen. {told}"
        return Told(number, at, title, text[:620], _unit(event.vector + 0.5 * self._vectors(1)[0]))

    def articles(self, number: int) -> Iterator[Told]:
        """`number` articles up to START, oldest first."""
        step = timedelta(days=1) / A_DAY
        first, days = START - step * number, number / A_DAY
        waiting: dict[int, list[int]] = {}
        for slot in range(number):
            if due := waiting.pop(slot, []):
                event = due.pop()
                waiting.setdefault(slot + 1, []).extend(due)
            else:
                event = self.event()
                for later in self._later(days):
                    waiting.setdefault(slot + later, []).append(event)
            yield self.tell(event, first + step * slot)

    def _later(self, days: float) -> list[int]:
        """After how many articles a new event is told again: hours to days, some after years."""
        draw = self.draw
        gaps = [draw.expovariate(0.5) for _ in range(draw.choice(SIZES) - 1)]
        if draw.random() < 0.02:
            gaps.append(draw.uniform(60, max(61.0, days)))
        return [1 + int(gap * A_DAY) for gap in gaps]

    def _word(self, syllables: int) -> str:
        draw = self.draw
        parts = (draw.choice("bdfgklmnprstvz") + draw.choice("aeiou") for _ in range(syllables))
        return f"{''.join(parts)}{draw.choice(_ENDS)}".capitalize()

    def _vectors(self, number: int) -> Any:
        rows = self._normal.normal(size=(number, DIMENSION)).astype(np.float32)
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@cache
def _words() -> tuple[list[str], list[int]]:
    _, counts, _ = features.background()
    known = [w for w in counts if w.isalpha()]
    return known, [counts[w] for w in known]


def _unit(row: Any) -> Vector:
    unit: Vector = (row / np.linalg.norm(row)).astype(np.float32)
    return unit


def filled(path: Path, number: int, wire: Wire) -> None:
    """Make the store at `path`, or, where it is there, just bring `wire` to its end."""
    told = wire.articles(number)
    if path.exists():
        for _ in told:
            pass
        return
    fresh = path.with_suffix(".part")
    fresh.unlink(missing_ok=True)
    open_store(f"sqlite:///{fresh}").close()
    connection = sqlite3.connect(fresh)
    for pragma in ("journal_mode=MEMORY", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-500000"):
        connection.execute(f"PRAGMA {pragma}")
    opened: dict[int, str] = {}
    while piece := list(islice(told, PIECE)):
        _write(connection, piece, opened)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.close()
    fresh.rename(path)


def id_of(at: datetime) -> int:
    """The id that the store gives the only article of a moment."""
    return int(at.timestamp() * 1000) << 10


def _write(connection: sqlite3.Connection, piece: list[Told], opened: dict[int, str]) -> None:
    rows: dict[str, list[tuple[Any, ...]]] = {t: [] for t in _COLUMNS}
    threads: dict[str, list[Any]] = {}
    for told in piece:
        id_, at = id_of(told.at), told.at.isoformat(timespec="microseconds")
        opens = told.event not in opened
        thread = opened.setdefault(told.event, thread_id(id_))
        threads.setdefault(thread, [thread, told.title, at, at, at, 0])[4:] = [at, 1]
        hash_, cve = str(id_), told.title.partition("CVE-")[2][:11]
        rows["article"].append(
            (id_, f"https://outlet{id_ % 17}.example/{id_}", told.title, told.text, told.text[:200],
             "[]", f"Outlet {id_ // 7 % 17}", "", "", at, at, hash_, 1, "claimed", "en", "feed",
             "unknown", "", "", f"outlet-{id_ // 7 % 17}",
             f"cve\ue001{cve.replace('-', chr(0xE001))}" if cve else "")
        )  # fmt: skip
        rows["embedding"].append((id_, MODEL, hash_, pack(told.vector)))
        rows["membership"].append(
            (id_, thread, "first_report" if opens else "report", 1.0, "opens", "", "breach", 0, None)
        )
        name = told.text.partition(" confirmed ")[0]
        span = ("text", 0, len(name), name)
        rows["claim"].append(
            (id_, 0, thread, "victim", f'"{name}"', "reported", *span, id_, *span, at, at)
        )
    with connection:
        connection.executemany(
            "INSERT INTO thread (id, headline, kind, section, first_at, last_at, updated_at, articles,"
            " origins, stale, brief_version, ledger_version)"
            " VALUES (?, ?, 'breach', 'Breaches', ?, ?, ?, ?, 1, 0, 0, 0)"
            " ON CONFLICT (id) DO UPDATE SET last_at = excluded.last_at",
            [(t[0], t[1], t[2], t[4], t[4], t[5]) for t in threads.values()],
        )
        for table, values in rows.items():
            columns = _COLUMNS[table]
            marks = ", ".join("?" * len(values[0]))
            connection.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)


_COLUMNS: Final = {
    "article": "id, url, title, text, lead, authors, source, family, section, published,"
    " first_seen_at, content_hash, revision, state, language, text_from, page_state, page_note,"
    " credit, source_slug, terms",
    "embedding": "article, model, content_hash, vector",
    "membership": "article, thread, role, score, method, reason, kind, roundup, copy_of",
    "claim": 'article, n, thread, field, value, status, "where", start, "end", quote,'
    " sentence_article, sentence_where, sentence_start, sentence_end, sentence_quote, said_at,"
    " first_seen_at",
}
