"""A thread's searchable document: headline, names, facts, kind, identifiers → a row for FTS5.

In: thread ids. Out: rows of `thread_document`, written in the transaction that changed the thread;
what is unchanged is not written again. A merged or empty thread has none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import Connection, delete, select

from breachwire.store import facets
from breachwire.store.dialects import on_postgres
from breachwire.store.rows import chunks, every_thread, insert_rows
from breachwire.store.tables import claim, detail, party, thread, thread_document
from breachwire.store.words import identifiers

COLUMNS: Final = ("headline", "names", "facts", "kind", "terms")
_NAMES: Final = frozenset({"victim", "actor", "third_party", "cve"})


def write(connection: Connection, threads: Iterable[str | None]) -> None:
    """Bring the documents and cards of these threads up to their rows."""
    ids = [id for id in dict.fromkeys(threads) if id is not None]
    _write(connection, ids)
    facets.write(connection, ids)


def _write(connection: Connection, threads: Iterable[str]) -> None:
    for ids in chunks(threads):
        wanted = _made(connection, ids)
        stored = _stored(connection, ids)
        changed = [id for id in ids if wanted.get(id) != stored.get(id)]
        gone = [id for id in changed if id in stored]
        for some in chunks(gone):
            query = delete(thread_document).where(thread_document.c.thread.in_(some))
            connection.execute(query)
        rows = [
            {"thread": id, **dict(zip(COLUMNS, wanted[id], strict=True))}
            for id in changed
            if id in wanted
        ]
        insert_rows(connection, thread_document, rows)


def rewrite(connection: Connection) -> None:
    """Of every thread, and the index over them (`Store.reindex`)."""
    for ids in every_thread(connection):
        _write(connection, ids)
    if not on_postgres(connection):
        connection.exec_driver_sql("INSERT INTO thread_search(thread_search) VALUES('rebuild')")


def _stored(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    columns = [thread_document.c[name] for name in ("thread", *COLUMNS)]
    rows = connection.execute(select(*columns).where(thread_document.c.thread.in_(ids)))
    return {row[0]: tuple(row[1:]) for row in rows}


def _made(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What the documents of live threads are now."""
    names, facts = _said(connection, ids)
    kinds = _of_parties(connection, ids, names)
    live = thread.c.merged_into.is_(None) & (thread.c.articles > 0)
    columns = (thread.c.id, thread.c.headline, thread.c.section, thread.c.kind)
    rows = connection.execute(select(*columns).where(thread.c.id.in_(ids), live))
    return {
        id: (
            headline,
            _line(names[id]),
            _line(facts[id]),
            _line([section, kind.replace("-", " "), *kinds[id]]),
            identifiers("\n".join([headline, *names[id], *facts[id]])),
        )
        for id, headline, section, kind in rows
    }


def _said(
    connection: Connection, ids: Sequence[str]
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Names and facts of the details by thread: values that are texts, and the leading words."""
    lead = (claim.c.article == detail.c.lead_article) & (claim.c.n == detail.c.lead_claim)
    rows = connection.execute(
        select(detail.c.thread, detail.c.field, detail.c.value, claim.c.quote)
        .join(claim, lead)
        .where(detail.c.thread.in_(ids))
        .order_by(detail.c.thread, detail.c.n)
    )
    names: dict[str, list[str]] = defaultdict(list)
    facts: dict[str, list[str]] = defaultdict(list)
    for id, field, value, quote in rows:
        own = names if field in _NAMES else facts
        own[id] += [value.replace("_", " ")] if isinstance(value, str) else []
        if field not in _NAMES:
            own[id].append(quote)
    return names, facts


def _of_parties(
    connection: Connection, ids: Sequence[str], names: dict[str, list[str]]
) -> dict[str, list[str]]:
    """Sectors by thread; the spellings of the parties join the names."""
    columns = (party.c.thread, party.c.key, party.c.forms, party.c.sector)
    rows: Any = connection.execute(select(*columns).where(party.c.thread.in_(ids)))
    sectors: dict[str, list[str]] = defaultdict(list)
    for id, key, forms, sector in rows:
        names[id] += [key, *forms]
        if sector:
            sectors[id].append(str(sector["value"]).replace("_", " "))
    return sectors


def _line(texts: Iterable[str]) -> str:
    """Each text once, a line each: a phrase does not run from one into the next by accident."""
    return "\n".join(dict.fromkeys(" ".join(text.split()) for text in texts if text))
