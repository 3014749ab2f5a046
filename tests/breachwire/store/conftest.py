"""A store that is sound after each test, and builders of values for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from breachwire.model import (
    Article,
    Claim,
    Detail,
    Draft,
    Evidence,
    LedgerClaim,
    Placement,
    Thread,
    Vector,
    thread_id,
)
from breachwire.store import Store, open_store

NOW = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)
MODEL = "test-model"


@pytest.fixture
def url(address: str) -> str:
    """A new store's address."""
    return address


@pytest.fixture
def opened(url: str) -> Iterator[Callable[[], Store]]:
    """Open the store once more; all are closed at the end."""
    stores: list[Store] = []

    def again() -> Store:
        stores.append(open_store(url))
        return stores[-1]

    yield again
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Callable[[], Store]) -> Iterator[Store]:
    store = opened()
    yield store
    assert store.check() == []


@dataclass
class Make:
    """Builders of values, and short cuts through the stages."""

    now: datetime = NOW
    model: str = MODEL

    def draft(self, n: int = 0, **changes: Any) -> Draft:
        """The n-th invented draft, an hour apart."""
        values = {
            "url": f"https://herald.example/{n}",
            "title": f"Acme confirms breach number {n}",
            "text": f"Acme said on Monday that intruders took file {n}.\nIt is investigating.",
            "keys": (f"herald.example/{n}",),
            "lead": f"Intruders took file {n}.",
            "authors": ("Ada Byte", "Bo Oren"),
            "source": "The Herald",
            "family": "herald",
            "section": "Security",
            "published": NOW + timedelta(hours=n),
            "language": "en",
        }
        return Draft(**(values | changes))

    def vector(self, seed: int, size: int = 16) -> Vector:
        """A random direction."""
        vector = np.random.default_rng(seed).normal(size=size).astype(np.float32)
        return vector / np.linalg.norm(vector)

    def take(self, store: Store, *drafts: Draft) -> list[Article]:
        """Stored as an import would."""
        taken = store.take([(draft, None) for draft in drafts], NOW)
        return [one.article for one in taken]

    def thread(self, members: Sequence[Article], **changes: Any) -> Thread:
        """The thread that the first member opens."""
        times = [article.at for article in members]
        values = {
            "id": thread_id(members[0].id),
            "headline": members[0].title,
            "kind": "breach",
            "section": "Breaches",
            "first_at": min(times),
            "last_at": max(times),
            "updated_at": max(times),
            "articles": len(members),
            "origins": 1,
        }
        return Thread(**(values | changes))

    def place(self, store: Store, *members: Article, **changes: Any) -> Thread:
        """All of them in one thread, which is returned."""
        thread = self.thread(members, **changes)
        store.place(
            MODEL,
            [(self.placement(one, thread.id), self.vector(one.id)) for one in members],
            [thread],
        )
        return thread

    def placement(self, article: Article, thread: str | None, **changes: Any) -> Placement:
        values = {
            "article": article.id,
            "thread": thread,
            "role": "report",
            "score": 0.75,
            "method": "joins",
            "reason": "Acme; cosine .81",
            "kind": "breach",
        }
        return Placement(**(values | changes))

    def claim(self, article: Article, thread: str, quote: str, **changes: Any) -> LedgerClaim:
        """A claim on `quote`, which stands in the article's title or text."""
        where = "title" if quote in article.title else "text"
        body = article.title if where == "title" else article.text
        start = body.index(quote)
        values = {
            "field": "victim",
            "value": quote,
            "bound": None,
            "status": "confirmed",
            "asserter": "Acme",
            "asserter_kind": "victim",
            "basis": "statement",
            "evidence": Evidence(article.id, where, start, start + len(quote), quote),
            "sentence": Evidence(article.id, where, 0, len(body), body),
        }
        return LedgerClaim(
            Claim(**(values | changes)), thread, article.at, NOW + timedelta(microseconds=1)
        )

    def detail(self, *claims: LedgerClaim, **changes: Any) -> Detail:
        """Consolidated as given, the first leading."""
        lead = claims[0]
        values = {
            "field": lead.claim.field,
            "label": lead.claim.field.title(),
            "value": lead.claim.value,
            "bound": lead.claim.bound,
            "status": lead.claim.status,
            "asserter": lead.claim.asserter,
            "since": lead.said_at,
            "claims": claims,
            "lead": lead,
            "note": None,
        }
        return Detail(**(values | changes))


@pytest.fixture
def make() -> Make:
    return Make()
