"""A feed document's bytes → ParsedFeed: RSS 0.9x to 2.0, RDF, Atom 0.3 and 1.0, JSON Feed.

In: the bytes as fetched, their Content-Type, the address they came from. Out: the feed and its
entries in plain values, and in `problems` what was wrong with it. XML goes through feedparser, JSON
through `ingest.jsonfeed`. Everything that feedparser is slow or helpless at is bounded or repaired
before it sees the text: made-up encodings, 20,000 entries, deep nesting, control characters.
"""

from __future__ import annotations

import codecs
import contextlib
import hashlib
import html
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from breachwire.errors import NotAFeedError
from breachwire.model import Entry, ParsedFeed
from ingest import clean, dates, jsonfeed, looks, urls, wishes

MAX_BYTES: Final = 10_000_000
MAX_ENTRIES: Final = 500
MAX_DEPTH: Final = 400
"""Nested elements. Feeds have some ten; feedparser needs 6 s for 200,000."""
MAX_ENTRY: Final = 1_000_000
"""Characters of one entry's markup: twice what its text may have."""
MAX_HEAD: Final = 300_000
"""Characters before the first entry and after the last one."""
MAX_TAGS: Final = (5_000, 60_000)
"""Elements outside CDATA in one entry and in all; feedparser takes 25 µs for each."""
MAX_CATEGORIES: Final = 300
"""Of one entry; feedparser compares each with all before it."""
MAX_BROKEN: Final = 1_000_000
"""Characters of a document that is not well-formed: feedparser's loose reader needs 1.5 s for them
at worst, its strict one 0.1 s."""

_STARTS = re.compile(r"<!\[CDATA\[|<!--|<(?:\w+:)?(?:item|entry)(?=[\s>/])", re.IGNORECASE)
_END = re.compile(r"</(?:\w+:)?(?:item|entry)\s*>", re.IGNORECASE)
_ENCODING = re.compile(rb"""(<\?xml[^>]{0,200}?encoding\s*=\s*)(["'])([^"'>]{0,60})\2""", re.I)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)
# Text encodings a feed can be in. Python knows codecs that are no such thing (punycode, idna,
# unicode_escape, undefined …): quadratic, or raising what feedparser does not expect.
_TEXT_CODEC = re.compile(
    r"^(?:utf|iso8859|iso2022|cp\d|ascii|latin|gb|hz|big5|euc|shift|koi8|mac|tis|johab|kz|ptcp|mbcs)"
)
_CDATA = re.compile(r"<!\[CDATA\[(?:(?!\]\]>)[\s\S])*+\]\]>")
_CATEGORY = re.compile(r"<(?:\w+:)?(?:category|subject|keywords|tags?)[\s>]", re.IGNORECASE)
_LONG_TAG = re.compile(r"<[^<>]{1000,}")
_XML_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_TAG = re.compile(r"<(/?)[A-Za-z_:][^<>]*?(/?)>")
_NUMBER = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|(\d+));")
_SUBSTANCE: Final = ("id", "link", "title", "summary", "content", "author", "authors", "links",
                     "published", "updated", "created")  # fmt: skip
_FORMATS = {"rss091n": "rss091", "rss091u": "rss091"}


def parse_feed(body: bytes, *, content_type: str = "", url: str = "") -> ParsedFeed:
    """Read a feed document. Raises NotAFeedError, in one line, for what is none.

    At most 500 entries, texts of at most 500 kB; entries that cannot be read are left out and named
    in `problems`.
    """
    if len(body) > MAX_BYTES:
        raise NotAFeedError(f"larger than {MAX_BYTES // 1_000_000} MB; no feed is")
    if (what := looks.binary(body)) is not None:
        raise NotAFeedError(f"not a feed but {what}")
    if looks.json_like(body):
        return _distinct(jsonfeed.parse(body, url=url))
    text = _decoded(body, content_type)
    if (what := looks.page(text)) is not None:
        raise NotAFeedError(f"not a feed but {what}")
    problems: list[str] = []
    parsed = _read(_bounded(text, problems), problems)
    if not (parsed["version"] or parsed["entries"] or looks.is_feed_root(text)):
        raise NotAFeedError(f"not a feed but {looks.other(text)}")
    head = text[: next(iter(_starts(text)), len(text))]
    return _distinct(_feed(parsed, url, problems, head[:MAX_HEAD]))


# --- bytes to text --------------------------------------------------------------------------------


def _decoded(body: bytes, content_type: str) -> str:
    """The document as text, in whatever encoding it is in truth; never fails."""
    from feedparser.encodings import convert_to_utf8

    body = _ENCODING.sub(lambda f: f[0] if _is_text(f[3].decode("latin-1")) else f[1] + b'"utf-8"',
                         body[:1000]) + body[1000:]  # fmt: skip
    charset = _CHARSET.search(content_type)
    if charset and not _is_text(charset[1]):
        content_type = content_type.split(";")[0]
    headers = {"content-type": content_type} if content_type else {}
    # UTF-7 can spell lone surrogates, which nothing can write again, and a name can hold a null:
    # then it is read as UTF-8.
    with contextlib.suppress(ValueError, LookupError):  # UnicodeError is a ValueError
        body = convert_to_utf8(headers, body, {})
    return _XML_HIDDEN.sub("", body.decode("utf-8", "replace"))


def _is_text(name: str) -> bool:
    """Whether a declared encoding is one of text, or one feedparser may guess better than."""
    try:
        return bool(_TEXT_CODEC.match(codecs.lookup(name.strip()).name.replace("-", "")))
    except (LookupError, ValueError):
        return True


# --- bounds ---------------------------------------------------------------------------------------


def _starts(text: str) -> Iterable[int]:
    """Where each entry starts, CDATA and comments skipped; linear in the text."""
    at = 0
    while found := _STARTS.search(text, at):
        at = found.end()
        if found[0] == "<![CDATA[" or found[0] == "<!--":
            end = text.find("]]>" if found[0] != "<!--" else "-->", at)
            if end < 0:
                return
            at = end + 3
        else:
            yield found.start()


def _spans(text: str) -> list[tuple[int, int]]:
    """Start of each entry and of the next one (for the last, the text's end)."""
    starts = list(_starts(text))
    return list(zip(starts, [*starts[1:], len(text)], strict=True)) if starts else []


def _bounded(text: str, problems: list[str]) -> str:
    """What is safe to read: the first 500 entries of bounded size, depth and number of elements."""
    spans = _spans(text)
    head = text[: spans[0][0]] if spans else text
    if reason := _unreadable(head, MAX_HEAD):
        raise NotAFeedError(f"not a feed that can be read: {reason} before its first entry")
    if not spans:
        return head
    last, rest = _last_piece(text[slice(*spans[-1])])
    given = [text[start:end] for start, end in spans[:-1]] + [last]
    if len(given) > MAX_ENTRIES:
        problems.append(f"{len(given)} entries; the first {MAX_ENTRIES} are read")
    tail = rest if len(rest) < MAX_HEAD else ""
    pieces: list[str] = []
    for number, piece in enumerate(given[:MAX_ENTRIES], 1):
        if reason := _unreadable(piece, MAX_ENTRY):
            problems.append(f"entry {number} left out: {reason}")
        else:
            pieces.append(piece)
    kept = _first(pieces, MAX_TAGS[1], _tags)
    if not _well_formed(document := "".join((head, *kept, tail))):
        kept = _first(kept, MAX_BROKEN, len)
        document = "".join((head, *kept, tail))
    if len(kept) < len(pieces):
        problems.append(f"{len(pieces)} entries of unusual size; the first {len(kept)} are read")
    return document


def _first(pieces: list[str], budget: int, cost: Callable[[str], int]) -> list[str]:
    """As many pieces as the budget pays for."""
    kept = []
    for piece in pieces:
        budget -= cost(piece)
        if budget < 0:
            break
        kept.append(piece)
    return kept


def _well_formed(text: str) -> bool:
    from xml.parsers import expat

    try:
        expat.ParserCreate("utf-8").Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError:
        return False
    return True


def _last_piece(piece: str) -> tuple[str, str]:
    """The last entry and what follows its end, which closes the feed."""
    ends = [found.end() for found in _END.finditer(piece)]
    return (piece[: ends[-1]], piece[ends[-1] :]) if ends else (piece, "")


def _tags(text: str) -> int:
    return _CDATA.sub("", text).count("<")


def _unreadable(piece: str, limit: int) -> str | None:
    """Why a part of a document would cost feedparser seconds; None where it would not."""
    if len(piece) > limit:
        return f"{len(piece) / 1e6:.1f} MB of text"
    if _too_deep(piece):
        return f"elements nested deeper than {MAX_DEPTH}"
    if (tags := _tags(piece)) > MAX_TAGS[0]:
        return f"{tags} elements"
    if len(_CATEGORY.findall(piece)) > MAX_CATEGORIES:
        return f"more than {MAX_CATEGORIES} categories"
    if any(found[0].count("=") > 200 for found in _LONG_TAG.finditer(piece)):
        return "an element with hundreds of attributes"
    return None


def _too_deep(text: str) -> bool:
    """Whether elements nest deeper than any feed's; CDATA counts as if it were markup."""
    if text.count("<") <= MAX_DEPTH:
        return False
    depth = 0
    for found in _TAG.finditer(text):
        if found[1]:
            depth = max(0, depth - 1)
        elif not found[2] and not found[0].startswith(_VOID):
            depth += 1
            if depth > MAX_DEPTH:
                return True
    return False


_VOID = ("<br", "<img", "<hr", "<input", "<wbr", "<p>", "<li", "<source", "<BR", "<IMG", "<HR")
"""HTML that nobody closes: a long CDATA text of it is not deep."""


# --- feedparser -----------------------------------------------------------------------------------


def _read(text: str, problems: list[str]) -> Mapping[str, Any]:
    """feedparser's reading; where it stumbles, each entry is read alone and the bad ones named."""
    text = _NUMBER.sub(_no_surrogate, text)
    try:
        return _feedparser(text)
    except Exception as error:  # feedparser raises whatever its input provokes
        reason = type(error).__name__
    spans = _spans(text)
    if not spans:
        raise NotAFeedError(f"not a feed that can be read ({reason})") from None
    head = text[: spans[0][0]]
    result: dict[str, Any] = {"version": "", "feed": {}, "entries": []}
    for number, (start, end) in enumerate(spans, 1):
        try:
            alone = _feedparser(head + text[start:end])
        except Exception as error:  # as above; the entry is named, the others are kept
            problems.append(f"entry {number} left out: {type(error).__name__} in it")
            continue
        result["entries"] += alone["entries"][:1]
        result["feed"] = result["feed"] or alone["feed"]
        result["version"] = result["version"] or alone["version"]
    return result


def _no_surrogate(found: re.Match[str]) -> str:
    """`&#xD800;` is no character; feedparser would make one that cannot be written."""
    digits = (found[1] or found[2]).lstrip("0")[:8]
    value = int(digits or "0", 16 if found[1] else 10)
    return "\ufffd" if 0xD800 <= value <= 0xDFFF or value > 0x10FFFF else found[0]


def _feedparser(text: str) -> Mapping[str, Any]:
    import feedparser

    # Bodies become plain text (`extract.plain`), so neither sanitiser nor link resolution inside
    # them is needed: 500 entries of 10 kB take 0.5 s so, 4.1 s with both.
    parsed: Mapping[str, Any] = feedparser.parse(
        io.BytesIO(text.encode("utf-8", "replace")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    return parsed


# --- feedparser's values to ours ------------------------------------------------------------------


def _feed(parsed: Mapping[str, Any], url: str, problems: list[str], head: str) -> ParsedFeed:
    feed, version = parsed["feed"], parsed["version"]
    if (reason := parsed.get("bozo_exception")) is not None:
        problems.append(clean.line(f"not well-formed: {reason}")[:200])
    title = _title(feed)
    entries = []
    for number, raw in enumerate(parsed["entries"][:MAX_ENTRIES], 1):
        try:
            entry = _entry(raw, url, atom=version.startswith("atom"))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            problems.append(f"entry {number} left out: {type(error).__name__} in it")
            continue
        if any(_get(raw, name) for name in _SUBSTANCE):
            entries.append(entry)
        else:
            problems.append(f"entry {number} left out: nothing in it")
    return ParsedFeed(
        format=_FORMATS.get(version, version),
        title=title,
        url=_link(feed, url),
        entries=tuple(entries),
        problems=tuple(problems),
        language=clean.line(str(_get(feed, "language") or ""))[:35],
        wishes=wishes.stated(feed, head),
        prev_archive=_older(feed, "prev-archive", url),
        next_page=_older(feed, "next", url),
        complete=_get(feed, "fh_complete") is not None,
    )


def _entry(raw: Mapping[str, Any], base: str, *, atom: bool) -> Entry:
    published = _date(raw, "published") or _date(raw, "created")
    updated = _date(raw, "updated")
    bodies = [part for part in _get(raw, "content") or () if isinstance(part, dict)]
    content = max((_markup(part, atom) for part in bodies), key=len, default="")
    summary = _markup(_get(raw, "summary_detail") or {"value": _get(raw, "summary")}, atom)
    if summary == content:
        # feedparser fills an absent summary from the content.
        summary = "" if atom else summary
    tags = [tag for tag in _get(raw, "tags") or () if isinstance(tag, dict)]
    return Entry(
        key=clean.line(str(_get(raw, "id") or ""))[: urls.MAX_URL],
        url=_link(raw, base),
        title=_title(raw),
        summary=summary,
        content=content,
        authors=_authors(raw),
        # dc:date is all that RSS 1.0 has, and RSS 2.0 feeds use it for publication.
        published=published or (None if atom else updated),
        updated=updated,
        section=next((text for tag in tags if (text := _label(tag))), ""),
        source=_title(_get(raw, "source") or {}) if not atom else _source(raw),
    )


def _get(raw: Mapping[str, Any], name: str) -> Any:
    """A value by its own name: FeedParserDict's `get` guesses others, with warnings."""
    return dict.get(raw, name) if isinstance(raw, dict) else None


def _date(raw: Mapping[str, Any], name: str) -> Any:
    if text := str(_get(raw, name) or ""):
        return dates.parse_date(text)
    return dates.from_parsed(_get(raw, f"{name}_parsed"))


def _title(raw: Mapping[str, Any]) -> str:
    """A title as plain text: HTML where it is declared or plainly is, else as it stands."""
    from ingest.markup import plain

    value = str(_get(raw, "title") or "")
    kind = str((_get(raw, "title_detail") or {}).get("type") or "text/plain")
    text = plain(value) if "html" in kind else value
    return clean.line(clean.cut(text, 2_000))


def _markup(part: Mapping[str, Any], atom: bool) -> str:
    """A body: HTML as given; what Atom declares as plain text is escaped, so that all is HTML."""
    value = clean.cut(clean.visible(str(_get(part, "value") or "")))
    if atom and _get(part, "type") == "text/plain":
        return html.escape(value, quote=False)
    return value


def _link(raw: Mapping[str, Any], base: str) -> str:
    """The address of what is described: its link, else a permanent id that is an address."""
    links = [link for link in _get(raw, "links") or () if isinstance(link, dict)]
    stated, identity = str(_get(raw, "link") or ""), str(_get(raw, "id") or "")
    if stated == identity and not links and not urls.is_http(stated):
        # feedparser takes a guid for the link where there is none, whatever it says.
        stated = ""
    alternates = [str(link.get("href") or "") for link in links if link.get("rel") == "alternate"]
    if alternates and stated not in alternates:
        stated = alternates[0]
    if not stated.strip() and _get(raw, "guidislink") is not False and urls.is_http(identity):
        stated = identity
    if not stated.strip():
        return ""
    return urls.absolute(clean.line(stated).replace(" ", "%20"), base)[: urls.MAX_URL]


def _authors(raw: Mapping[str, Any]) -> tuple[str, ...]:
    given = [str(_get(author, "name") or "") for author in _get(raw, "authors") or ()]
    if len(given) < 2:
        # As stated: feedparser's own names lose letters where the mail address has a long domain.
        given = [str(_get(raw, "author") or "")]
    found = (name for text in given for name in clean.names(clean.entities(text)))
    return tuple(dict.fromkeys(found))[:20]


def _label(tag: Mapping[str, Any]) -> str:
    return clean.line(clean.entities(str(tag.get("label") or tag.get("term") or "")))[:100]


def _source(raw: Mapping[str, Any]) -> str:
    """atom:source is a feed of its own; RSS gives a name only."""
    return _title(_get(raw, "source") or {})[:200]


def _older(feed: Mapping[str, Any], rel: str, base: str) -> str:
    """Where a link of the feed itself leads (RFC 5005; in RSS as atom:link)."""
    links = [link for link in _get(feed, "links") or () if isinstance(link, dict)]
    stated = next((str(link.get("href") or "") for link in links if link.get("rel") == rel), "")
    return urls.absolute(clean.line(stated), base)[: urls.MAX_URL] if stated.strip() else ""


# --- keys -----------------------------------------------------------------------------------------


def _distinct(feed: ParsedFeed) -> ParsedFeed:
    """Entries with keys that tell them apart.

    An entry without an id is known by its address, else by title and date. Where two entries share
    an id and not the address, both are kept: the later ones' keys carry the address too. The same
    id with the same address is one entry, told twice.
    """
    seen: dict[str, str] = {}
    entries, again = [], 0
    for entry in feed.entries:
        key = entry.key or entry.url or _hash(entry)
        if key in seen and seen[key] != entry.url:
            key = f"{key} {entry.url or _hash(entry)}"
        if key in seen:
            again += 1
            continue
        seen[key] = entry.url
        entries.append(replace(entry, key=key))
    problems = (*feed.problems, *([f"{again} entries told twice"] if again else ()))
    return replace(feed, entries=tuple(entries), problems=problems)


def _hash(entry: Entry) -> str:
    words = "\n".join((entry.title or entry.summary[:500], str(entry.published or "")))
    return "sha256:" + hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:32]
