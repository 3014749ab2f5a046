"""Entries → stored articles: each with its page where that can be had, else with the feed's text.

In: a feed and some of its entries, whoever found them (a poll, a backfill). Out: articles (state
"stored") and how many of which kind.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from breachwire.config import Config
from breachwire.errors import BreachwireError, FetchError, LeftAloneError, StoreError
from breachwire.model import Draft, Entry, Feed, FeedSpec, Page, PageState
from breachwire.net import Getter
from breachwire.pipeline.leaving import barred, refuse
from breachwire.pipeline.page import fetch_page
from breachwire.pipeline.steps import step
from breachwire.store import EntryRef, Store
from ingest import compose, extract, urls
from ingest.robots import Robots

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of entries."""

    new: int = 0
    revised: int = 0
    known: int = 0
    left_out: int = 0
    """Without an address, or not to be read."""

    def __add__(self, other: Taken) -> Taken:
        return Taken(
            self.new + other.new,
            self.revised + other.revised,
            self.known + other.known,
            self.left_out + other.left_out,
        )


class Taker:
    """Takes entries into a store; any thread may use it."""

    def __init__(
        self,
        store: Store,
        client: Getter,
        robots: Robots,
        config: Config,
        *,
        now: Callable[[], datetime],
        stop: threading.Event,
        counted: bool = True,
    ) -> None:
        """`counted`: whether pages had and not had count for their feed's reachability."""
        self._store = store
        self._client = client
        self._robots = robots
        self._config = config
        self._now = now
        self._stop = stop
        self._counted = counted

    def take(self, feed: Feed, spec: FeedSpec, entries: Sequence[Entry]) -> Taken:
        """Fetch their pages and store them, in one commit; where the stop event is set meanwhile,
        the rest is left. Raises StoreError, LeftAloneError (nothing is stored then)."""
        count: Counter[str] = Counter()
        drafts: list[tuple[Draft, EntryRef | None]] = []
        for entry in entries:
            try:
                draft = self._draft(feed, spec, entry)
                ref = EntryRef(feed.id, entry.key, entry_hash(entry))
            except (StoreError, LeftAloneError):
                raise
            except Exception as error:
                # Any fault of reading one entry or its page is that entry's alone.
                count["left_out"] += 1
                why = str(error) if isinstance(error, BreachwireError) else repr(error)
                log.warning("%s: entry %r left out: %s", feed.spec.url, entry.key, why)
                log.debug("entry left out", exc_info=True)
                continue
            if self._stop.is_set():
                # Its page may have been cut off by the end: the next run fetches it whole.
                break
            drafts.append((draft, ref))
        for taken in self._store.take(drafts, self._now()):
            count[taken.outcome] += 1
            article = taken.article
            step(log, taken.outcome, feed=feed.id, article=article.id, url=article.url)
        return Taken(**count)

    def _draft(self, feed: Feed, spec: FeedSpec, entry: Entry) -> Draft:
        """An entry with its page, where that can be had; else with the feed's own text."""
        refuse(sites := barred(self._store), feed.spec.url, entry.url)
        url, note = entry.url, ""
        page: Page | None = None
        state: PageState = "unknown"
        known = self._store.article_by_key(urls.key(entry.url)) if entry.url else None
        # Another outlet's feed that links to a page we hold costs that page's host nothing.
        held = known and known.text_from == "page" and known.source != spec.outlet
        if self._config.fetch_pages and entry.url and not held:
            url, page, state, note = self._page(feed, entry)
        draft = compose.compose(
            entry, spec, page, url=url, page_state=state, note=note, now=self._now()
        )
        refuse(sites, draft.url, *draft.keys)
        if state == "ok":
            # Only now is it known whether the page served or was a wall around the story.
            served = draft.page_state == "ok"
            error = None if served else f"{draft.page_note} ({url})"
            self._count(feed, int(served), int(not served), error)
        return draft

    def _page(self, feed: Feed, entry: Entry) -> tuple[str, Page | None, PageState, str]:
        try:
            url, page = fetch_page(self._client, self._robots, entry.url)
        except (StoreError, LeftAloneError):
            raise
        except FetchError as error:
            self._count(feed, 0, 1, str(error))
            return entry.url, None, "refused", error.message
        except BreachwireError as error:
            self._count(feed, 0, 1, str(error))
            return entry.url, None, "thin", str(error)
        return url, page, "ok", ""

    def _count(self, feed: Feed, ok: int, refused: int, error: str | None) -> None:
        if self._counted:
            self._store.count_pages(feed.id, ok, refused, error)


def entry_hash(entry: Entry) -> str:
    """Of what readers would see of an entry: a counter hidden in its markup is no change."""
    words = "\n".join((entry.title, extract.plain(entry.content or entry.summary), entry.url))
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()


def named(spec: FeedSpec, title: str) -> FeedSpec:
    """A feed added by its bare address is called by its own title."""
    return spec if spec.outlet else replace(spec, outlet=spec.title or title)
