"""A JSON Feed 1.0 or 1.1 → ParsedFeed (https://www.jsonfeed.org/version/1.1/).

In: bytes. Out: the feed; items that are no objects are left out and named. feedparser reads no
JSON. Keys are as stated; `ingest.parse` makes them distinct.
"""

from __future__ import annotations

import html
import json
from typing import Any, Final

from breachwire.errors import NotAFeedError
from breachwire.model import Entry, ParsedFeed
from ingest import clean, dates, urls

MAX_ENTRIES: Final = 500


def parse(body: bytes, *, url: str = "") -> ParsedFeed:
    """Read a JSON Feed. Raises NotAFeedError for any other JSON, and for what is none."""
    try:
        data = json.loads(body.decode("utf-8-sig", "replace"))
    except ValueError as error:
        raise NotAFeedError(f"not a feed but broken JSON: {error}") from None
    except RecursionError:
        raise NotAFeedError("not a feed but JSON nested without end") from None
    if not isinstance(data, dict):
        raise NotAFeedError("not a feed but a JSON list")
    version, items = str(data.get("version", "")), data.get("items")
    if "jsonfeed.org" not in version or not isinstance(items, list):
        raise NotAFeedError(
            "not a JSON Feed: it lacks the version https://jsonfeed.org/version/1.1 or its items"
        )
    return _feed(data, items, "json11" if version.rstrip("/").endswith("1.1") else "json10", url)


def _feed(data: dict[str, Any], items: list[Any], format_: str, url: str) -> ParsedFeed:
    problems: list[str] = []
    if len(items) > MAX_ENTRIES:
        problems.append(f"{len(items)} entries; the first {MAX_ENTRIES} are read")
    home = urls.absolute(_text(data, "home_page_url"), url)
    base = _text(data, "feed_url") if urls.is_http(_text(data, "feed_url")) else url
    everyone = _authors(data)
    entries = []
    for number, item in enumerate(items[:MAX_ENTRIES], 1):
        if not isinstance(item, dict):
            problems.append(f"entry {number} left out: no object")
            continue
        entry = _entry(item, base or home, everyone)
        if entry.url or entry.title or entry.summary or entry.content:
            entries.append(entry)
        else:
            problems.append(f"entry {number} left out: no address, title or text")
    return ParsedFeed(
        format=format_,
        title=_plain(_text(data, "title"))[:500],
        url=home,
        entries=tuple(entries),
        problems=tuple(problems),
        language=clean.line(_text(data, "language"))[:35],
        next_page=_address(_text(data, "next_url"), url, False)[: urls.MAX_URL],
    )


def _entry(item: dict[str, Any], base: str, everyone: tuple[str, ...]) -> Entry:
    tags = item.get("tags")
    text = clean.visible(clean.cut(_text(item, "content_text")))
    return Entry(
        key=_identity(item.get("id")),
        url=next(
            (
                found[: urls.MAX_URL]
                for name in ("url", "external_url", "id")
                if (found := _address(_text(item, name), base, name == "id"))
            ),
            "",
        ),
        title=_plain(_text(item, "title")),
        summary=html.escape(clean.visible(clean.cut(_text(item, "summary"))), quote=False),
        content=clean.visible(clean.cut(_text(item, "content_html")))
        or html.escape(text, quote=False),
        authors=_authors(item) or everyone,
        published=dates.parse_date(_text(item, "date_published")),
        updated=dates.parse_date(_text(item, "date_modified")),
        section=next(
            (clean.line(tag)[:100] for tag in _list(tags) if isinstance(tag, str) and tag.strip()),
            "",
        ),
    )


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _plain(title: str) -> str:
    """Titles are plain text by the standard; entities in them are the publisher's slip."""
    return clean.line(clean.entities(clean.cut(title, 2_000)))


def _identity(value: Any) -> str:
    """Ids that are numbers are turned into strings, as the standard asks."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return clean.line(str(value))[: urls.MAX_URL]


def _address(text: str, base: str, is_id: bool) -> str:
    if not text.strip() or (is_id and not urls.is_http(text)):
        return ""
    return urls.absolute(text, base)


def _authors(data: dict[str, Any]) -> tuple[str, ...]:
    """1.1 has a list; 1.0 had one, which 1.1 readers must still take."""
    given = _list(data.get("authors")) or [data.get("author")]
    stated = (_text(author, "name") for author in given if isinstance(author, dict))
    return tuple(dict.fromkeys(name for text in stated for name in clean.names(text)))[:20]
