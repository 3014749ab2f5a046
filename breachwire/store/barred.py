"""Sites that are left out: rows → LeftOut, and drafts that they bar.

In: drafts. Out: nothing, or the error that refuses them all.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, select

from breachwire.errors import LeftOutError
from breachwire.model import Draft, LeftOut, site_among
from breachwire.store.tables import left_out


def every(connection: Connection) -> list[LeftOut]:
    """By site."""
    rows = connection.execute(select(left_out).order_by(left_out.c.site))
    return [LeftOut(*row) for row in rows]


def sites(connection: Connection) -> frozenset[str]:
    """What addresses are compared with."""
    return frozenset(connection.execute(select(left_out.c.site)).scalars())


def refuse(connection: Connection, drafts: Iterable[Draft]) -> None:
    """Raises LeftOutError for the first draft that an address of such a site is known for."""
    if not (barred := sites(connection)):
        return
    for draft in drafts:
        for known in (draft.url, *draft.keys):
            if (site := site_among(known, barred)) is not None:
                raise LeftOutError(draft.url, site)
