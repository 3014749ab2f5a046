"""A thread's facts → who and what they name (Identity, Threat Actor, Vulnerability, Malware, Attack
Pattern) and how that hangs together with the incident (Relationship).

In: a maker, a thread's material. Out: stix2 objects. A fact that is only denied, or that no source
says any more, has its Relationship revoked: Note and Opinion say what was said. A name across
threads is one object with one id; what has no name ("a county hospital") belongs to its thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from api.exported import Material, changed
from api.links import entity_path
from api.stix import codes
from api.stix.claims import note_id
from api.stix.ids import EVER
from api.stix.maker import Maker, Object
from breachwire.model import Detail, Entity, PartyKind
from breachwire.store import slug

_VERBS: Final = {
    "victim": "targets",
    "actor": "attributed-to",
    "third_party": "related-to",
    "cve": "targets",
    "attack_type": "uses",
}
"""What a Relationship from the incident is called, by field."""
_ATTACK: Final = "https://attack.mitre.org/techniques/"


def named(maker: Maker, thread: Material, detail: Detail) -> list[Object]:
    """What a fact names; empty for figures, dates and the like."""
    if detail.field in ("victim", "third_party"):
        return [_identity(maker, thread, detail)]
    if detail.field == "actor":
        return [_actor(maker, thread, detail)]
    if detail.field == "cve":
        return [vulnerability(maker, str(detail.value))]
    if detail.field == "attack_type":
        return list(_attack(maker, thread, str(detail.value)))
    return []


def relationship(
    maker: Maker, thread: Material, detail: Detail, incident: str, target: Object
) -> Object:
    """Incident → what a fact names, with the fact's status, whose word it is, and its claims;
    revoked where all that is said of it is that it is not so."""
    verb = _VERBS[detail.field]
    return maker.make(
        "relationship",
        (thread.thread.id, detail.field, target["id"]),
        created=thread.created,
        modified=changed(thread, detail),
        relationship_type=verb,
        source_ref=incident,
        target_ref=target["id"],
        revoked=True if detail.status == "denied" else None,
        confidence=codes.CONFIDENCE[detail.status],
        ledger={"about": "fact", "thread": thread.thread.id, **told(maker, thread, detail)},
    )


def withdrawn(maker: Maker, thread: Material, incident: str) -> Iterator[Object]:
    """The Relationships of facts that no source says any more, revoked, newest first."""
    for change in thread.changes:
        if change.after is None and change.before and change.field in _VERBS:
            for target in _targets(maker, thread, change.field, str(change.before.value)):
                yield maker.make(
                    "relationship",
                    (thread.thread.id, change.field, target),
                    created=thread.created,
                    modified=change.at,
                    revoked=True,
                    relationship_type=_VERBS[change.field],
                    source_ref=incident,
                    target_ref=target,
                )


def _targets(maker: Maker, thread: Material, field: str, value: str) -> list[str]:
    """Ids of what a fact that is gone named: by its name, since it may be in no thread now."""
    of, own = maker.ids.of, thread.thread.id
    if field == "attack_type":
        return [
            *([of("malware", own, value)] if value in codes.MALWARE_TYPES else []),
            *([of("attack-pattern", value)] if value in codes.TECHNIQUES else []),
        ]
    if field == "cve":
        return [of("vulnerability", value)]
    kind: PartyKind = "actor" if field == "actor" else "victim"
    known = maker.entity(kind, value)
    type_ = "threat-actor" if field == "actor" else "identity"
    return [of(type_, known.slug if known else slug(value))]


def told(maker: Maker, thread: Material, detail: Detail) -> dict[str, Any]:
    """A fact as the extension has it; `claims` are the ids of its Notes."""
    found = {
        "field": detail.field,
        "label": detail.label,
        "value": detail.value,
        "bound": detail.bound,
        "status": detail.status,
        "asserter": detail.asserter or None,
        "since": detail.since.isoformat(),
        "note": detail.note or None,
        "claims": list(dict.fromkeys(note_id(maker, thread, c.claim) for c in detail.claims)),
    }
    return {name: value for name, value in found.items() if value is not None}


def _identity(maker: Maker, thread: Material, detail: Detail) -> Object:
    """A victim or supplier. One that is named is called an organization: the wire tells people
    and firms not apart."""
    name = str(detail.value)
    # A firm is a victim here and a supplier there: it is one identity.
    known = (maker.entity("victim", name) or maker.entity("third_party", name)
             if detail.party else None)  # fmt: skip
    if known is None:
        return _unnamed(maker, thread, "identity", name, identity_class="unspecified")
    sector = codes.SECTORS.get(known.sector.value) if known.sector else None
    return maker.make(
        "identity",
        (known.slug,),
        created=EVER,
        modified=known.last_said,
        name=known.name,
        identity_class="organization",
        sectors=[sector] if sector else None,
        external_references=_page(maker, known),
    )


def _actor(maker: Maker, thread: Material, detail: Detail) -> Object:
    name = str(detail.value)
    known = maker.entity("actor", name) if detail.party else None
    if known is None:
        return _unnamed(maker, thread, "threat-actor", name)
    return maker.make(
        "threat-actor",
        (known.slug,),
        created=EVER,
        modified=known.last_said,
        name=known.name,
        aliases=list(known.forms),
        external_references=_page(maker, known),
    )


def _unnamed(maker: Maker, thread: Material, type_: str, name: str, **fields: Any) -> Object:
    """Who has no name across threads: an object of this thread alone."""
    return maker.make(
        type_,
        ("in thread", thread.thread.id, name),
        created=thread.created,
        modified=thread.created,
        name=name,
        **fields,
    )


def _page(maker: Maker, known: Entity) -> list[dict[str, str]]:
    page = maker.page(entity_path(known.kind, known.slug))
    return [{"source_name": "Breachwire", "url": page}] if page else []


def vulnerability(maker: Maker, cve: str) -> Object:
    """The same in every bundle: a CVE's number is all that we say of it."""
    return maker.make(
        "vulnerability",
        (cve,),
        created=EVER,
        modified=EVER,
        name=cve,
        external_references=[{"source_name": "cve", "external_id": cve}],
    )


def _attack(maker: Maker, thread: Material, kind: str) -> Iterator[Object]:
    if kind in codes.MALWARE_TYPES:
        yield maker.make(
            "malware",
            (thread.thread.id, kind),
            created=thread.created,
            modified=thread.created,
            name=f"{kind}, no family named",
            is_family=False,
            malware_types=[codes.MALWARE_TYPES[kind]],
        )
    if kind in codes.TECHNIQUES:
        name, technique = codes.TECHNIQUES[kind]
        yield attack_pattern(maker, name, technique, kind)


def attack_pattern(maker: Maker, name: str, technique: str | None, key: str) -> Object:
    """A technique; with ATT&CK's number where it has one for just that."""
    reference = technique and {
        "source_name": "mitre-attack",
        "external_id": technique,
        "url": _ATTACK + technique.replace(".", "/"),
    }
    return maker.make(
        "attack-pattern",
        (key,),
        created=EVER,
        modified=EVER,
        name=name,
        external_references=[reference] if reference else None,
    )
