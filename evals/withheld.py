"""A store that does not know one of its articles: neither its words, nor its vector, nor its claims
in its thread's ledger and related coverage.

In: a store, its relations, the name of its vectors' model. Out: a store to read, for
`evals.held_out`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from breachwire.model import (
    Article,
    Detail,
    LedgerClaim,
    Member,
    PartyKind,
    Placed,
    Related,
)
from breachwire.store import Store, ThreadFilter, ThreadPage, slug
from nlp import details
from nlp.relations import Relations


@dataclass(frozen=True, slots=True)
class Held:
    """An article to be held out."""

    article: Article
    thread: str
    window: str
    """That the thread is labelled in."""
    partners: frozenset[str]
    """Threads that share a gold storyline with its own."""
    campaign: frozenset[str]
    """The same, the windows' storylines of one campaign being one."""


class Without:
    """A store that does not know one article of one thread; reading only."""

    def __init__(self, store: Store, relations: Relations, model: str) -> None:
        self._store = store
        self._relations = relations
        self._model = model
        self._hidden = 0
        self._thread = ""
        self._details: tuple[Detail, ...] = ()
        self._related: tuple[Related, ...] = ()

    def hide(self, one: Held) -> None:
        """Hide this article, and no other."""
        self._hidden, self._thread = one.article.id, one.thread
        members = self._store.members([one.thread])[one.thread]
        left = [m for m in members if m.article.id != one.article.id]
        ledger: list[LedgerClaim] = [
            claim
            for claim in self._store.ledger([one.thread]).get(one.thread, ())
            if claim.claim.evidence.article != one.article.id
        ]
        texts = {m.article.id: m.article for m in left}
        self._details = details.consolidate(details.in_order(ledger), texts)
        self._related = self._related_without(left)

    def _related_without(self, left: Sequence[Member]) -> tuple[Related, ...]:
        """As the relations have it while the article is away."""
        thread = self._store.thread(self._thread)
        vectors = self._store.vectors_of(self._model, [m.article.id for m in left])
        self._relations.put(thread, left, vectors, self._details)
        found = tuple(self._relations.related(self._thread))
        put(self._relations, self._store, self._model, [self._thread])
        return found

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def search_text(self, *args: Any, **more: Any) -> list[tuple[int, float]]:
        return [hit for hit in self._store.search_text(*args, **more) if hit[0] != self._hidden]

    def search_vectors(self, *args: Any, **more: Any) -> list[tuple[int, float]]:
        return [hit for hit in self._store.search_vectors(*args, **more) if hit[0] != self._hidden]

    def indicated(self, value: str, limit: int) -> list[int]:
        return [id_ for id_ in self._store.indicated(value, limit) if id_ != self._hidden]

    def threads_of(self, articles: Sequence[int]) -> dict[int, str]:
        return self._store.threads_of([id_ for id_ in articles if id_ != self._hidden])

    def articles_of(self, threads: Sequence[str]) -> dict[str, list[int]]:
        found = self._store.articles_of(threads)
        return {id_: [a for a in own if a != self._hidden] for id_, own in found.items()}

    def placed_among(self, model: str, articles: Sequence[int]) -> list[Placed]:
        return self._store.placed_among(model, [id_ for id_ in articles if id_ != self._hidden])

    def details(self, threads: Sequence[str]) -> dict[str, tuple[Detail, ...]]:
        found = self._store.details(threads)
        return found | ({self._thread: self._details} if self._thread in found else {})

    def related(self, threads: Sequence[str]) -> dict[str, tuple[Related, ...]]:
        found = self._store.related(threads)
        return found | ({self._thread: self._related} if self._thread in found else {})

    def threads_named(self, kind: PartyKind, name: str, limit: int) -> list[str]:
        found = self._store.threads_named(kind, name, limit)
        return [id_ for id_ in found if id_ != self._thread or self._names(kind, name)]

    def threads(self, where: ThreadFilter, **more: Any) -> ThreadPage:
        page = self._store.threads(where, **more)
        if where.cve is None or self._names("cve", slug(where.cve)):
            return page
        return ThreadPage(tuple(t for t in page.threads if t.id != self._thread), page.next)

    def _names(self, field: str, name: str) -> bool:
        """Whether the thread's ledger has the name still."""
        own = (d for d in self._details if d.field == field)
        return any(slug(str(c.claim.value)) == name for d in own for c in d.claims)


def put(relations: Relations, store: Store, model: str, ids: Sequence[str]) -> None:
    """Take threads of a store into the relations."""
    members, ledger = store.members(ids), store.details(ids)
    articles = [m.article.id for own in members.values() for m in own]
    vectors = store.vectors_of(model, articles)
    for id_ in ids:
        relations.put(store.thread(id_), members[id_], vectors, ledger.get(id_, ()))
