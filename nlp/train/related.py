"""Labelled windows → the weights of related coverage (`nlp.links.Weights`).

In: windows whose threads stand as labelled, or as given. Out: `Relations` over them, rows of link
features with whether both threads share a storyline, weights.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from breachwire.model import (
    SECTION_OF_KIND,
    Article,
    Claim,
    Detail,
    LedgerClaim,
    Member,
    Thread,
)
from nlp import claims, details
from nlp import kind as kinds
from nlp.features import Vocabulary
from nlp.links import LINK_FEATURES, Weights
from nlp.relations import Relations
from nlp.train.labelled import Labelled, Window
from nlp.train.line import Rows, fitted

RELATED_FLOOR: Final = -5.5
"""Log-odds from which a thread is shown as related. In one store of twelve windows -5.5 named
.67 of storyline partners (weights fitted on these windows) in 6.6 entries a thread, -4.6 .63 in
3.2, while a link aged with the months themselves (`nlp.links.AGE`). Readers want far
fewer than 60 in 100 of all entries, so most are folded away (evals/related)."""
LINK_STRENGTH: Final = 1.0
"""Inverse penalty, on standardised features."""
STORYLINE_FLOOR: Final = -1.0
_NO_LINKS: Final = Weights(tuple(0.0 for _ in LINK_FEATURES), 0.0, 0.0, 0.0)


def fit_links(windows: Sequence[Window], vocabulary: Callable[[Window], Vocabulary]) -> Weights:
    """Raises CalibrationError where the windows say too little."""
    link = fitted((link_rows(w, vocabulary(w)) for w in windows), LINK_FEATURES, LINK_STRENGTH)
    return Weights(link.weights, link.bias, RELATED_FLOOR, STORYLINE_FLOOR)


def relations_of(
    window: Window,
    standing: Mapping[int, str],
    weights: Weights | None,
    vocabulary: Vocabulary,
    model: kinds.Model | None = None,
) -> tuple[Relations, dict[str, list[Labelled]]]:
    """Relations over a window whose articles stand as given, and each thread's items. Kinds are
    the model's; without one all are "other"."""
    threads: dict[str, list[Labelled]] = defaultdict(list)
    for item in window.items:
        if item.article.id in standing:
            threads[standing[item.article.id]].append(item)
    relations = Relations(weights or _NO_LINKS, vocabulary=vocabulary)
    for id_, items in threads.items():
        first, last = items[0].article, items[-1].article
        articles = ((i.article.title, i.article.text, i.vector) for i in items)
        kind = kinds.kind_of(model.scores(*a) for a in articles) if model else "other"
        section = SECTION_OF_KIND[kind]
        thread = Thread(id_, first.title, kind, section, first.at, last.at, last.at, len(items), 1)
        members = [Member(i.article, "report", 1.0, "joins", "") for i in items]
        vectors = {i.article.id: i.vector for i in items}
        relations.put(thread, members, vectors, _details(id_, items))
    return relations, threads


def _details(thread: str, items: Sequence[Labelled]) -> tuple[Detail, ...]:
    """What the ledger says of a thread of these items."""
    said = [
        LedgerClaim(claim, thread, i.article.at, i.article.at)
        for i in items
        for claim in _claims(i.article)
    ]
    return details.consolidate(details.in_order(said))


@lru_cache(maxsize=10_000)
def _claims(article: Article) -> tuple[Claim, ...]:
    """All windows are read once for each that is left out."""
    return tuple(claims.extract(article))


def link_rows(window: Window, vocabulary: Vocabulary) -> Rows:
    """Link features of every thread with its candidates, and whether they share a storyline."""
    standing = {
        i.article.id: i.thread or f"alone {i.article.id}" for i in window.items if not i.roundup
    }
    relations, threads = relations_of(window, standing, None, vocabulary)
    lines = {id_: {s for i in items for s in i.storylines} for id_, items in threads.items()}
    found = Rows()
    for profile in relations.profiles():
        for other in relations.candidates(profile):
            same = bool(lines[profile.id] & lines[other.id])
            found.add(relations.evidence(profile, other), same)
    return found
