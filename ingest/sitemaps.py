"""A sitemap's bytes → the articles it names with title and date, and the sitemaps it leads to.

In: a `urlset` or `sitemapindex` (https://www.sitemaps.org/protocol.html), packed or not. Out: an
entry for each address that Google's news extension describes (`news:title`,
`news:publication_date`); what else it lists are pages of any kind, and is only counted. lxml reads
it piece by piece, with entities, network and huge trees off: the libraries for sitemaps on PyPI
fetch by themselves, and all fetching here is `breachwire.net`'s.
"""

from __future__ import annotations

import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from breachwire.errors import ParseError
from breachwire.model import Entry
from ingest import clean, dates, looks, urls

MAX_BYTES: Final = 10_000_000
"""Unpacked. The protocol allows 50 MB; news sitemaps, at most 1,000 addresses, have some 500 kB."""
MAX_URLS: Final = 50_000
"""Of one document: the protocol's own limit."""
MAX_TAGS: Final = 600_000
"""Start and end tags: 50,000 addresses with all that the protocol knows have 500,000; libxml2 takes
120 bytes an element, and 10 MB can hold 2,500,000 of them."""
MAX_PROBLEMS: Final = 20

_GZIP: Final = b"\x1f\x8b"
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(?:urlset|sitemapindex)[\s>]")


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap read."""

    entries: tuple[Entry, ...] = ()
    """Those on the sitemap's own site; title and publication date as it states them."""
    maps: tuple[tuple[str, datetime | None], ...] = ()
    """Sitemaps it leads to, and when each was changed last."""
    plain: int = 0
    """Addresses without a title and date of news."""
    problems: tuple[str, ...] = ()


def unpacked(body: bytes) -> bytes:
    """A `.gz` file's first member, anything else as it is. Raises ParseError."""
    if not body.startswith(_GZIP):
        return body
    try:
        unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
        whole = unpacker.decompress(body, MAX_BYTES + 1)
    except zlib.error:
        raise ParseError("damaged gzip") from None
    if len(whole) > MAX_BYTES:
        raise ParseError(f"larger than {MAX_BYTES // 1_000_000} MB unpacked")
    if not unpacker.eof:
        raise ParseError("the packed file ends early")
    return whole


def is_sitemap(body: bytes) -> bool:
    """Whether (unpacked) bytes have a sitemap's first element near their start."""
    return _ROOT.search(body[:5000]) is not None


def read(body: bytes, *, url: str) -> Sitemap:
    """Read an unpacked sitemap, at most 50,000 addresses. Raises ParseError for what is none."""
    if not is_sitemap(body):
        text = body[:5000].decode("utf-8", "replace")
        what = looks.binary(body) or looks.page(text) or looks.other(text)
        raise ParseError(f"not a sitemap but {what}")
    if (tags := body.count(b"<")) > MAX_TAGS:
        raise ParseError(f"not a sitemap that can be read: {tags:,} tags in it")
    entries: dict[str, Entry] = {}
    maps: dict[str, datetime | None] = {}
    plain, problems = 0, list[str]()
    try:
        for number, element in enumerate(_listed(body)):
            if number >= MAX_URLS:
                problems.append(f"more than {MAX_URLS:,} addresses; the first ones are read")
                break
            stated = _stated(element)
            address = urls.absolute(clean.line(stated.get("loc", "")), url)[: urls.MAX_URL]
            if not address:
                continue
            if _name(element) == "sitemap":
                maps.setdefault(address, dates.parse_date(stated.get("lastmod")))
            elif (entry := _entry(address, stated)) is None:
                plain += 1
            elif urls.same_site(address, url):
                entries.setdefault(address, entry)
            elif len(problems) < MAX_PROBLEMS:
                problems.append(f"{address} is of another site; left out")
    except SyntaxError as error:  # lxml's XMLSyntaxError is one
        problems.append(f"not well-formed: {clean.line(str(error))[:150]}")
    return Sitemap(tuple(entries.values()), tuple(maps.items()), plain, tuple(problems))


def _listed(body: bytes) -> Iterator[Any]:
    """Each `url` and `sitemap` element once it is whole; what was read is let go."""
    from lxml import etree  # type: ignore[import-untyped]

    parser = etree.iterparse(
        io.BytesIO(body),
        tag=("{*}url", "{*}sitemap"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    for _, element in parser:
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rsplit("}", 1)[-1].lower() if isinstance(tag, str) else ""


def _stated(element: Any) -> dict[str, str]:
    """Texts by local name, the first of each: `loc`, `lastmod`, and `title`, `publication_date`,
    `name` (of the publication) inside `news`. Those of image and video extensions don't count."""
    found: dict[str, str] = {}
    for child in element:
        name = _name(child)
        inside = child.iter() if name == "news" else [child] if name in ("loc", "lastmod") else []
        for part in inside:
            if _name(part) and part.text:
                found.setdefault(_name(part), part.text)
    return found


def _entry(address: str, stated: dict[str, str]) -> Entry | None:
    """None without a title: an article is more than an address."""
    title = clean.line(clean.entities(clean.cut(stated.get("title", ""), 2_000)))
    if not title:
        return None
    return Entry(
        key=address,
        url=address,
        title=title,
        published=dates.parse_date(stated.get("publication_date")),
        source=clean.line(stated.get("name", ""))[:200],
    )
