"""Placed articles that the threader does not hold in memory → those that a new one may belong with.

In: an `Archive`, which the composition hands in, and archived articles by how much they share with
the new one. Out: their likeliest threads, each by a few members. Every look into the archive is
bounded, so that a decision costs the same whatever is stored.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Final, Protocol

from breachwire.model import Placed

if TYPE_CHECKING:
    from breachwire.model import Vector, Vectors

THREADS: Final = 3
"""Archived threads that a decision reads: an old thread shares its victim's name or its CVE, and
few do that share a name which no crowd has."""
ENDS: Final = 2
"""Members read of an archived thread from either end, beside the one that led to it."""
ALIKE: Final = 0.3
"""Cosine from which an old article that shares a name is read. Of pairs that share a rare name in
the labelled windows it loses 1 in 1,000 of one thread and spares 2 in 10 others."""
SURE: Final = 20.0
"""What a CVE or the title weighs: read whatever the cosine."""
BY_COSINE: Final = 10.0
"""What a cosine of one weighs beside rarities: a name more or less."""


class Archive(Protocol):
    """All placed articles but roundups, on demand. Times are of publication."""

    def oldest(self) -> datetime | None:
        """The time of the oldest; None: there is none."""

    def vectors_of(self, articles: Sequence[int]) -> Mapping[int, Vector]:
        """By article."""

    def titled(
        self, phrases: Sequence[str], until: datetime, limit: int
    ) -> Mapping[str, Sequence[int]]:
        """By phrase, the newest articles before `until` whose title has it (words match by their
        stems), or which name it where it is a CVE id; at most `limit` a phrase."""

    def threads_of(self, articles: Sequence[int]) -> Mapping[int, str]:
        """Where articles stand."""

    def articles_of(self, threads: Sequence[str]) -> Mapping[str, Sequence[int]]:
        """All articles of threads, oldest first."""

    def read(self, articles: Sequence[int]) -> Iterable[Placed]:
        """Those that are there, oldest first."""

    def vectors(self, since: datetime, until: datetime) -> tuple[Sequence[int], Vectors]:
        """Ids and vectors, a row each, of since <= time < until."""


def likely(archive: Archive, weights: Mapping[int, float], vector: Vector) -> dict[int, float]:
    """Archived articles worth reading, by weight and cosine: vectors cost a tenth of it."""
    vectors = archive.vectors_of(list(weights))
    cosines = {id_: float(other @ vector) for id_, other in vectors.items()}
    return {
        id_: weights[id_] + BY_COSINE * cosine
        for id_, cosine in cosines.items()
        if cosine >= ALIKE or weights[id_] >= SURE
    }


def visit(
    archive: Archive, weights: Mapping[int, float], held: Container[str] = ()
) -> dict[str, list[Placed]]:
    """The likeliest threads of archived articles, but for those `held` already, each by its first
    and its newest members and the article that weighs most. At most THREADS · (2 · ENDS + 1)."""
    if not weights:
        return {}
    at = archive.threads_of(list(weights))
    best: dict[str, int] = {}
    for id_ in sorted(weights, key=lambda i: (-weights[i], -i)):
        if id_ in at and at[id_] not in held:
            best.setdefault(at[id_], id_)
    chosen = dict(islice(best.items(), THREADS))
    if not chosen:
        return {}
    members = archive.articles_of(list(chosen))
    wanted = {t: _sample(members.get(t, ()), hit) for t, hit in chosen.items()}
    read = {p.article.id: p for p in archive.read([i for ids in wanted.values() for i in ids])}
    found = {t: [read[i] for i in ids if i in read] for t, ids in wanted.items()}
    return {t: placed for t, placed in found.items() if placed}


def _sample(members: Sequence[int], hit: int) -> list[int]:
    few = len(members) <= 2 * ENDS
    return list(members) if few else sorted({*members[:ENDS], hit, *members[-ENDS:]})
