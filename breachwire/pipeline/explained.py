"""Two things of a store → all that says why they are together or apart.

In: a store, the embedding model's name, two article ids or thread ids. Out: `Explained`: where both
stand and by what decision, the evidence weighed anew (`nlp.explain`; no model is loaded), link
rules, edits and proposals that concern them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from breachwire.config import Config
from breachwire.errors import ConflictError, UsageError
from breachwire.model import Article, Edit, LinkRule, Placement, Proposal, Vector
from breachwire.pipeline.standing import live
from breachwire.store import Store
from nlp import calibration
from nlp.calibration import Calibration
from nlp.explain import Explanation, explain

Subject = int | str
"""An article's id, or a thread's."""
EDITS = 1000
"""Edits of a thread that are looked through."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two."""

    thread: str | None
    """Where it stands; None: a roundup, or not placed."""
    articles: tuple[Article, ...]
    placements: tuple[Placement, ...]
    """Of these articles; an article that waits to be placed has none."""
    whole: bool
    """A thread was asked about, not an article."""


@dataclass(frozen=True, slots=True)
class Explained:
    """The answer."""

    left: Side
    right: Side
    together: bool
    evidence: Explanation | None
    """None where both name the same thread: there is nothing to weigh."""
    rules: tuple[LinkRule, ...]
    edits: tuple[Edit, ...]
    """Newest first."""
    proposals: tuple[Proposal, ...]
    """In any state but gone."""


def explained(
    store: Store,
    model: str,
    one: Subject,
    other: Subject,
    *,
    calibrations: Path | None = None,
) -> Explained:
    """Raises NotFoundError; UsageError for one article twice; ConflictError where an article has
    no embedding of `model` yet; CalibrationError where `model` has no parameters, shipped or in
    the folder `calibrations`."""
    fitted = calibration.load(model, calibrations or Config().calibrations())
    if one == other:
        raise UsageError(f"{one} is named twice; name two articles or threads")
    left, right = _side(store, one), _side(store, other)
    together = left.thread is not None and left.thread == right.thread
    same = left.whole and right.whole and together
    ids = [{article.id for article in side.articles} for side in (left, right)]
    return Explained(
        left,
        right,
        together,
        None if same else _weighed(store, model, fitted, left, right),
        tuple(_rules(store.link_rules(), *ids)),
        tuple(_edits(store, left, right)),
        tuple(_proposals(store, left, right)),
    )


def _side(store: Store, subject: Subject) -> Side:
    if isinstance(subject, str):
        thread = live(store, subject)
        articles = [m.article for m in store.members([thread.id])[thread.id]]
        if not articles:
            raise UsageError(f"thread {thread.id} has no articles")
        placements = store.placements([a.id for a in articles])
        return Side(thread.id, tuple(articles), tuple(placements.values()), whole=True)
    article = store.article(subject)
    placement = store.placements([subject]).get(subject)
    where = placement.thread if placement else None
    return Side(where, (article,), (placement,) if placement else (), whole=False)


def _weighed(store: Store, model: str, fitted: Calibration, left: Side, right: Side) -> Explanation:
    around = {}
    for side in (left, right):
        if not side.whole and side.thread is not None:
            members = [m.article for m in store.members([side.thread])[side.thread]]
            around[side.articles[0].id] = _with_vectors(store, model, members)
    # An article of the very thread that it is compared with is not compared with itself.
    sides = [
        [a for a in side.articles if not side.whole or a not in other.articles]
        for side, other in ((left, right), (right, left))
    ]
    if not all(sides):
        raise UsageError("the article is the thread's only one; there is nothing to compare")
    one, two = (_with_vectors(store, model, articles) for articles in sides)
    return explain(one, two, around=around, parameters=fitted.join, kind_model=fitted.kind)


def _with_vectors(
    store: Store, model: str, articles: Sequence[Article]
) -> list[tuple[Article, Vector]]:
    vectors = store.vectors_of(model, [article.id for article in articles])
    for article in articles:
        if article.id not in vectors:
            raise ConflictError(
                f"article {article.id} has no embedding of {model} yet; run `breachwire work` first"
            )
    return [(article, vectors[article.id]) for article in articles]


def _rules(rules: Iterable[LinkRule], ours: set[int], theirs: set[int]) -> Iterable[LinkRule]:
    for rule in rules:
        if (rule.low in ours and rule.high in theirs) or (rule.low in theirs and rule.high in ours):
            yield rule


def _edits(store: Store, *sides: Side) -> list[Edit]:
    """Those that moved one of the articles asked about; of whole threads, all."""
    found: dict[int, Edit] = {}
    for side in sides:
        ids = {article.id for article in side.articles}
        for thread in {side.thread} - {None}:
            for edit in store.edits(limit=EDITS, thread=thread):
                if side.whole or any(article in ids for article, _, _ in edit.moves):
                    found[edit.id] = edit
    return [found[id_] for id_ in sorted(found, reverse=True)]


def _proposals(store: Store, left: Side, right: Side) -> Iterable[Proposal]:
    threads = {side.thread for side in (left, right)}
    ids = {a.id for side in (left, right) if not side.whole for a in side.articles}
    for state in ("open", "refused", "accepted"):
        for one in store.proposals(state):
            between = threads <= set(one.threads) and len(threads) == 2
            if between or not ids.isdisjoint(one.articles):
                yield one
