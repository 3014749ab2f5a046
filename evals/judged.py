"""Judged threads, by their articles' addresses → thread views, without embedding or threading.

In: lines of `evals/*/judged.jsonl`, the labelled windows in `../shared/data` (or
BREACHWIRE_SHARED), the demonstration corpus. Out: members in order, ledgers made by the shipped
extractors. The windows
hold the outlets' words; here stand addresses alone.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from breachwire.demo import corpus
from breachwire.model import (
    SECTION_OF_KIND,
    Article,
    Claim,
    Draft,
    Kind,
    LedgerClaim,
    Member,
    Thread,
    ThreadView,
)
from ingest import compose
from nlp import claims, details

SHARED = Path(
    os.environ.get("BREACHWIRE_SHARED", Path(__file__).resolve().parents[1].parent / "shared")
)
DEMO = "demo"
NOW = datetime(2026, 11, 25, tzinfo=UTC)
Row = dict[str, Any]


def rows(path: Path) -> list[Row]:
    """The judged threads; those of the windows only where the labelled data are at hand."""
    with path.open(encoding="utf-8") as lines:
        judged = [json.loads(line) for line in lines]
    beside = (SHARED / "data" / "threads").is_dir()
    return [row for row in judged if row["window"] == DEMO or beside]


def members(window: str, urls: Iterable[str]) -> list[Member]:
    """The articles at these addresses as members, oldest first. Raises KeyError for an unknown."""
    items = _items(window)
    drafts = sorted((items[url] for url in urls), key=lambda d: (d.published or NOW, d.url))
    articles = [_article(number, draft) for number, draft in enumerate(drafts, 1)]
    return [Member(article, "report", 1.0, "joins", "") for article in articles]


def view(kind: Kind, held: Sequence[Member]) -> ThreadView:
    """The members as a thread of this kind, with the ledger of their claims."""
    said = [
        LedgerClaim(claim, "t", m.article.at, m.article.at)
        for m in held
        for claim in _claims(m.article)
    ]
    first, last = held[0].article, held[-1].article
    thread = Thread("t", first.title, kind, SECTION_OF_KIND[kind], first.at, last.at, last.at,
                    len(held), 1)  # fmt: skip
    return ThreadView(thread, tuple(held), tuple(details.consolidate(said)))


@lru_cache(maxsize=2048)
def _claims(article: Article) -> tuple[Claim, ...]:
    return tuple(claims.extract(article))


@cache
def _items(window: str) -> dict[str, Draft]:
    """A window's items by address, as an import makes them."""
    if window == DEMO:
        return {a.url: replace(_draft(item), family=a.outlet.family)
                for a, item in zip(corpus.articles(), corpus.items(), strict=True)}  # fmt: skip
    return {item["url"]: _draft(item) for item in _lines(window)}


def _lines(window: str) -> Iterator[Row]:
    with (SHARED / "data" / "threads" / f"{window}.jsonl").open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)


def _draft(item: Row) -> Draft:
    return compose.from_import(item, NOW)


def _article(number: int, draft: Draft) -> Article:
    return Article(
        id=number,
        url=draft.url,
        title=draft.title,
        text=draft.text,
        lead=draft.lead,
        authors=draft.authors,
        source=draft.source,
        family=draft.family,
        section=draft.section,
        published=draft.published,
        first_seen_at=draft.published or NOW,
        content_hash=hashlib.sha256(f"{draft.title}\n{draft.text}".encode()).hexdigest(),
        revision=1,
        state="claimed",
        language="en",
        text_from="feed",
        page_state="unknown",
        page_note="",
        credit=draft.credit,
    )
