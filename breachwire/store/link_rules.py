"""Link rules: pairs of articles that must, or must not, stand in one thread.

In: an edit and what it says of pairs. Out: the rules that hold. A pair has one rule: the newest
edit's; undoing that brings back what it replaced, unless the edit behind that is undone as well.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict

from sqlalchemy import Connection, delete, select

from breachwire.model import LinkRule
from breachwire.store import audit
from breachwire.store.rows import chunks, upsert
from breachwire.store.tables import article, link_rule

Pair = tuple[int, int]
Rule = tuple[int, int, bool]
"""Two articles in any order; True: they must stand in one thread, False: they must not."""


def every(connection: Connection) -> list[LinkRule]:
    """All, by pair."""
    rows = connection.execute(select(link_rule).order_by(link_rule.c.low, link_rule.c.high))
    return [LinkRule(*row) for row in rows]


def lay(connection: Connection, id: int, given: Sequence[Rule]) -> None:
    """Lay down an edit's rules; what they replace is remembered with it."""
    wanted = {(min(a, b), max(a, b)): must for a, b, must in given if a != b}
    if not wanted:
        return
    audit.remember(connection, id, _known(connection, wanted))
    upsert(
        connection,
        link_rule,
        [{"low": a, "high": b, "must": must, "edit": id} for (a, b), must in wanted.items()],
    )


def lift(connection: Connection, id: int) -> None:
    """An edit's rules go; what they replaced is back."""
    laid = select(link_rule.c.low, link_rule.c.high).where(link_rule.c.edit == id)
    free = {(row[0], row[1]) for row in connection.execute(laid)}
    connection.execute(delete(link_rule).where(link_rule.c.edit == id))
    replaced = [rule for rule in audit.replaced(connection, id) if (rule.low, rule.high) in free]
    back = [_valid(connection, rule) for rule in replaced if _there(connection, rule)]
    upsert(connection, link_rule, [asdict(rule) for rule in back if rule is not None])


def _there(connection: Connection, rule: LinkRule) -> bool:
    """Articles of outlets that are left out are gone."""
    known = select(article.c.id).where(article.c.id.in_((rule.low, rule.high)))
    return len(connection.execute(known).all()) == 2


def _known(connection: Connection, pairs: Collection[Pair]) -> list[LinkRule]:
    found: list[LinkRule] = []
    for lows in chunks(sorted({low for low, _ in pairs})):
        rows = connection.execute(select(link_rule).where(link_rule.c.low.in_(lows)))
        found += [LinkRule(*row) for row in rows if (row.low, row.high) in pairs]
    return found


def _valid(connection: Connection, rule: LinkRule) -> LinkRule | None:
    """A replaced rule, or what it replaced in its turn where its own edit is undone by now."""
    known: LinkRule | None = rule
    while known is not None and audit.one(connection, known.edit).undone:
        older = audit.replaced(connection, known.edit)
        pair = known.low, known.high
        known = next((r for r in older if (r.low, r.high) == pair), None)
    return known
