"""Mentions: a roundup's passages that speak of a thread's incident → rows → Mention.

In: passages of roundups. Out: the same, by thread or by roundup. A row keeps the thread that was
judged; whoever reads gets the one that it was merged into, so that undoing a merge needs nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace

from sqlalchemy import Connection, delete, select, update

from breachwire.model import Mention
from breachwire.store.placing import homes_of
from breachwire.store.rows import chunks, columns_of, insert_rows
from breachwire.store.tables import mention, thread

_COLUMNS = columns_of(Mention, mention)


def by_thread(connection: Connection, threads: Sequence[str]) -> dict[str, tuple[Mention, ...]]:
    """By roundup and place in it; those of threads merged into one are its own."""
    homes = {id: id for id in threads}
    found: dict[str, list[Mention]] = {id: [] for id in threads}
    for merged, home in _merged_into(connection, threads).items():
        homes.setdefault(merged, home)
    for ids in chunks(homes):
        rows = connection.execute(select(*_COLUMNS).where(mention.c.thread.in_(ids)))
        for row in rows:
            home = homes[row.thread]
            found[home].append(replace(Mention(*row), thread=home))
    return {id: _ordered(some) for id, some in found.items()}


def by_article(connection: Connection, articles: Sequence[int]) -> dict[int, tuple[Mention, ...]]:
    """By place in the roundup."""
    found: dict[int, list[Mention]] = {id: [] for id in articles}
    for ids in chunks(found):
        rows = connection.execute(select(*_COLUMNS).where(mention.c.article.in_(ids)))
        for row in rows:
            found[row.article].append(Mention(*row))
    homes = homes_of(connection, {one.thread for some in found.values() for one in some})
    return {
        id: _ordered(replace(one, thread=homes.get(one.thread, one.thread)) for one in some)
        for id, some in found.items()
    }


def save(connection: Connection, articles: Sequence[int], given: Sequence[Mention]) -> None:
    """Replace the mentions of these roundups; threads that gain or lose one are stale."""
    known = {one for some in by_article(connection, articles).values() for one in some}
    changed = known ^ set(given)
    if not changed:
        return
    numbers: dict[int, int] = defaultdict(int)
    rows = []
    for one in given:
        rows.append({**asdict(one), "n": numbers[one.article]})
        numbers[one.article] += 1
    for ids in chunks(dict.fromkeys((*articles, *numbers))):
        connection.execute(delete(mention).where(mention.c.article.in_(ids)))
    insert_rows(connection, mention, rows)
    for touched in chunks(sorted({one.thread for one in changed})):
        live = thread.c.id.in_(touched) & thread.c.merged_into.is_(None)
        connection.execute(update(thread).where(live).values(stale=True))


def _merged_into(connection: Connection, threads: Iterable[str]) -> dict[str, str]:
    """Every thread that was merged into one of these, by whatever steps → the one."""
    found: dict[str, str] = {}
    homes = {id: id for id in threads}
    while homes:
        steps: dict[str, str] = {}
        for ids in chunks(homes):
            rows = connection.execute(
                select(thread.c.id, thread.c.merged_into).where(thread.c.merged_into.in_(ids))
            )
            steps.update((row[0], homes[row[1]]) for row in rows if row[0] not in found)
        found |= steps
        homes = steps
    return found


def _ordered(some: Iterable[Mention]) -> tuple[Mention, ...]:
    """Each passage once a thread: two threads that it spoke of may be one by now."""
    best: dict[tuple[int, bool, int, int, str], Mention] = {}
    for one in some:
        key = one.article, one.where != "title", one.start, one.end, one.thread
        if key not in best or one.score > best[key].score:
            best[key] = one
    return tuple(best[key] for key in sorted(best))
