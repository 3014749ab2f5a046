"""Proposals of the threader: Proposal → rows → Proposal, each stated once.

In: what the threader would do and is not sure of. Out: what waits for an editor. Two proposals are
the same by kind, threads (a merge's in any order) and articles; a refused or accepted one stays so
however often it is made again, one that was gone is open again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, update

from breachwire.errors import ConflictError, NotFoundError
from breachwire.model import Proposal, ProposalState
from breachwire.store.placing import homes_of, threads_of
from breachwire.store.rows import columns_of
from breachwire.store.tables import proposal, thread

_COLUMNS = columns_of(Proposal, proposal)


def in_state(connection: Connection, state: ProposalState) -> list[Proposal]:
    """The surest first."""
    query = select(*_COLUMNS).where(proposal.c.state == state)
    rows = connection.execute(query.order_by(proposal.c.score.desc(), proposal.c.id))
    return [_proposal(row) for row in rows]


def one(connection: Connection, id: int) -> Proposal:
    """Raises NotFoundError."""
    row = connection.execute(select(*_COLUMNS).where(proposal.c.id == id)).first()
    if row is None:
        raise NotFoundError("proposal", str(id))
    return _proposal(row)


def save(connection: Connection, given: Sequence[Proposal], about: Collection[str]) -> None:
    """Store or refresh proposals; open ones on `about` that are not among them are gone."""
    keys = {key_of(each): each for each in given}
    known = {
        row.key: row
        for key in keys
        for row in connection.execute(select(proposal).where(proposal.c.key == key))
    }
    for key, each in keys.items():
        values = {"score": each.score, "reason": each.reason}
        row = known.get(key)
        if row is None:
            connection.execute(insert(proposal).values(_row(each), key=key))
        elif row.state == "gone":
            _update(connection, row.id, **values, made_at=each.made_at, state="open")
        elif row.state == "open" and (row.score, row.reason) != (each.score, each.reason):
            _update(connection, row.id, **values)
    for each in _open_on(connection, about):
        if key_of(each) not in keys:
            _update(connection, each.id, state="gone")


def settle(connection: Connection, id: int, state: ProposalState) -> None:
    """Raises NotFoundError; ConflictError for one that is settled otherwise."""
    known = one(connection, id)
    if known.state not in ("open", state):
        raise ConflictError(f"proposal {id} is {known.state} already; nothing was changed")
    _update(connection, id, state=state)


def reopen(connection: Connection, id: int) -> None:
    """A refusal was taken back."""
    _update(connection, id, state="open")


def outdate(connection: Connection, touched: Iterable[str], but: int | None) -> None:
    """Open proposals on these threads that can't be done any more are gone."""
    for each in _open_on(connection, set(touched)):
        if each.id != but and not _possible(connection, each):
            _update(connection, each.id, state="gone")


def key_of(one: Proposal) -> str:
    """What two proposals are the same by."""
    threads = sorted(one.threads) if one.what == "merge" else list(one.threads)
    return json.dumps([one.what, threads, sorted(one.articles)])


def _open_on(connection: Connection, threads: Collection[str]) -> list[Proposal]:
    if not threads:
        return []
    return [
        each for each in in_state(connection, "open") if not set(each.threads).isdisjoint(threads)
    ]


def _possible(connection: Connection, one: Proposal) -> bool:
    live = select(thread.c.id).where(thread.c.id.in_(one.threads), thread.c.articles > 0)
    if set(connection.execute(live).scalars()) != set(one.threads):
        return False
    if homes_of(connection, one.threads):
        return False
    at = threads_of(connection, one.articles)
    return all(at.get(id) == one.threads[0] for id in one.articles)


def _update(connection: Connection, id: int, **values: Any) -> None:
    connection.execute(update(proposal).where(proposal.c.id == id).values(**values))


def _row(one: Proposal) -> dict[str, Any]:
    names = ("what", "score", "reason", "made_at", "state", "threads")
    return {**{name: getattr(one, name) for name in names}, "articles": list(one.articles)}


def _proposal(row: Any) -> Proposal:
    id, what, threads, articles, *rest = row
    return Proposal(id, what, threads, tuple(articles), *rest)
