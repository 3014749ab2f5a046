"""Entities and storylines: a name or an id → the threads that belong to it.

In: a store, a kind and a slug, or a storyline's id. Out: dicts as `schemas` describes them.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from api.links import storyline_path
from api.rows import rows
from breachwire.errors import NotFoundError
from breachwire.store import Store, ThreadFilter, slug

EntityKind = Literal["victim", "actor", "third_party", "cve", "source"]
LABELS: Final[dict[EntityKind, str]] = {
    "victim": "Victim",
    "actor": "Actor",
    "third_party": "Supplier",
    "cve": "Flaw",
    "source": "Outlet",
}


def entity(
    store: Store,
    kind: EntityKind,
    name: str,
    *,
    limit: int = 50,
    cursor: str | None = None,
    base: str = "",
) -> dict[str, Any]:
    """Its name as the sources write it, and its threads. Raises NotFoundError without any."""
    where = ThreadFilter(**{kind: name})  # type: ignore[arg-type]
    page = store.threads(where, limit=limit, cursor=cursor)
    if not page.threads and not cursor:
        raise NotFoundError(LABELS[kind].lower(), name)
    return {
        "kind": kind,
        "name": _written(store, kind, name, [thread.id for thread in page.threads]),
        "slug": slug(name) or name,
        "threads": rows(store, page.threads, base_url=base),
        "next": page.next,
    }


def _written(store: Store, kind: EntityKind, name: str, threads: list[str]) -> str:
    """The name as the newest of these threads writes it."""
    wanted = slug(name)
    if kind == "source":
        members = store.members(threads[:1]).values()
        names = [m.article.source for own in members for m in own]
    else:
        details = store.details(threads[:1]).values()
        names = [str(d.value) for own in details for d in own if d.field == kind]
    return next((n for n in names if slug(n) == wanted), name)


def storyline(store: Store, id_: str, base: str = "") -> dict[str, Any]:
    """A storyline and its threads, oldest first. Raises NotFoundError."""
    line = store.storyline(id_)
    page = store.threads(ThreadFilter(ids=line.threads), sort="first", limit=len(line.threads) or 1)
    return {
        "id": line.id,
        "url": base + storyline_path(line.id),
        "label": line.label,
        "reason": line.reason,
        "threads": rows(store, page.threads[::-1], base_url=base),
    }
