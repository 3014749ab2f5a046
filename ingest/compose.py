"""An entry with its page, or an import line → Draft: what the store takes as an article.

In: what the feed states, what the page holds (or why it could not be had), the subscription. Out: a
draft whose text is the page's or the feed's, whichever serves, and says so. Nothing here touches
the network.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from breachwire.errors import ParseError
from breachwire.model import Draft, Entry, FeedSpec, Page, PageState
from ingest import clean, dates, urls
from ingest.credit import credit_line
from ingest.families import family_of
from ingest.markup import is_markup, plain

MAX_LEAD: Final = 600
MAX_TITLE: Final = 500
SHARED_WORDS: Final = 0.34
"""Share of the title's and summary's content words that a page's text must hold to be that
article's: pages of the article hold nearly all, consent walls and bot checks nearly none."""

_WALL = re.compile(
    r"enable javascript|javascript (?:is|to be) (?:disabled|enabled|required)"
    r"|verify(?:ing)? (?:that )?you are (?:a )?human|checking your browser|are you a robot"
    r"|unusual traffic|access (?:to this page has been )?denied|just a moment"
    r"|complete the (?:captcha|security check)|we value your privacy|accept (?:all )?cookies"
    r"|before you continue|attention required|ad ?blocker",
    re.IGNORECASE,
)


def compose(
    entry: Entry,
    spec: FeedSpec,
    page: Page | None,
    *,
    url: str,
    page_state: PageState,
    note: str = "",
    now: datetime,
) -> Draft:
    """One article from an entry and, where it serves, its page. Raises ParseError without address.

    `url` is the address that answered, after redirects; `note` says why there is no page.
    """
    if not urls.is_http(url or entry.url):
        raise ParseError(f"entry {clean.line(entry.title)[:80]!r} has no web address")
    feed_text = clean.without_tail(plain(entry.content or entry.summary))
    summary = clean.without_tail(plain(entry.summary)) or feed_text
    state, reason = _judged(page, page_state, entry.title, feed_text, summary)
    serves = page is not None and state == "ok"
    text = clean.without_tail(page.text) if page and serves else feed_text
    source = _source(spec, entry, page)
    published = entry.published or (page.published if page else None) or entry.updated
    address = urls.clean(url or entry.url)
    return Draft(
        url=address,
        title=clean.line(entry.title or (page.title if page else "")) or _titled(text, address),
        text=text,
        keys=_keys(address, entry.url, page.canonical_url if page and state != "refused" else None),
        lead=clean.shorten(_lead(summary, text), MAX_LEAD),
        authors=_authors(entry, page, source),
        source=source,
        family=spec.family or family_of(address, source) or source,
        section=entry.section or (page.section if page and serves else ""),
        published=dates.clamp(published, now),
        text_from="page" if serves else "feed",
        page_state=state,
        page_note="" if serves else _noted(note or reason, feed_text),
        language=_language(spec, page if serves else None),
        credit=credit_line(feed_text, outlet=source) or credit_line(text, outlet=source),
    )


def from_import(item: Mapping[str, Any], now: datetime) -> Draft:
    """One import line {"url", "title", "summary", "content"?, "content_html"?, "source",
    "published", "authors"?} as a draft; its text is the given one, verbatim where it is clean.

    Raises ParseError that names the field.
    """
    url = _string(item, "url")
    if not urls.is_http(url):
        raise ParseError(f"'url' is no http(s) address: {url[:80]!r}")
    title = clean.line(_string(item, "title"))[:MAX_TITLE]
    if not title:
        raise ParseError("'title' is empty")
    summary = _given(_string(item, "summary", optional=True))
    content = _given(_string(item, "content", optional=True))
    content = content or plain(_string(item, "content_html", optional=True))
    text = content or summary
    source = clean.line(_string(item, "source", optional=True))[:200]
    return Draft(
        url=urls.clean(url),
        title=title,
        text=text,
        keys=_keys(url),
        lead=summary if not content else clean.shorten(_lead(summary, text), MAX_LEAD),
        authors=_import_authors(item, source),
        source=source,
        family=family_of(url, source) or source,
        section=clean.line(_string(item, "section", optional=True))[:100],
        published=dates.clamp(_import_date(item), now),
        language=clean.line(_string(item, "language", optional=True))[:35],
        credit=credit_line(text, outlet=source),
    )


# --- which text serves ----------------------------------------------------------------------------


def _judged(
    page: Page | None, state: PageState, title: str, feed_text: str, summary: str
) -> tuple[PageState, str]:
    """Whether the page's text serves, and if not, why, in words."""
    if page is None:
        return ("thin" if state == "ok" else state), ""
    if state not in ("ok", "unknown"):
        return state, ""
    if not page.text:
        return "thin", "the page holds no text"
    if (
        _WALL.search(page.text[:1500])
        and len(page.text) < 3000
        and not _speaks_of(page.text, title, "")
    ):
        return "thin", "the page is a wall (consent, robot check or JavaScript)"
    if len(page.text) < len(feed_text):
        return "thin", "the page holds less than the feed"
    if feed_text not in page.text and not _speaks_of(page.text, title, summary):
        return "thin", "the page is not about the entry"
    return "ok", ""


def _speaks_of(text: str, title: str, summary: str) -> bool:
    """Whether a text shares its words with the title and summary it should belong to."""
    wanted = _content_words(f"{title} {summary[:1000]}")
    if len(wanted) < 3:
        return True
    return len(wanted & _content_words(text)) >= SHARED_WORDS * len(wanted)


def _content_words(text: str) -> set[str]:
    """Stems of the longer words: the first six letters stand for inflected kin."""
    return {word[:6] for word in re.findall(r"\w{4,}", text.casefold())}


def _noted(reason: str, feed_text: str) -> str:
    """The reason with what serves instead: "403 from the outlet; the feed's text"."""
    if not reason:
        return ""
    serves = "the feed's text" if feed_text else "no text"
    return clean.line(f"{reason}; {serves}")[:200]


# --- what else goes into a draft ------------------------------------------------------------------


def _keys(*addresses: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(urls.key(address) for address in addresses if address))


def _source(spec: FeedSpec, entry: Entry, page: Page | None) -> str:
    return clean.line(
        spec.outlet or entry.source or (page.source if page else "") or spec.title or ""
    )[:200]


def _authors(entry: Entry, page: Page | None, source: str) -> tuple[str, ...]:
    for stated in (entry.authors, page.authors if page else ()):
        found = [name for author in stated for name in clean.names(author, outlet=source)]
        if found:
            return tuple(dict.fromkeys(found))
    return ()


def _lead(summary: str, text: str) -> str:
    return (summary or text).split("\n", 1)[0] if not summary else summary.replace("\n", " ")


def _titled(text: str, address: str) -> str:
    """A title for an entry that has none: its first words, else its address."""
    return clean.shorten(text.split("\n", 1)[0], 100) or address


def _language(spec: FeedSpec, page: Page | None) -> str:
    return (page.language if page else "") or spec.language


# --- import ---------------------------------------------------------------------------------------


def _string(item: Mapping[str, Any], name: str, *, optional: bool = False) -> str:
    value = item.get(name)
    if value is None:
        if optional:
            return ""
        raise ParseError(f"no {name!r}")
    if not isinstance(value, str):
        raise ParseError(f"{name!r} is a {type(value).__name__} where text is wanted")
    return value


def _given(text: str) -> str:
    """A given text verbatim, less what cannot be seen; as plain text where it is HTML."""
    if is_markup(text) or clean.entities(text) != text:
        return plain(text)
    return clean.visible(clean.cut(text)).strip()


def _import_date(item: Mapping[str, Any]) -> datetime | None:
    text = _string(item, "published", optional=True)
    if not text.strip():
        return None
    if (when := dates.parse_date(text)) is None:
        raise ParseError(f"'published' is no date: {text[:60]!r}")
    return when


def _import_authors(item: Mapping[str, Any], source: str) -> tuple[str, ...]:
    given = item.get("authors") or []
    if isinstance(given, str):
        given = [given]
    if not isinstance(given, list) or not all(isinstance(name, str) for name in given):
        raise ParseError("'authors' is no list of names")
    found = (name for author in given for name in clean.names(author, outlet=source))
    return tuple(dict.fromkeys(found))
