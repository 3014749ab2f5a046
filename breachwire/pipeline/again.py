"""Pages that were read once → looked at again, 6 hours, 24 hours and 7 days after: silent edits.

In: a store, the one safe way out. Out: articles whose pages say something else now are revisions
(state "stored" again, the former text kept). Each look is conditional and comes once, whatever it
gives; how far each of the three has come is kept in the store. A page that could not be had when
its article came in is tried once more at the first look.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from breachwire.config import Config
from breachwire.errors import BreachwireError, StoreError
from breachwire.model import Article, Draft, Entry, FeedSpec, Page
from breachwire.net import Getter
from breachwire.net.hosts import host_of
from breachwire.pipeline.leaving import barred, refuse
from breachwire.pipeline.page import page_changed
from breachwire.pipeline.steps import step
from breachwire.store import Store
from ingest import compose
from ingest.robots import Robots

log = logging.getLogger(__name__)
AFTER: Final = {"6h": timedelta(hours=6), "24h": timedelta(hours=24), "7d": timedelta(days=7)}
"""Since an article was seen first; by the name that its mark in the store has."""
BATCH: Final = 200
"""Articles a look: what a kill can cause to be asked a second time."""
PAUSE: Final = 300.0
"""Seconds between two looks for articles whose time has come."""
PAST: Final = timedelta(days=14)
"""Whatever was published so long before it was seen (a backfill's) is not looked at again."""
KEPT: Final = 0.5
"""Share of a text that must be left of it: less is a page that went behind a wall, as a rule, and
the text that was read is the better one."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look gave."""

    asked: int = 0
    revised: int = 0
    failed: int = 0
    """Pages that could not be had, or not as pages."""

    def __add__(self, other: Looked) -> Looked:
        return Looked(
            self.asked + other.asked, self.revised + other.revised, self.failed + other.failed
        )


class Again:
    """Looks again; one for a poller, whose role it needs."""

    def __init__(
        self,
        store: Store,
        client: Getter,
        robots: Robots,
        config: Config,
        *,
        now: Callable[[], datetime],
        stop: threading.Event,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._client = client
        self._robots = robots
        self._config = config
        self._now = now
        self._stop = stop
        self._clock = clock
        self._next = 0.0

    def run(self) -> Looked:
        """Look at all whose time has come; at most once in PAUSE seconds."""
        done = Looked()
        if not self._config.fetch_pages or self._clock() < self._next:
            return done
        for name, after in AFTER.items():
            while not self._stop.is_set():
                if not (due := self._due(name, after)):
                    break
                done += self._look(due, first=name == "6h")
                if not self._stop.is_set():
                    self._mark(name, due[-1].first_seen_at, due[-1].id)
        self._next = self._clock() + PAUSE
        return done

    def _due(self, name: str, after: timedelta) -> list[Article]:
        """The next ones, by when they were seen first. A store that never looked begins now."""
        until = self._now() - after
        if (mark := self._store.meta(_key(name))) is None:
            self._mark(name, until, 0)
            return []
        seen, id_ = mark.split()
        return self._store.seen_between(
            (datetime.fromisoformat(seen), int(id_)), until, published=until - PAST, limit=BATCH
        )

    def _mark(self, name: str, seen: datetime, id_: int) -> None:
        """All that were seen first until then have had this look."""
        self._store.set_meta(_key(name), f"{seen.isoformat()} {id_}")

    def _look(self, articles: Sequence[Article], *, first: bool) -> Looked:
        """Those of one host one after the other, several hosts at once."""
        queues: dict[str, list[Article]] = defaultdict(list)
        sites = barred(self._store)
        for article in articles:
            if article.text_from == "page" or (first and article.page_state == "refused"):
                queues[host_of(article.url)].append(article)

        def serve(queue: Sequence[Article]) -> Looked:
            done = Looked()
            for article in queue:
                if self._stop.is_set():
                    break
                done += self._one(article, sites)
            return done

        with ThreadPoolExecutor(self._config.fetch_threads, "again") as pool:
            return sum(pool.map(serve, queues.values()), Looked())

    def _one(self, article: Article, sites: frozenset[str]) -> Looked:
        try:
            refuse(sites, article.url)
            page = page_changed(self._client, self._robots, article.url, article.first_seen_at)
        except StoreError:
            raise
        except BreachwireError as error:
            step(log, "not looked at again", article=article.id, url=article.url, why=str(error))
            return Looked(1, 0, 1)
        draft = None if page is None else as_edited(article, page, self._now())
        if draft is None:
            return Looked(1)
        (taken,) = self._store.take([(draft, None)], self._now())
        step(log, taken.outcome, article=article.id, url=article.url)
        return Looked(1, int(taken.outcome == "revised"))


def as_edited(article: Article, page: Page, now: datetime) -> Draft | None:
    """The article with the text that its page has now; None where that is no text of it, or the
    same. Its title stays: a page's often has the outlet's name in it."""
    entry = Entry(key="", url=article.url, title=article.title, summary=article.lead)
    draft = compose.compose(entry, FeedSpec(""), page, url=article.url, page_state="ok", now=now)
    if draft.text_from != "page" or draft.text == article.text:
        return None
    whole = article.text_from == "page"
    return None if whole and len(draft.text) < KEPT * len(article.text) else draft


def _key(name: str) -> str:
    return f"looked again {name}"
