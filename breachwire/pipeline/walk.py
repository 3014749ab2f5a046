"""One address → the documents of its past, read one after the other, the newest first.

In: a backfill, the store, a polite way out. Out: in the store, each document that was read and,
waiting, its entries that no article holds yet; here, what ended the ways. A document read since the
run began is not asked for again; one read in an earlier run is, conditionally.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from urllib.parse import urldefrag, urljoin

from breachwire.errors import BreachwireError, FetchError, LeftAloneError, ParseError
from breachwire.model import ArchiveLink, ArchivePage, Backfill, Entry
from breachwire.net import Getter, Response
from breachwire.store import Store
from ingest import archives, urls
from ingest.fetch import get_archive, validator
from ingest.robots import Robots

MAX_PAGES: Final = 2_000
"""Documents asked for in one run; the next goes on behind them."""
MAX_NOTES: Final = 20
PASSING: Final = frozenset({"dns", "connect", "timeout", "tls"})
"""Kinds of failure after which the same request may well succeed."""
END: Final = (400, 404, 410)
"""What answers a page beyond the last one."""


class Walk:
    """Follows one backfill's links."""

    def __init__(
        self,
        store: Store,
        client: Getter,
        robots: Robots,
        backfill: Backfill,
        since: datetime | None,
        *,
        now: Callable[[], datetime],
        stop: threading.Event,
        progress: Callable[[str, int, int], None],
    ) -> None:
        self.backfill = backfill
        self.read = self.unchanged = self.kept = 0
        """Documents that were read, that answered 304, that an interrupted run had read."""
        self.left_out = 0
        """Entries without an address; with `since`, without a date."""
        self.notes: list[str] = []
        """What ended a way before its end, a line each."""
        self.past = False
        """Anything of the past was found, now or before."""
        self.broken = False
        """A document could not be had just now: the next run asks again."""
        self._store, self._client, self._robots = store, client, robots
        self._since, self._now, self._stop, self._progress = since, now, stop, progress
        self._known = store.archive_pages(backfill.url)
        self._seen: set[str] = set()
        self._prints: set[str] = set()
        self._plain = 0
        self._searched = False
        """For sitemaps."""

    def go(self, enough: int) -> bool:
        """Read until that many entries wait; True: there is nothing more to read.

        Raises FetchError or ParseError where the address itself gives nothing, LeftAloneError.
        """
        way = [ArchiveLink("start", self.backfill.url)]
        while way:
            waiting = self._store.count_waiting(self.backfill.url, self._since)
            self._progress("archive", self.read + self.unchanged, waiting)
            if self._stop.is_set() or waiting >= enough:
                return False
            if self.read + self.unchanged >= MAX_PAGES:
                self._note(f"{MAX_PAGES:,} documents read; the next run goes on behind them")
                return False
            way[:1] = self._follow(way[0])
            if not way and not self.past:
                way += self._sitemaps()
        if self._plain:
            self._note(f"{self._plain:,} addresses of sitemaps left out: no news title there")
        return not self._stop.is_set()

    def _follow(self, link: ArchiveLink) -> Sequence[ArchiveLink]:
        """Read one document; the links it gives."""
        link = replace(link, url=urldefrag(link.url).url)
        if link.url in self._seen:
            if link.kind == "older":
                self._note(f"pages lead in a circle: {link.url} was read before; the way ends")
            return ()
        self._seen.add(link.url)
        try:
            page = self._page(link)
        except LeftAloneError:
            raise
        except (FetchError, ParseError) as error:
            self._failed(link, error)
            return ()
        self.past = self.past or page.past
        self._prints.add(page.fingerprint)
        return page.links

    def _page(self, link: ArchiveLink) -> ArchivePage:
        known = self._known.get(link.url)
        if known is not None and not self._holds(known):
            known = None
        if known is not None and known.read_at >= self.backfill.started_at:
            self.kept += 1
            return known
        response = get_archive(
            self._client,
            self._robots,
            link.url,
            etag=known.etag if known else None,
            last_modified=known.last_modified if known else None,
        )
        if known is not None and response.status == 304:
            self.unchanged += 1
            page, entries = replace(known, read_at=self._now()), list[Entry]()
        else:
            page, entries = self._opened(link, response)
            self.read += 1
        self._store.save_archive_page(self.backfill.url, page, entries)
        return page

    def _holds(self, page: ArchivePage) -> bool:
        """Whether what was left out of a document then is left out now as well."""
        return page.since is None or (self._since is not None and page.since <= self._since)

    def _opened(self, link: ArchiveLink, response: Response) -> tuple[ArchivePage, list[Entry]]:
        leaf = archives.read(link, response, self._since)
        for problem in leaf.problems:
            self._note(f"{link.url}: {problem}")
        self._plain += leaf.plain
        page = ArchivePage(
            url=link.url,
            read_at=self._now(),
            links=leaf.links,
            fingerprint=archives.fingerprint(leaf.entries),
            past=leaf.past and bool(leaf.entries),
            etag=validator(response, "etag"),
            last_modified=validator(response, "last-modified"),
            since=self._since,
        )
        if page.fingerprint and page.fingerprint in self._prints:
            self._same(link)
            return replace(page, links=(), past=False), []
        if link.kind in ("start", "feed"):
            self._found(link, leaf)
        if leaf.form == "site":
            page = replace(page, links=(*leaf.links, *self._sitemaps()))
        if link.kind == "paged" and not leaf.entries:
            page = replace(page, links=())
        return page, self._new(leaf.entries)

    def _found(self, link: ArchiveLink, leaf: archives.Leaf) -> None:
        """Remember which feed and site this is about."""
        home = leaf.home or self.backfill.home or link.url
        self.backfill = replace(self.backfill, home=home)
        if leaf.form == "feed":
            self.backfill = replace(self.backfill, feed=link.url, title=leaf.title)
        self._store.save_backfill(self.backfill)

    def _new(self, entries: Sequence[Entry]) -> list[Entry]:
        """Those to be taken: with an address that no article has, and not before `since`."""
        wanted = []
        for entry in entries:
            undated = self._since is not None and entry.published is None
            if not entry.url or undated:
                self.left_out += 1
            elif self._since and entry.published and entry.published < self._since:
                continue
            elif self._store.article_by_key(urls.key(entry.url)) is None:
                wanted.append(entry)
        return wanted

    def _sitemaps(self) -> list[ArchiveLink]:
        """Those that robots.txt names, and the usual address; once."""
        if self._searched:
            return []
        self._searched = True
        home = self.backfill.home or self.backfill.url
        try:
            stated = [urls.absolute(url, home) for url in self._robots.sitemaps(home)]
        except FetchError as error:
            self._note(str(error))
            return []
        # The news first, as far as an address tells.
        stated.sort(key=lambda url: "news" not in url.lower())
        usual = urljoin(home, archives.SITEMAP)
        found = [ArchiveLink("sitemap", url) for url in stated if url]
        return found if usual in stated else [*found, ArchiveLink("guess", usual)]

    def _same(self, link: ArchiveLink) -> None:
        if link.kind == "paged":
            self._note(f"{link.url}: the same entries as without it; the site ignores paged=")
        elif link.kind == "older":
            self._note(f"{link.url}: the same entries as a page before; the way ends")

    def _failed(self, link: ArchiveLink, error: BreachwireError) -> None:
        """Note what ended a way, but for the ends that are its own."""
        if self._stop.is_set():
            return
        if link.kind == "start":
            raise error
        status = error.status if isinstance(error, FetchError) else None
        if status in END and (link.kind == "guess" or archives.page_number(link.url) > 2):
            return
        if isinstance(error, FetchError):
            self.broken |= error.kind in PASSING or (status or 0) >= 500
            self._note(str(error))
        else:
            self._note(f"{link.url}: {error}")

    def _note(self, line: str) -> None:
        if len(self.notes) < MAX_NOTES:
            self.notes.append(line)
