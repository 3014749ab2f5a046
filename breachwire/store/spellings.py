"""Spellings of parties: slugs → who is known by them.

In: slugs. Out: kinds and thread ids. A spelling that no live thread has any more
stays in the list of names and is known as nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import orjson
from sqlalchemy import Connection, Text, bindparam, or_, select, true

from breachwire.model import PartyKind
from breachwire.store.dialects import each
from breachwire.store.rows import as_json, one_list
from breachwire.store.tables import detail, party_form, thread

_LIVE: Final = thread.c.merged_into.is_(None) & (thread.c.articles > 0)
_KINDS: Final[tuple[PartyKind, ...]] = ("victim", "actor", "third_party", "cve")
_SLUG: Final = bindparam("slug", type_=Text)
_SLUGS: Final = bindparam("slugs", type_=Text)
_ASKED: Final = each(_SLUGS, "asked")
_KIND: Final = each(orjson.dumps(_KINDS).decode(), "kinds")
_KNOWN: Final = (  # the first thread of a name is enough: some are in thousands
    select(_ASKED.c.value, _KIND.c.value)
    .join(_KIND, true())
    .where(
        select(party_form.c.slug)
        .join(thread, thread.c.id == party_form.c.thread)
        .where(party_form.c.kind == _KIND.c.value, party_form.c.slug == _ASKED.c.value, _LIVE)
        .limit(1)
        .scalar_subquery()
        .is_not(None)  # of EXISTS PostgreSQL makes a join with every name and every thread
    )
)
_STANDS: Final = select(_KIND.c.value).where(
    or_(
        select(party_form.c.slug)
        .where(party_form.c.kind == _KIND.c.value, party_form.c.slug == _SLUG)
        .exists(),
        select(detail.c.slug)
        .where(detail.c.field == _KIND.c.value, detail.c.slug == _SLUG)
        .exists(),
    )
)


def known(connection: Connection, slugs: Sequence[str]) -> dict[str, set[PartyKind]]:
    """As what (`Store.names_known`)."""
    found: dict[str, set[PartyKind]] = {}
    for slug, kind in connection.execute(_KNOWN, {_SLUGS.key: as_json(dict.fromkeys(slugs))}):
        found.setdefault(slug, set()).add(kind)
    return found


def stands(connection: Connection, slug: str) -> set[PartyKind]:
    """As what any detail names it, a description as well (`Store.stands`)."""
    return set(connection.execute(_STANDS, {_SLUG.key: slug}).scalars())


def threads(connection: Connection, kind: PartyKind, slug: str, limit: int) -> list[str]:
    """Newest first (`Store.threads_named`)."""
    newest = (  # ids grow with time: a name of thousands of threads is not read whole
        select(party_form.c.thread)
        .where(party_form.c.kind == kind, party_form.c.slug == slug)
        .distinct()
        .order_by(party_form.c.thread.desc())
        .limit(2 * limit)
    )
    query = (
        select(thread.c.id)
        .where(thread.c.id.in_(newest), _LIVE)
        .order_by(thread.c.updated_at.desc(), thread.c.id)
        .limit(limit)
    )
    return one_list(connection, query)
