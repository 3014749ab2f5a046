"""Labelled items on disk → `Window`s: articles as the store would hold them, vectors, labels.

In: `threads/*.jsonl` (items with labels) and, for windows of addresses and labels alone, the items
of `wire/items.jsonl.gz`; beside those labels, `kinds/*.jsonl` (kinds of items alone in their
thread). Out: `Window`s in order of publication.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from breachwire.model import Article, Embedder, Kind
from nlp import embed

Item = dict[str, Any]


def read_items(path: Path) -> list[Item]:
    """Lines of a JSONL file, gzipped or not."""
    raw = path.read_bytes()
    text = gzip.decompress(raw) if path.suffix == ".gz" else raw
    return [json.loads(line) for line in text.splitlines()]


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled item as the threader sees it."""

    article: Article
    vector: Any
    thread: str | None
    kind: Kind | None
    storylines: tuple[str, ...]
    roundup: bool


@dataclass(frozen=True, slots=True)
class Window:
    """A labelled window, in order of publication."""

    name: str
    items: tuple[Labelled, ...]


def read_windows(data: Path, labels: Path | None, embedder: Embedder) -> list[Window]:
    """The labelled windows of a data folder (`threads/*.jsonl`), and those of which `labels` holds
    addresses and labels alone, joined with `wire/items.jsonl.gz`; by name."""
    windows = {path.stem: read_items(path) for path in (data / "threads").glob("*.jsonl")}
    if labels is not None:
        known = {item["url"]: item for item in read_items(data / "wire" / "items.jsonl.gz")}
        for path in labels.glob("*.jsonl"):
            rows = [{**known[row["url"]], **row} for row in read_items(path) if row["url"] in known]
            windows.setdefault(path.stem, rows)
        for path in (labels / "kinds").glob("*.jsonl"):
            _add_kinds(windows.get(path.stem, []), read_items(path))
    return [read_window(name, items, embedder) for name, items in sorted(windows.items())]


def _add_kinds(items: Iterable[Item], rows: Iterable[Item]) -> None:
    """Give items alone in their thread the kinds that a labelling of its own has for them."""
    kinds = {row["url"]: row["kind"] for row in rows}
    for item in items:
        if item["thread"] is None and item.get("kind") is None:
            item["kind"] = kinds.get(item["url"])


def read_window(name: str, items: Iterable[Item], embedder: Embedder) -> Window:
    """Labelled items with their embeddings."""
    items = sorted(items, key=lambda d: d["published"])
    vectors = embedder.encode([embed.text_of(d["title"], d["summary"]) for d in items])
    rows = zip(items, vectors, strict=True)
    return Window(name, tuple(_labelled(n, d, v) for n, (d, v) in enumerate(rows, 1)))


def _labelled(number: int, item: Item, vector: Any) -> Labelled:
    return Labelled(
        article_of(number, item),
        vector,
        item["thread"],
        item.get("kind"),
        tuple(item.get("storylines", ())),
        bool(item.get("roundup")),
    )


def article_of(number: int, item: Item) -> Article:
    """An item as the store would hold it after `import`; a time without a zone is UTC."""
    at = datetime.fromisoformat(item["published"])
    at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    return Article(
        id=number,
        url=item["url"],
        title=item["title"],
        text=item["summary"],
        lead=item["summary"],
        authors=(),
        source=item["source"],
        family="",
        section="",
        published=at,
        first_seen_at=at,
        content_hash=hashlib.sha256(f"{item['title']}\n{item['summary']}".encode()).hexdigest(),
        revision=1,
        state="stored",
        language="en",
        text_from="feed",
        page_state="unknown",
        page_note="",
        credit="",
    )
