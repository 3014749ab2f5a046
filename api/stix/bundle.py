"""Threads → STIX 2.1 bundles, the same bytes as long as the ledger is the same.

In: a store, threads, the service's addresses. Out: bundles as JSON. Objects stand in the order of a
thread's facts; those that every bundle has come first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

import stix2

from api.exported import Material, read
from api.stix import claims, facts, indicators, reports
from api.stix.maker import Maker, Object
from breachwire.errors import NotFoundError
from breachwire.model import Claim, Detail, Thread
from breachwire.store import Store, slug


def bundle(store: Store, thread: Thread, **addresses: Any) -> bytes:
    """One thread's; `addresses` as `Maker` takes them. Raises NotFoundError for a thread without
    any article."""
    for body in bundles(store, [thread], **addresses):
        return body
    raise NotFoundError("thread", thread.id)


def bundles(store: Store, threads: Sequence[Thread], **addresses: Any) -> Iterator[bytes]:
    """One a thread, in their order; a name that several have is looked up once."""
    maker = Maker(store, **addresses)
    for material in read(store, threads):
        yield _written(maker, material.thread.id, objects(maker, material))


def of_threads(store: Store, threads: Sequence[Thread], name: str, **addresses: Any) -> bytes:
    """All of a selection in one bundle, each object once, in its newest version."""
    maker = Maker(store, **addresses)
    found = chain.from_iterable(objects(maker, material) for material in read(store, threads))
    return _written(maker, name, found)


def objects(maker: Maker, thread: Material) -> Iterator[Object]:
    """All of a thread but for what every bundle has; its Report last but for what is revoked."""
    incident = [reports.incident(maker, thread)] if reports.is_incident(thread) else []
    about = [maker.ids.of("report", thread.thread.id), *(one["id"] for one in incident)]
    told = [
        *incident,
        *_facts(maker, thread, incident),
        *_campaigns(maker, thread, incident),
        *_indicators(maker, thread, incident),
        *claims.notes(maker, thread, about),
    ]
    told += _opinions(maker, thread, about, told)
    told = _newest(told)
    yield from told
    yield reports.report(maker, thread, [one["id"] for one in told])
    for gone in thread.gone:
        yield from reports.merged(maker, thread, gone)


def _facts(maker: Maker, thread: Material, incident: Sequence[Object]) -> Iterator[Object]:
    for detail in thread.details:
        for one in facts.named(maker, thread, detail):
            yield one
            if incident:
                yield facts.relationship(maker, thread, detail, incident[0]["id"], one)
    for one in incident:
        yield from facts.withdrawn(maker, thread, one["id"])


def _campaigns(maker: Maker, thread: Material, incident: Sequence[Object]) -> Iterator[Object]:
    for line in thread.storylines:
        campaign = reports.campaign(maker, line)
        yield campaign
        for one in incident:
            yield _related(maker, thread, one, campaign)


def _indicators(maker: Maker, thread: Material, incident: Sequence[Object]) -> Iterator[Object]:
    for found in indicators.objects(maker, thread):
        yield found
        for one in incident:
            yield _related(maker, thread, found, one)


def _related(maker: Maker, thread: Material, source: Object, target: Object) -> Object:
    return maker.make(
        "relationship",
        (thread.thread.id, source["id"], target["id"]),
        created=thread.created,
        modified=thread.created,
        relationship_type="related-to",
        source_ref=source["id"],
        target_ref=target["id"],
    )


def _opinions(
    maker: Maker, thread: Material, about: Sequence[str], told: Sequence[Object]
) -> Iterator[Object]:
    """What a denial denies: the fact's Relationship where it has one, else the incident."""
    there = {one["id"] for one in told if one["type"] == "relationship" and not one.get("revoked")}
    for said in claims.denials(thread):
        denied = [
            link
            for detail in thread.details
            if any(c.claim == said.claim for c in detail.claims)
            for one in facts.named(maker, thread, detail)
            if (link := maker.ids.of("relationship", thread.thread.id, detail.field, one["id"]))
            in there
        ]
        by = _denying(maker, thread, said.claim)
        yield claims.opinion(maker, thread, said, denied or about[-1:], by)


def _denying(maker: Maker, thread: Material, claim: Claim) -> str | None:
    """The victim whose denial it is: the one that is named, or the only one there is."""
    victims = [d for d in thread.details if d.field == "victim"]
    if claim.asserter_kind != "victim":
        return None
    named = [d for d in victims if slug(claim.asserter or "") in _spellings(d)]
    for detail in named or (victims if len(victims) == 1 else []):
        return str(facts.named(maker, thread, detail)[0]["id"])
    return None


def _spellings(detail: Detail) -> set[str]:
    return {
        slug(form) for form in (str(detail.value), *(detail.party.forms if detail.party else ()))
    }


def _newest(found: Iterable[Object]) -> list[Object]:
    """Each id once, in its newest version, where it stood first."""
    kept: dict[str, Object] = {}
    for one in found:
        if one["id"] not in kept or one.get("modified", 0) > kept[one["id"]].get("modified", 0):
            kept[one["id"]] = one
    return list(kept.values())


def _written(maker: Maker, name: str, found: Iterable[Object]) -> bytes:
    told = stix2.v21.Bundle(
        id=maker.ids.of("bundle", name), objects=[*maker.common, *_newest(found)]
    )
    # Lone surrogates are no UTF-8.
    text: str = told.serialize(indent=1)
    return text.encode("utf-8", "replace") + b"\n"
