"""A thread → its Report and, where somebody was hit, its Incident; a storyline → its Campaign.

In: a maker, a thread's material. Out: stix2 objects. Threads that were merged into another one are
revoked in that one's bundle.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.briefs import outlet
from api.exported import Material, born
from api.links import storyline_path, web
from api.stix import codes
from api.stix.facts import told
from api.stix.ids import EVER, millisecond
from api.stix.maker import INCIDENT_CORE, Maker, Object
from api.values import in_words
from breachwire.model import INCIDENTS, Detail, Status, Storyline, Thread

_UNTITLED = "Untitled thread"


def is_incident(thread: Material) -> bool:
    """Whether somebody was hit, or is said to have been."""
    return thread.thread.kind in INCIDENTS or any(d.field == "victim" for d in thread.details)


def report(maker: Maker, thread: Material, refs: Sequence[str]) -> Object:
    """The thread, pointing at all that its bundle tells."""
    own = thread.thread
    return maker.make(
        "report",
        (own.id,),
        created=thread.created,
        modified=thread.modified,
        name=own.headline or _UNTITLED,
        description=_described(thread),
        report_types=[codes.REPORT_TYPES.get(own.kind, "threat-report")],
        published=millisecond(own.first_at),
        object_refs=list(refs) or [maker.producer.id],
        external_references=_reporting(maker, thread),
        ledger=_thread(maker, thread),
    )


def incident(maker: Maker, thread: Material) -> Object:
    """What happened, as sure as its leading facts are."""
    status = standing(thread.details)
    kinds = [str(d.value) for d in thread.details
             if d.field == "attack_type" and d.status != "denied"]  # fmt: skip
    core = {
        "extension_type": "property-extension",
        "determination": codes.DETERMINATION[status or "reported"],
        "investigation_status": (
            "open" if any(d.field == "response" for d in thread.details) else "new"
        ),
        "incident_types": list(
            dict.fromkeys(codes.INCIDENT_TYPES[k] for k in kinds if k in codes.INCIDENT_TYPES)
        ),
        "detection_methods": [codes.DETECTION[status]]
        if status and status in codes.DETECTION
        else [],
    }
    return maker.make(
        "incident",
        (thread.thread.id,),
        created=thread.created,
        modified=thread.modified,
        name=thread.thread.headline or _UNTITLED,
        description=_described(thread),
        confidence=codes.CONFIDENCE[status] if status else None,
        external_references=_reporting(maker, thread),
        extensions={INCIDENT_CORE: {name: value for name, value in core.items() if value}},
        ledger=_thread(maker, thread),
    )


def campaign(maker: Maker, storyline: Storyline) -> Object:
    """A storyline; a thread that joins it makes a version."""
    page = maker.page(storyline_path(storyline.id))
    return maker.make(
        "campaign",
        (storyline.id,),
        created=EVER,
        modified=max([EVER, *map(born, storyline.threads)]),
        name=storyline.label or storyline.id,
        description=storyline.reason,
        external_references=[{"source_name": "Breachwire", "url": page}] if page else None,
    )


def merged(maker: Maker, thread: Material, gone: Thread) -> list[Object]:
    """The last version of a thread that is a part of this one now."""
    at = max([thread.created, *(edit.at for edit in thread.edits)])
    common: dict[str, Any] = {
        "created": born(gone.id),
        "modified": at,
        "revoked": True,
        "name": gone.headline or _UNTITLED,
        "ledger": {
            "about": "thread",
            "thread": gone.id,
            "kind": gone.kind,
            "articles": 0,
            "origins": 0,
            "headline_by": "extractive",
            "merged_into": thread.thread.id,
        },
    }
    refs = [maker.ids.of("report", thread.thread.id)]
    return [
        maker.make(
            "report", (gone.id,), published=millisecond(gone.first_at), object_refs=refs, **common
        ),
        maker.make("incident", (gone.id,), **common),
    ]


def standing(details: Sequence[Detail]) -> Status | None:
    """Of the leading victim, else of the leading kind of attack: how sure the incident is."""
    for field in ("victim", "attack_type"):
        for detail in details:
            if detail.field == field:
                return detail.status
    return None


def _thread(maker: Maker, thread: Material) -> dict[str, Any]:
    own = thread.thread
    return {
        "about": "thread",
        "thread": own.id,
        "kind": own.kind,
        "articles": own.articles,
        "origins": own.origins,
        "status": standing(thread.details),
        "headline_by": thread.headline[0],
        "facts": [told(maker, thread, detail) for detail in thread.details],
    }


def _described(thread: Material) -> str:
    """The facts in words, each with its status and whose word it is."""
    lines = []
    for detail in thread.details:
        by = f", {detail.asserter}" if detail.asserter else ""
        value = in_words(detail.field, detail.value, detail.bound)
        lines.append(f"{detail.label}: {value} ({detail.status}{by})")
    return "\n".join(lines)


def _reporting(maker: Maker, thread: Material) -> list[dict[str, str]]:
    """The thread's page, then its articles, oldest first."""
    page = maker.page(f"/wire/{thread.thread.id}")
    own = [{"source_name": "Breachwire", "external_id": thread.thread.id,
            **({"url": page} if page else {})}]  # fmt: skip
    for article in (member.article for member in thread.members):
        address = web(article.url)
        own.append({"source_name": outlet(article), **({"url": address} if address else {}),
                    "description": article.title or outlet(article)})  # fmt: skip
    return own
