"""Asking feeds and pages: a feed → what is new in it; an address → its page.

In: a feed's state or an entry's address, the one safe way out. Out: the feed's new state with the
document read, or a page's bytes. A bad feed is a state, not an error; a page that can't be had is a
FetchError that says why.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus
from typing import Final

from breachwire.errors import BreachwireError, FetchError, StoreError
from breachwire.model import Feed, ParsedFeed
from breachwire.net import Client, Getter, Response, retry_after
from ingest import apart, schedule, wishes
from ingest.robots import Robots

MOVED_AFTER: Final = 3
"""Times in a row that a permanent redirect must lead to one address before it is taken over: a
captive portal or a mistake of a day must not cost the subscription."""
MAX_VALIDATOR: Final = 500
"""Characters of an ETag or Last-Modified that are kept and sent back."""
MAX_ERROR: Final = 300

ACCEPT_FEED: Final = (
    "application/atom+xml, application/rss+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, application/json;q=0.8, text/xml;q=0.8, */*;q=0.1"
)
ACCEPT_PAGE: Final = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
ACCEPT_ARCHIVE: Final = f"{ACCEPT_FEED}, text/html;q=0.5"
PAGE_TYPES: Final = frozenset({"text/html", "application/xhtml+xml"})


@dataclass(frozen=True, slots=True)
class Poll:
    """What asking a feed once gave."""

    feed: Feed
    """Its new state, to be saved after the entries are."""
    parsed: ParsedFeed | None = None
    """The document; None: unchanged (304), or the poll failed and `feed.error` says how."""
    changed: bool = False


@dataclass(frozen=True, slots=True)
class FetchedPage:
    """A page as it came."""

    url: str
    """Final address, after redirects."""
    body: bytes
    content_type: str


def poll(
    client: Client,
    feed: Feed,
    now: datetime,
    *,
    config_minutes: int,
    times: Sequence[datetime] = (),
    rng: random.Random | None = None,
) -> Poll:
    """Ask a feed what is new. Never raises for what a server or a document does; StoreError.

    `times`: of its entries that are known.
    """
    rng = rng or random.Random()
    try:
        response = client.get(
            feed.spec.url, headers=_conditions(feed.etag, feed.last_modified), accept=ACCEPT_FEED
        )
        parsed = _read(feed, response, now)
    except StoreError:  # of what workers share on hosts: no fault of the feed
        raise
    except BreachwireError as error:
        return Poll(_failed(feed, error, now, config_minutes, rng))
    if parsed is not None:
        times = [*times, *(entry.published for entry in parsed.entries if entry.published)]
        feed = replace(
            feed,
            etag=validator(response, "etag"),
            last_modified=validator(response, "last-modified"),
            wishes=parsed.wishes,
        )
    when = schedule.next_fetch(
        now,
        minutes=config_minutes,
        wishes=feed.wishes,
        times=times,
        fresh=wishes.fresh(response.headers, now),
        rng=rng,
    )
    return Poll(_answered(feed, response, now, when), parsed, parsed is not None)


def _answered(feed: Feed, response: Response, now: datetime, when: datetime) -> Feed:
    return replace(
        _moved(feed, response.permanent_url),
        state="ok",
        failures=0,
        error=None,
        last_fetch_at=now,
        last_success_at=now,
        next_fetch_at=when,
    )


def get_page(client: Getter, robots: Robots, url: str) -> FetchedPage:
    """Fetch an article's page where robots.txt allows it, here and where a redirect leads.

    Raises FetchError: robots, status (with the server's Retry-After), protocol for what is no HTML
    page, and what `Client.get` raises.
    """
    _ask_leave(robots, url)
    return _page(robots, url, client.get(url, accept=ACCEPT_PAGE))


def _page(robots: Robots, url: str, response: Response) -> FetchedPage:
    if response.url != url:
        _ask_leave(robots, response.url)
    if response.status != 200:
        raise _status(response, datetime.now(UTC))
    kind = response.headers.get("content-type", "")
    if not _is_page(kind, response.body):
        named = kind.partition(";")[0].strip()[:80] or "bytes of no stated type"
        raise FetchError("protocol", response.url, f"not a web page but {named}")
    return FetchedPage(response.url, response.body, kind)


def look_again(client: Getter, robots: Robots, url: str, since: datetime) -> FetchedPage | None:
    """An article's page where it was changed since; None where its server says that it wasn't.

    Conditional by time alone (RFC 9110, 13.1.3, allows that of the last answer where no other is
    known): no page's ETag is kept. Raises as `get_page`.
    """
    _ask_leave(robots, url)
    condition = {"If-Modified-Since": format_datetime(since, usegmt=True)}
    response = client.get(url, headers=condition, accept=ACCEPT_PAGE)
    if response.status == 304:
        return None
    return _page(robots, url, response)


def get_archive(
    client: Getter, robots: Robots, url: str, *, etag: str | None, last_modified: str | None
) -> Response:
    """Fetch a feed document or sitemap where robots.txt allows it, here and where it leads.

    Status 200, or 304 where a validator is given. Raises FetchError as `get_page`.
    """
    _ask_leave(robots, url)
    conditions = _conditions(etag, last_modified)
    response = client.get(url, headers=conditions, accept=ACCEPT_ARCHIVE)
    if response.url != url:
        _ask_leave(robots, response.url)
    if response.status not in (200, 203) and not (response.status == 304 and conditions):
        raise _status(response, datetime.now(UTC))
    return response


def _conditions(etag: str | None, last_modified: str | None) -> dict[str, str]:
    pairs = (("If-None-Match", etag), ("If-Modified-Since", last_modified))
    return {name: value for name, value in pairs if value}


def _read(feed: Feed, response: Response, now: datetime) -> ParsedFeed | None:
    """The document; None where it is unchanged. Raises FetchError, ParseError."""
    if response.status == 304 and _conditions(feed.etag, feed.last_modified):
        return None
    if response.status not in (200, 203):
        raise _status(response, now)
    return read_feed(response)


def read_feed(response: Response) -> ParsedFeed:
    """The feed document an address answered with. Raises ParseError."""
    kind = response.headers.get("content-type", "")
    return apart.shared.feed(response.body, content_type=kind, url=response.url)


def _status(response: Response, now: datetime) -> FetchError:
    try:
        phrase = f" {HTTPStatus(response.status).phrase}"
    except ValueError:
        phrase = ""
    wait = None
    if response.status in (429, 503):
        wait = retry_after(response.headers.get("retry-after"), now)
    return FetchError(
        "status",
        response.url,
        f"the server answered {response.status}{phrase}",
        status=response.status,
        retry_after=wait,
    )


def _failed(
    feed: Feed,
    error: BreachwireError,
    now: datetime,
    minutes: int,
    rng: random.Random,
) -> Feed:
    """The feed after a failed poll; what it gave before, validators included, is kept."""
    status, wait = None, None
    if isinstance(error, FetchError):
        status, wait = error.status, error.retry_after
    gone = status == 410
    failures = feed.failures + 1
    when = schedule.retry(
        now, minutes=minutes, wishes=feed.wishes, failures=failures, retry_after=wait, rng=rng
    )
    return replace(
        feed,
        state="gone" if gone else "failing",
        failures=failures,
        error=_line(feed, error),
        last_fetch_at=now,
        next_fetch_at=None if gone else when,
    )


def _line(feed: Feed, error: BreachwireError) -> str:
    """What and where, in one printable line."""
    text = str(error) if isinstance(error, FetchError) else f"{error} ({feed.spec.url})"
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return text if len(text) <= MAX_ERROR else text[: MAX_ERROR - 1] + "…"


def _moved(feed: Feed, address: str | None) -> Feed:
    """Count a permanent redirect; the third in a row to one address becomes the feed's own."""
    if address is None or address == feed.spec.url:
        return replace(feed, moved_to=None, moved_seen=0)
    seen = feed.moved_seen + 1 if address == feed.moved_to else 1
    if seen < MOVED_AFTER:
        return replace(feed, moved_to=address, moved_seen=seen)
    return replace(feed, spec=replace(feed.spec, url=address), moved_to=None, moved_seen=0)


def validator(response: Response, name: str) -> str | None:
    """A header (etag, last-modified) to send back with the next question; None: none to be kept."""
    value = response.headers.get(name, "").strip()
    return value if 0 < len(value) <= MAX_VALIDATOR else None


def _ask_leave(robots: Robots, url: str) -> None:
    if reason := robots.refusal(url):
        raise FetchError("robots", url, reason)


def _is_page(content_type: str, body: bytes) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    if kind:
        return kind in PAGE_TYPES
    return b"<html" in body[:2000].lower() or b"<!doctype html" in body[:2000].lower()
