"""The invented corpus: `stories/*.toml` → outlets and articles with their gold labels, frozen.

In: the files that ship with the package (stories/README.md describes them). Out: `outlets()`,
`articles()` oldest first, `items()` for the import command and the thread scores, `digest()`.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Final

from breachwire.errors import ParseError
from breachwire.model import Kind, Role


@dataclass(frozen=True, slots=True)
class Outlet:
    """An invented publication, and how it publishes."""

    key: str
    name: str
    host: str
    """A reserved name, without a port."""
    family: str
    section: str
    """Kind of outlet, as in `FeedSpec.section`."""
    country: str
    language: str
    format: str
    """rss, rss-full, atom, atom-full, rdf, json, json-summary."""
    feed: str
    """Path of its feed."""
    article: str
    """Path of an article: a pattern of {slug} {year} {month} {day} {ymd}."""
    motto: str

    @property
    def feed_url(self) -> str:
        """Address of its feed."""
        return f"http://{self.host}{self.feed}"


@dataclass(frozen=True, slots=True)
class DemoArticle:
    """An invented article as its outlet prints it, with the labels an evaluation asks for."""

    outlet: Outlet
    slug: str
    url: str
    title: str
    authors: tuple[str, ...]
    published: datetime
    updated: datetime | None
    """When the outlet changed the text; None: never."""
    section: str
    summary: str
    paragraphs: tuple[str, ...]
    thread: str | None
    """Gold thread; None: stands alone, or is a roundup."""
    storylines: tuple[str, ...]
    kind: Kind
    role: Role
    roundup: bool
    mentions: tuple[str, ...]
    """Threads that a roundup touches."""
    copy_of: str | None
    """Address of the article whose text this repeats."""
    correction: bool
    """The text owns up to an error in an earlier version of itself."""
    note: bool
    """An aggregator's item, shorter than an article."""

    @property
    def text(self) -> str:
        """The paragraphs, a line each."""
        return "\n".join(self.paragraphs)

    @property
    def words(self) -> int:
        """Words of the text, split at white space."""
        return len(self.text.split())


@cache
def outlets() -> tuple[Outlet, ...]:
    """The nine outlets, in the file's order. Raises ParseError."""
    raw = _read(_folder() / "outlets.toml")
    try:
        return tuple(Outlet(**row) for row in raw["outlet"])
    except (KeyError, TypeError) as error:
        raise ParseError(f"outlets.toml: {error}") from None


@cache
def articles() -> tuple[DemoArticle, ...]:
    """Every article, oldest first. Raises ParseError, which names file and article."""
    by_key = {outlet.key: outlet for outlet in outlets()}
    rows = list(_rows())
    raw = {f"{row.get('outlet')}/{row.get('slug')}": row for _, _, row in rows}
    built = []
    for name, head, row in rows:
        try:
            built.append(_article(head, row, raw, by_key))
        except (KeyError, TypeError, AttributeError) as error:
            raise ParseError(f"{name}, {row.get('slug')}: {error!r}") from None
    return tuple(sorted(built, key=lambda article: (article.published, article.url)))


def items() -> list[dict[str, Any]]:
    """The corpus as import lines with labels beside: the shape of labelled thread windows.

    url, title, summary, content, source, published, authors; thread, kind, storylines, roundup.
    """
    return [
        {
            "url": article.url,
            "title": article.title,
            "summary": article.summary,
            "content": article.text,
            "source": article.outlet.name,
            "published": article.published.isoformat(),
            "authors": list(article.authors),
            "thread": article.thread,
            "kind": article.kind,
            "storylines": list(article.storylines),
            "roundup": article.roundup,
        }
        for article in articles()
    ]


@cache
def digest() -> str:
    """SHA-256 of the stories: a store made from others is not this corpus's."""
    total = hashlib.sha256()
    for path in _files():
        total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


_HEAD: Final = {"thread", "kind", "storylines", "about", "roundup", "article"}
_KEYS: Final = {
    *("outlet", "slug", "title", "authors", "published", "updated", "section", "summary", "text"),
    *("role", "copy_of", "credit", "edits", "note", "kind", "mentions", "correction"),
}


def _folder() -> Traversable:
    return files("breachwire.demo") / "stories"


def _files() -> list[Traversable]:
    found = [path for path in _folder().iterdir() if path.name.endswith(".toml")]
    return sorted(found, key=lambda path: path.name)


def _read(path: Traversable) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ParseError(f"{path.name}: {error}") from None


def _rows() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """(file name, the file's head, one article's table)."""
    for path in _files():
        if path.name == "outlets.toml":
            continue
        head = _read(path)
        for row in head["article"]:
            if unknown := sorted((head.keys() - _HEAD) | (row.keys() - _KEYS)):
                raise ParseError(f"{path.name}, {row.get('slug')}: unknown key {unknown[0]!r}")
            yield path.name, head, row


def _article(
    head: dict[str, Any],
    row: dict[str, Any],
    raw: Mapping[str, dict[str, Any]],
    by_key: Mapping[str, Outlet],
) -> DemoArticle:
    outlet = by_key[row["outlet"]]
    original = raw[row["copy_of"]] if "copy_of" in row else None
    return DemoArticle(
        outlet=outlet,
        slug=row["slug"],
        url=_url(outlet, row),
        title=row["title"],
        authors=tuple(row["authors"]),
        published=row["published"],
        updated=row.get("updated"),
        section=row["section"],
        summary=row["summary"],
        paragraphs=_paragraphs(row, original),
        thread=head.get("thread"),
        storylines=tuple(head.get("storylines", ())),
        kind=row.get("kind", head["kind"]),
        role="copy" if original else row.get("role", "report"),
        roundup=head.get("roundup", False),
        mentions=tuple(row.get("mentions", ())),
        copy_of=_url(by_key[original["outlet"]], original) if original else None,
        correction=row.get("correction", False),
        note=row.get("note", False),
    )


def _url(outlet: Outlet, row: dict[str, Any]) -> str:
    at: datetime = row["published"]
    path = outlet.article.format(
        slug=row["slug"], year=f"{at:%Y}", month=f"{at:%m}", day=f"{at:%d}", ymd=f"{at:%Y%m%d}"
    )
    return f"http://{outlet.host}{path}"


def _paragraphs(row: dict[str, Any], original: dict[str, Any] | None) -> tuple[str, ...]:
    text: str = row["text"] if "text" in row or original is None else original["text"]
    for old, new in row.get("edits", {}).items():
        if old not in text:
            raise KeyError(f"edits: {old!r} is not in the copied text")
        text = text.replace(old, new)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return (*([row["credit"]] if "credit" in row else []), *lines)
