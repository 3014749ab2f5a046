"""What a page says of itself: JSON-LD, OpenGraph and meta elements → plain values.

In: a page's tree. Out: its stated headline, authors, date, outlet, section, canonical address and
language, as they stand; `ingest.extract` chooses and cleans.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from ingest import clean

MAX_JSON: Final = 1_000_000
"""Characters of JSON-LD read; articles need some thousand."""
ARTICLE_TYPES: Final = re.compile(
    r"(?:Article|BlogPosting|Report|NewsArticle|LiveBlogPosting|AnalysisNewsArticle|Posting)$"
)


_DATES: Final = (
    "article:published_time", "article:published", "og:published_time", "datepublished",
    "dc.date.issued", "dc.date", "dcterms.created", "date", "pubdate", "publish-date",
    "parsely-pub-date", "sailthru.date",
)  # fmt: skip
"""Meta elements that give a publication date, the most used first."""


@dataclass(slots=True)
class Stated:
    """The page's own statements; empty where it makes none."""

    headline: str = ""
    authors: list[str] = field(default_factory=list)
    published: list[str] = field(default_factory=list)
    """Dates of publication, the most trusted first."""
    outlet: str = ""
    section: str = ""
    canonical: str = ""
    language: str = ""
    description: str = ""


def stated(tree: Any) -> Stated:
    """Read a page's head. `tree` is an lxml HTML element."""
    found = Stated(language=clean.line(tree.get("lang") or "")[:35])
    metas = _metas(tree)
    for article in _articles(tree):
        _from_json(article, found)
    found.headline = found.headline or metas.get("og:title", "")
    found.outlet = metas.get("og:site_name", "") or found.outlet
    found.section = metas.get("article:section", "") or found.section
    found.description = metas.get("og:description", "") or metas.get("description", "")
    if not found.authors:
        author = metas.get("author", "") or metas.get("article:author", "")
        found.authors = [author] if author and "://" not in author else []
    for name in _DATES:
        if name in metas:
            found.published.append(metas[name])
    links = tree.xpath("//link[@rel='canonical']/@href")
    found.canonical = str(links[0]).strip()[:2000] if links else ""
    return found


def _metas(tree: Any) -> dict[str, str]:
    """Meta elements by lower-case name; the first of a name counts."""
    metas: dict[str, str] = {}
    for element in tree.xpath("//meta[@content]")[:400]:
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        value = clean.line(clean.cut(element.get("content"), 4_000))
        if name and value:
            metas.setdefault(name.strip().lower(), value)
    return metas


# --- JSON-LD --------------------------------------------------------------------------------------


def _articles(tree: Any) -> Iterator[dict[str, Any]]:
    """Objects of a type of article, in order of appearance."""
    read = 0
    for script in tree.xpath("//script[@type='application/ld+json']")[:20]:
        text = script.text or ""
        read += len(text)
        if read > MAX_JSON:
            return
        try:
            data = json.loads(re.sub(r"^\s*(?:<!--|//<!\[CDATA\[)|(?:-->|//\]\]>)\s*$", "", text),
                              strict=False)  # fmt: skip
        except (ValueError, RecursionError):
            continue
        for thing in _things(data):
            kinds = thing.get("@type")
            names = kinds if isinstance(kinds, list) else [kinds]
            if any(isinstance(name, str) and ARTICLE_TYPES.search(name) for name in names):
                yield thing


def _things(data: Any) -> Iterator[dict[str, Any]]:
    """The objects of a document, three levels of lists and graphs deep."""
    level = [data]
    for _ in range(4):
        below: list[Any] = []
        for thing in level:
            if isinstance(thing, list):
                below += thing
            elif isinstance(thing, dict):
                yield thing
                below += [thing.get("@graph"), thing.get("mainEntity")]
        level = below[:500]


def _from_json(article: dict[str, Any], found: Stated) -> None:
    found.headline = found.headline or _name(article.get("headline"))
    found.authors = found.authors or _names(article.get("author"))
    found.outlet = found.outlet or next(iter(_names(article.get("publisher"))), "")
    found.section = found.section or _name(article.get("articleSection"))
    for name in ("datePublished", "dateCreated"):
        if isinstance(article.get(name), str):
            found.published.append(article[name])


def _names(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [name for one in values[:20] if (name := _name(one))]


def _name(value: Any) -> str:
    """A string, the name of an object, or the first of a list of either."""
    for _ in range(3):
        if isinstance(value, list):
            value = value[0] if value else ""
        elif isinstance(value, dict):
            value = value.get("name", "")
    return clean.line(clean.entities(value))[:500] if isinstance(value, str) else ""
