"""Entities and storylines: a name or an id → who it is, and the threads that belong to it.

In: a store, a kind and a slug, or a storyline's id. Out: dicts as `entity_schema` describes
them. What a public list of actors says is handed in (`KnownBy`) and named as that list's word.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from api.briefs import evidence
from api.links import entity_path, storyline_path
from api.rows import rows
from api.services import unlisted
from breachwire.errors import NotFoundError
from breachwire.model import Article, Entity, KnownActor, PartyFact
from breachwire.store import Store, ThreadFilter, slug

EntityKind = Literal["victim", "actor", "third_party", "cve", "source"]
LABELS: Final[dict[EntityKind, str]] = {
    "victim": "Victim",
    "actor": "Actor",
    "third_party": "Supplier",
    "cve": "Flaw",
    "source": "Outlet",
}


KnownBy = Callable[[str], KnownActor | None]
CountryName = Callable[[str], str]


def address(store: Store, kind: EntityKind, name: str, known: KnownBy = unlisted) -> str | None:
    """The slug that an entity's address has, for any spelling of it; an actor's also by the list's
    aliases. None: nobody answers to this one."""
    if kind == "source":
        return name
    asked = slug(name) or name
    if found := store.entity(kind, asked):
        return found.slug
    if kind == "actor" and (actor := known(asked)):
        for form in (actor.name, *actor.aliases):
            if found := store.entity(kind, slug(form)):
                return found.slug
    return None


def entity(
    store: Store,
    kind: EntityKind,
    name: str,
    *,
    limit: int = 50,
    cursor: str | None = None,
    base: str = "",
    known: KnownBy = unlisted,
    country_name: CountryName = str,
) -> dict[str, Any]:
    """Who it is and its threads, newest first. Raises NotFoundError for nobody."""
    if kind == "source":
        return _outlet(store, name, limit, cursor, base)
    found = store.entity(kind, slug(name) or name)
    if found is None:
        raise NotFoundError(LABELS[kind].lower(), name)
    page = store.threads(ThreadFilter(ids=found.threads), limit=limit, cursor=cursor)
    articles = store.articles(
        [fact.evidence.article for fact in (found.sector, found.country) if fact]
    )
    return {
        "kind": kind,
        "name": found.name,
        "slug": found.slug,
        "url": base + entity_path(kind, found.slug),
        "forms": list(found.forms),
        "first_seen": found.first_said.isoformat(),
        "last_seen": found.last_said.isoformat(),
        "count": len(found.threads),
        "statuses": dict(found.statuses),
        "sector": _fact(found.sector, articles, str),
        "country": _fact(found.country, articles, country_name),
        "galaxy": _galaxy(store, found, known, base, country_name) if kind == "actor" else None,
        "namesakes": [
            {
                "name": other.name,
                "slug": other.slug,
                "url": base + entity_path(kind, other.slug),
                "sector": other.sector,
                "country": other.country and country_name(other.country),
                "threads": other.threads,
            }
            for other in found.namesakes
        ],
        "together": [
            {
                "kind": other.kind,
                "name": other.name,
                "slug": other.slug,
                "url": base + entity_path(other.kind, other.slug),
                "threads": other.threads,
            }
            for other in found.together
        ],
        "threads": rows(store, page.threads, base_url=base),
        "next": page.next,
    }


def _fact(
    fact: PartyFact | None, articles: Mapping[int, Article], in_words: Callable[[str], str]
) -> dict[str, Any] | None:
    if fact is None or fact.evidence.article not in articles:
        return None
    return {
        "value": fact.value,
        "label": in_words(fact.value),
        "basis": fact.basis,
        "words": fact.words,
        "evidence": evidence(fact.evidence, articles),
    }


def _galaxy(
    store: Store, found: Entity, known: KnownBy, base: str, country_name: CountryName
) -> dict[str, Any] | None:
    """What the MISP galaxy says of an actor; its relations link where the wire has the other."""
    actor = next(filter(None, map(known, (found.slug, *map(slug, found.forms)))), None)
    if actor is None:
        return None
    links = []
    for link in actor.links:
        other = store.entity("actor", slug(link.name))
        links.append(
            {
                "relation": link.relation,
                "source": link.source,
                "name": link.name,
                "url": base + entity_path("actor", other.slug) if other else None,
            }
        )
    return {
        "name": actor.name,
        "aliases": list(actor.aliases),
        "country": actor.country,
        "country_name": actor.country and country_name(actor.country),
        "links": links,
    }


def _outlet(store: Store, name: str, limit: int, cursor: str | None, base: str) -> dict[str, Any]:
    page = store.threads(ThreadFilter(source=name), limit=limit, cursor=cursor)
    if not page.threads and not cursor:
        raise NotFoundError(LABELS["source"].lower(), name)
    members = store.members([thread.id for thread in page.threads[:1]]).values()
    names = (m.article.source for own in members for m in own)
    return {
        "kind": "source",
        "name": next((n for n in names if slug(n) == slug(name)), name),
        "slug": slug(name) or name,
        "threads": rows(store, page.threads, base_url=base),
        "next": page.next,
    }


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
