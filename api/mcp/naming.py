"""An entity as `entity` answers: who it is, and what is said of it in each of its threads.

In: a `Call`, arguments. Out: a dict as `mcp.shapes.EntityTold`, without the notice. Raises the
project's errors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api import entities
from api.briefs import evidence, outlet
from api.mcp import parts
from api.mcp.arguments import EntityArguments
from api.mcp.asking import LISTED, Answer, Call
from api.values import in_words
from breachwire.model import Article, Detail
from breachwire.store import Store, slug


def entity(call: Call, asked: EntityArguments) -> Answer:
    """Who somebody is, and what is said of them in which threads."""
    s = call.services
    found = entities.entity(
        s.store, asked.kind, entities.address(s.store, asked.kind, asked.name, s.known_actor)
        or asked.name, limit=asked.limit, cursor=asked.cursor, base=call.base,
        known=s.known_actor, country_name=s.country_name,
    )  # fmt: skip
    kept = ("url", "first_seen", "last_seen", "count")
    return {
        "notes": call.notes(),
        "kind": asked.kind,
        "name": found["name"],
        **{name: found.get(name) for name in kept},
        "forms": found.get("forms", [])[:LISTED],
        "statuses": found.get("statuses", {}),
        "sector": _stated(found.get("sector")),
        "country": _stated(found.get("country")),
        "galaxy": _listed(found.get("galaxy")),
        "namesakes": [_beside(asked.kind, o) for o in found.get("namesakes", [])[:LISTED]],
        "together": [_beside(o["kind"], o) for o in found.get("together", [])[:LISTED]],
        "threads": _naming(s.store, asked.kind, found),
        "next": found["next"],
    }


def _stated(fact: dict[str, Any] | None) -> Answer | None:
    if fact is None:
        return None
    return {"label": fact["label"], "basis": fact["basis"],
            "evidence": parts.quote(fact["evidence"])}  # fmt: skip


def _listed(galaxy: dict[str, Any] | None) -> Answer | None:
    if galaxy is None:
        return None
    aliases = galaxy["aliases"][:LISTED]
    return {"name": galaxy["name"], "aliases": aliases, "country_name": galaxy["country_name"]}


def _beside(kind: str, other: dict[str, Any]) -> Answer:
    return {"kind": kind, "name": other["name"], "threads": other["threads"]}


def _naming(store: Store, kind: entities.EntityKind, found: dict[str, Any]) -> list[Answer]:
    """Its threads, each with the fact that names it; an outlet's with one of its titles."""
    ids = [row["id"] for row in found["threads"]]
    if kind == "source":
        titles = _titles(store, ids, found["slug"])
        return [
            {**parts.summary(row), "said": None, "quotes": titles.get(row["id"], [])}
            for row in found["threads"]
        ]
    names = {slug(name) or name for name in (found["slug"], found["name"], *found["forms"])}
    details = store.details(ids)
    said = {id_: _said(details.get(id_, ()), kind, names) for id_ in ids}
    cited = {d.lead.claim.sentence.article for d in said.values() if d is not None}
    articles = store.articles(sorted(cited))
    return [
        {
            **parts.summary(row),
            "said": _fact(detail, articles) if (detail := said[row["id"]]) else None,
            "quotes": [],
        }
        for row in found["threads"]
    ]


def _said(details: Sequence[Detail], kind: str, names: set[str]) -> Detail | None:
    """The fact that names it; under a name that only the article knows, the first of its kind."""
    own = [detail for detail in details if detail.field == kind]
    named = (d for d in own if {slug(str(d.value)) or str(d.value)} & names)
    return next(named, own[0] if own else None)


def _fact(detail: Detail, articles: Mapping[int, Article]) -> Answer:
    return {
        "field": detail.field,
        "label": detail.label,
        "value": detail.value,
        "in_words": in_words(detail.field, detail.value, detail.bound),
        "bound": detail.bound,
        "status": detail.status,
        "asserter": detail.asserter,
        "evidence": parts.quote(evidence(detail.lead.claim.sentence, articles)),
    }


def _titles(store: Store, ids: Sequence[str], name: str) -> dict[str, list[Answer]]:
    """By thread, the title of the outlet's newest report in it."""
    found = {}
    for id_, members in store.members(list(ids)).items():
        own = [m.article for m in members if slug(m.article.source) == name and m.article.title]
        if own:
            newest = max(own, key=lambda article: article.at)
            words = {"url": newest.url, "outlet": outlet(newest), "quote": newest.title}
            found[id_] = [parts.quote({**words, "in": "title", "start": 0,
                                       "end": len(newest.title)})]  # fmt: skip
    return found
