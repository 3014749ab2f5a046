"""What a store must do for a search: text, names, facets, vectors.

In: values of `breachwire.model`. Out: the same. A part of `breachwire.store.protocol.Store`, whose
rules hold here too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from breachwire.model import PartyKind, Vector, VectorIndex, Vectors


@dataclass(frozen=True, slots=True)
class Terms:
    """What full text is searched for: every group, or any of them."""

    wanted: tuple[tuple[str, ...], ...]
    """Groups; of each, any alternative will do. A word, a phrase (with blanks), or the beginning of
    a word (with '*' at its end)."""
    unwanted: tuple[str, ...] = ()


class SearchStore(Protocol):
    """Candidates; what they are worth is decided above."""

    def search_text(
        self,
        query: str | Terms,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
        seconds: float = 2.0,
    ) -> list[tuple[int, float]]:
        """Articles by full text, best first: title counts more than lead, lead more than text.
        Words, "phrases", -minus; those with all words come before those with any, whose score is
        below theirs; nothing a user types is an error. Common words are no more than conditions
        where there are many articles. Raises SlowSearchError after so many seconds."""

    def search_every(
        self,
        terms: Terms,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
        seconds: float = 2.0,
    ) -> list[int]:
        """Articles that have a term of every group, however common, newest first. Raises
        SlowSearchError after so many seconds."""

    def search_both(
        self,
        query: str | Terms,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
        seconds: float = 2.0,
    ) -> tuple[list[tuple[int, float]], list[tuple[int, float]]]:
        """Articles with all words alone (of three and more the common ones may be missing), and as
        `search_text` gives them."""

    def search_threads(
        self, query: str | Terms, *, limit: int, seconds: float = 2.0
    ) -> list[tuple[str, float]]:
        """Threads by their own documents, best first: headline, names with other spellings, facts,
        section and kind. Raises SlowSearchError, as `search_text`."""

    def rare(self, words: Sequence[str], most: int) -> set[str]:
        """Those of the words that at most so many articles have (by their stems)."""

    def names_known(self, slugs: Sequence[str]) -> dict[str, set[PartyKind]]:
        """As what a live thread's details know these slugs; without those that none knows."""

    def stands(self, slug: str) -> set[PartyKind]:
        """As what any detail has this slug, whether it names somebody or describes one."""

    def names_like(self, word: str, limit: int) -> list[str]:
        """Slugs of parties that share most runs of three letters with the word."""

    def threads_named(self, kind: PartyKind, slug: str, limit: int) -> list[str]:
        """Live threads whose details have this very spelling, newest first."""

    def indicated(self, value: str, limit: int) -> list[int]:
        """Articles that give this indicator; a package by its name, too. Newest first."""

    def facets(
        self, threads: Sequence[str], since: Mapping[str, datetime]
    ) -> dict[str, list[tuple[str, int]]]:
        """By filter, its values and how many of the live ones among the threads have each, most
        first; under "since", of each label how many had a report since its time."""

    def titled(
        self, phrases: Sequence[str], *, until: datetime, limit: int
    ) -> dict[str, list[int]]:
        """By phrase, the newest articles before `until` whose title has its words in a row (by
        their stems), or, for a CVE or GHSA id, that name it; at most `limit` each, newest first."""

    def search_vectors(
        self,
        vector: Vector,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> list[tuple[int, float]]:
        """Articles by cosine, best first; empty without an index."""

    def use_index(self, index: VectorIndex, model: str, *, seen: int = 0) -> int:
        """Hand the store the index that searches `model`'s vectors; fills it from the rows written
        after `seen` (`indexed` of when it was kept) and returns how many it holds. Searches go on
        with the index before until it is filled. A store that has an index of its own over its
        rows searches that one, fills none, and counts its vectors."""

    def indexed(self) -> int:
        """Up to which row the index is filled: what to hand back with it as `seen`."""

    def embedded(self, model: str) -> tuple[int, int]:
        """How many vectors of this model there are, and the last one's row."""

    def vector_sample(self, model: str, number: int) -> Vectors:
        """At most so many of the model's vectors, from all over the store; the same every time."""
