"""Articles that change threads → the placements, thread rows and details that follow.

In: a store whose turn is held, and the thread that each article goes to. Out: a `Regrouped`, all
that `Store.regroup` writes. Roles in a thread that gains or loses articles:

- the oldest that is no copy is the first report where it came in or where there is none else;
- who comes in is a report within REPORT_DAYS of the thread's first, a follow-up later;
- a copy stays one while what it copies stands in the same thread.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from breachwire.errors import ConflictError, NotFoundError
from breachwire.model import (
    Article,
    Detail,
    LedgerClaim,
    Member,
    Placement,
    Role,
    Thread,
)
from breachwire.pipeline.refresh import spoken_of
from breachwire.pipeline.rows import row
from breachwire.store import Store
from nlp import details
from nlp.thread import REPORT_DAYS


@dataclass(frozen=True, slots=True)
class Regrouped:
    """What an edit writes."""

    placements: list[Placement] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    details: dict[str, tuple[Detail, ...]] = field(default_factory=dict)
    stood: dict[int, str | None] = field(default_factory=dict)
    """Where every article of the touched threads was read to stand."""


def regrouped(
    store: Store,
    moves: Mapping[int, str | None],
    reason: str,
    restored: Mapping[int, Placement] | None = None,
) -> Regrouped:
    """What follows when each article of `moves` goes to its thread (a new id opens one; None: to
    none); `reason` is kept with it. `restored`: placements to take as they are.

    Raises ConflictError for an article that is not placed.
    """
    back = restored or {}
    before = store.placements([*moves, *back])
    if missing := [id_ for id_ in moves if id_ not in before]:
        raise ConflictError(f"article {missing[0]} is not placed yet; run `breachwire work` first")
    touched = {before[id_].thread for id_ in moves} | set(moves.values())
    touched |= {before[id_].thread for id_ in back if id_ in before}
    ids = sorted(id_ for id_ in touched if id_ is not None)
    members = store.members(ids)
    standing = [m.article.id for some in members.values() for m in some]
    before |= store.placements(standing)
    articles = {m.article.id: m.article for some in members.values() for m in some}
    articles |= store.articles([id_ for id_ in moves if id_ not in articles])
    after = {
        id_: back[id_] if id_ in back else _put(before[id_], moves, reason) for id_ in articles
    }
    fresh = {id_ for id_ in moves if id_ not in back}
    for thread in ids:
        theirs = [(articles[i], p) for i, p in after.items() if p.thread == thread]
        after |= {p.article: p for p in mended(theirs, fresh)}
    consolidated = _details(store, ids, moves)
    return Regrouped(
        placements=[p for id_, p in after.items() if p != before[id_]],
        threads=_rows(store, ids, articles, after, before, consolidated),
        details=consolidated,
        stood={id_: before[id_].thread for id_ in articles},
    )


def _put(placement: Placement, moves: Mapping[int, str | None], reason: str) -> Placement:
    id_ = placement.article
    if id_ not in moves or moves[id_] == placement.thread:
        return placement
    return replace(
        placement, thread=moves[id_], score=1.0, method="edit", reason=reason, roundup=False
    )


def mended(
    standing: Sequence[tuple[Article, Placement]], fresh: Collection[int]
) -> list[Placement]:
    """A thread's placements with the roles that they have there; `fresh` ones came in just now."""
    ordered = sorted(standing, key=lambda pair: (pair[0].at, pair[0].id))
    here = {article.id for article, _ in ordered}
    placements = []
    for article, placement in ordered:
        later = _later(article.at, ordered[0][0].at)
        if placement.copy_of is not None and placement.copy_of not in here:
            placement = replace(placement, role=later, copy_of=None)
        elif article.id in fresh and placement.copy_of is None:
            placement = replace(placement, role=later)
        placements.append(placement)
    own = [p for p in placements if p.copy_of is None] or placements
    firsts = [p for p in placements if p.role == "first_report"]
    if own and (own[0].article in fresh or len(firsts) != 1):
        times = {article.id: article.at for article, _ in ordered}
        for n, placement in enumerate(placements):
            if placement is own[0]:
                placements[n] = replace(placement, role="first_report", copy_of=None)
            elif placement.role == "first_report":
                role = _later(times[placement.article], ordered[0][0].at)
                placements[n] = replace(placement, role=role)
    return placements


def _later(at: datetime, first: datetime) -> Role:
    return "report" if at - first <= timedelta(days=REPORT_DAYS) else "follow_up"


def _details(
    store: Store, threads: Sequence[str], moves: Mapping[int, str | None]
) -> dict[str, tuple[Detail, ...]]:
    """The threads' details once the moved articles' claims followed them."""
    claims: dict[str, list[LedgerClaim]] = {id_: [] for id_ in threads}
    for said in (one for some in store.ledger(threads).values() for one in some):
        thread = moves.get(said.claim.evidence.article, said.thread)
        if thread is not None:
            claims[thread].append(replace(said, thread=thread))
    texts = spoken_of(store, [said for theirs in claims.values() for said in theirs])
    return {
        id_: details.consolidate(details.in_order(theirs), texts) for id_, theirs in claims.items()
    }


def _rows(
    store: Store,
    threads: Sequence[str],
    articles: Mapping[int, Article],
    after: Mapping[int, Placement],
    before: Mapping[int, Placement],
    consolidated: Mapping[str, Sequence[Detail]],
) -> list[Thread]:
    """The rows of the threads that have members afterwards. A known thread keeps its kind; a new
    one has that under which its first article stood."""
    rows = []
    for id_ in threads:
        members = [
            Member(articles[i], p.role, p.score, p.method, p.reason, p.copy_of)
            for i, p in after.items()
            if p.thread == id_
        ]
        if not members:
            continue
        known = known_thread(store, id_)
        first = min(members, key=lambda m: (m.article.at, m.article.id)).article
        kind = known.kind if known else before[first.id].kind
        rows.append(row(id_, members, kind, consolidated[id_], known))
    return rows


def known_thread(store: Store, id_: str) -> Thread | None:
    """The thread's row, merged or not; None where the store has none."""
    try:
        return store.thread(id_)
    except NotFoundError:
        return None
