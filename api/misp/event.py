"""A thread → a MISP event: its facts as attributes with first and last seen, its names as galaxies.

In: a thread's material. Out: a `MISPEvent`. Every attribute says how sure it is (tags) and whose
word it is, with the quote (comment); none is marked for detection (`to_ids`), since nobody has
checked it. All claims stand in the event's report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from pymisp import MISPEvent, MISPEventReport, MISPOrganisation

from api.briefs import outlet
from api.exported import Material, changed
from api.links import web
from api.markdown import address, escaped
from api.services import unlisted
from api.stix.codes import TECHNIQUES
from api.stix.ids import Ids
from api.values import in_words
from breachwire.model import Detail, Indicator, KnownActor, LedgerClaim, Status
from breachwire.store import slug

TLP: Final = "tlp:clear"
CONFIDENCE: Final[dict[Status, str]] = {
    "denied": "unconfident",
    "claimed": "rarely-confident",
    "disputed": "rarely-confident",
    "reported": "fairly-confident",
    "confirmed": "usually-confident",
}
"""Of the taxonomy `misp`, confidence-level."""
_TYPES: Final = {
    "victim": ("Targeting data", "target-org"),
    "actor": ("Attribution", "threat-actor"),
    "cve": ("External analysis", "vulnerability"),
}
"""Category and type, by field; other facts are texts."""
_INDICATORS: Final = {
    "cve": ("External analysis", "vulnerability"),
    "domain": ("Network activity", "domain"),
    "ipv4": ("Network activity", "ip-dst"),
    "ipv6": ("Network activity", "ip-dst"),
    "url": ("Network activity", "url"),
    "md5": ("Payload delivery", "md5"),
    "sha1": ("Payload delivery", "sha1"),
    "sha256": ("Payload delivery", "sha256"),
    "package": ("Payload delivery", "text"),
}
_UNDEFINED: Final = 4
_ONGOING: Final = 1
KnownBy = Callable[[str], KnownActor | None]


@dataclass
class Writer:
    """Makes the events of one service."""

    ids: Ids
    pages: str = ""
    """Where the wire is read; empty: no link to it."""
    known: KnownBy = unlisted
    demo: bool = False
    """The stories are invented, and each event says so."""
    org: MISPOrganisation = field(default_factory=MISPOrganisation)

    def __post_init__(self) -> None:
        name = f"Breachwire at {self.ids.host}" if self.ids.host else "Breachwire"
        self.org.from_dict(name=name, uuid=self.ids.uuid("identity", "producer"))

    def uuid(self, thread: str) -> str:
        """Of a thread's event, for ever."""
        return self.ids.uuid("misp", thread)

    def event(self, thread: Material) -> MISPEvent:
        """The whole of it."""
        own, found = thread.thread, MISPEvent()
        found.from_dict(
            uuid=self.uuid(own.id),
            info=" ".join(own.headline.split()) or "Untitled thread",
            date=own.first_at.date().isoformat(),
            timestamp=_seconds(thread.modified),
            publish_timestamp=_seconds(thread.modified),
            published=True,
            analysis=_ONGOING,
            threat_level_id=_UNDEFINED,
        )
        found.Orgc = self.org
        for tag in self._tags(thread):
            found.add_tag(tag)
        seen: set[tuple[str, str, str]] = set()
        for given in (*self._facts(thread), *self._links(thread), *self._indicators(thread)):
            key = (given["category"], given["type"], given["value"])
            # MISP takes a value once an event; the fact that leads stands first.
            if key not in seen and given["value"]:
                seen.add(key)
                self._add(found, thread, given)
        found.EventReport = [self._report(thread)]
        return found

    def _add(self, event: MISPEvent, thread: Material, given: dict[str, Any]) -> None:
        tags = given.pop("tags", ())
        id_ = self.ids.uuid("misp", thread.thread.id, given["type"], given["value"])
        attribute = event.add_attribute(**given, uuid=id_, to_ids=False)
        # Several at once come back only where several values were given.
        for one in attribute if isinstance(attribute, list) else [attribute]:
            for tag in tags:
                one.add_tag(tag)

    def _tags(self, thread: Material) -> Iterator[str]:
        """TLP, how sure it is that it happened, what the source is, and galaxies."""
        yield TLP
        yield 'osint:source-type="news-report"'
        yield f'breachwire:kind="{thread.thread.kind}"'
        if self.demo:
            yield "breachwire:invented-demonstration"
        leading = [d for d in thread.details if d.field in ("victim", "attack_type")]
        if leading:
            first = min(leading, key=lambda d: d.field != "victim")
            yield from _sure(first.status)
        yield from dict.fromkeys(self._galaxies(thread))

    def _galaxies(self, thread: Material) -> Iterator[str]:
        for detail in thread.details:
            if detail.status == "denied":
                continue
            actor = self.known(slug(str(detail.value))) if detail.field == "actor" else None
            if actor:
                yield f'misp-galaxy:threat-actor="{actor.name}"'
            name, technique = TECHNIQUES.get(str(detail.value), ("", None))
            if detail.field == "attack_type" and technique:
                yield f'misp-galaxy:mitre-attack-pattern="{name} - {technique}"'
            if detail.field == "victim" and detail.party and detail.party.sector:
                yield f'misp-galaxy:sector="{detail.party.sector.value}"'

    def _facts(self, thread: Material) -> Iterator[dict[str, Any]]:
        for detail in thread.details:
            said = [claim.said_at for claim in detail.claims]
            category, type_ = ("External analysis", "text")
            if detail.status != "denied":  # a firm that says it was not hit is no target
                category, type_ = _TYPES.get(detail.field, (category, type_))
            told = in_words(detail.field, detail.value, detail.bound)
            told += ", denied" if detail.status == "denied" else ""
            yield {
                "category": category,
                "type": type_,
                "value": str(detail.value) if type_ != "text" else f"{detail.label}: {told}",
                "comment": _comment(thread, detail),
                "timestamp": _seconds(changed(thread, detail)),
                "first_seen": min(said).isoformat(),
                "last_seen": max(said).isoformat(),
                "disable_correlation": type_ == "text",
                "tags": list(_sure(detail.status)),
            }
        for line in thread.storylines:
            yield {
                "category": "Attribution",
                "type": "campaign-name",
                "value": line.label,
                "comment": line.reason,
                "timestamp": _seconds(thread.created),
                "disable_correlation": False,
            }

    def _links(self, thread: Material) -> Iterator[dict[str, Any]]:
        """The thread's page, then its articles."""
        common = {"category": "External analysis", "type": "link", "disable_correlation": False}
        if self.pages:
            page = f"{self.pages}/wire/{thread.thread.id}"
            at = _seconds(thread.created)
            yield {**common, "value": page, "comment": "The thread on the wire", "timestamp": at}
        for article in (member.article for member in thread.members):
            if there := web(article.url):
                yield {
                    **common,
                    "value": there,
                    "comment": " ".join(f"{outlet(article)}: {article.title}".split()),
                    "timestamp": _seconds(article.first_seen_at),
                    "first_seen": article.at.isoformat(),
                    "last_seen": article.at.isoformat(),
                }

    def _indicators(self, thread: Material) -> Iterator[dict[str, Any]]:
        """One a value, from the first article that gives it to the last."""
        merged: dict[tuple[str, str], list[Indicator]] = {}
        for one in thread.indicators:
            merged.setdefault((one.type, one.value), []).append(one)
        for (type_, value), some in merged.items():
            if type_ in _INDICATORS:
                category, name = _INDICATORS[type_]
                articles = [thread.articles[one.evidence.article] for one in some]
                yield {
                    "category": category,
                    "type": name,
                    "value": value,
                    "comment": f"Not checked: {some[0].sentence.quote}",
                    "timestamp": _seconds(max(a.first_seen_at for a in articles)),
                    "first_seen": min(a.at for a in articles).isoformat(),
                    "last_seen": max(a.at for a in articles).isoformat(),
                    "disable_correlation": False,
                    "tags": list(_sure("reported")),
                }

    def _report(self, thread: Material) -> MISPEventReport:
        """Every claim in Markdown, the newest first."""
        report = MISPEventReport()
        lines = [_line(thread, said) for said in thread.claims
                 if said.claim.evidence.article in thread.articles]  # fmt: skip
        report.from_dict(
            uuid=self.ids.uuid("misp report", thread.thread.id),
            name="Who claims what",
            content="\n".join(["# Who claims what", "", *lines]),
            timestamp=_seconds(thread.modified),
            deleted=False,
        )
        return report


def _sure(status: Status) -> tuple[str, str]:
    return (f'misp:confidence-level="{CONFIDENCE[status]}"', f'breachwire:status="{status}"')


def _comment(thread: Material, detail: Detail) -> str:
    """Status, whose word, the words."""
    article = thread.articles.get(detail.lead.claim.evidence.article)
    by = f", {detail.asserter}" if detail.asserter else ""
    of = f" ({outlet(article)})" if article else ""
    note = f" {detail.note}" if detail.note else ""
    words = " ".join(detail.lead.claim.sentence.quote.split())
    return f"{detail.label}, {detail.status}{by}: “{words}”{of}{note}"


def _line(thread: Material, said: LedgerClaim) -> str:
    claim, article = said.claim, thread.articles[said.claim.evidence.article]
    value = escaped(in_words(claim.field, claim.value, claim.bound))
    by = f", {escaped(claim.asserter)}" if claim.asserter else ""
    words = escaped(" ".join(claim.sentence.quote.split()))
    source = escaped(outlet(article))
    if there := web(article.url):
        source = f"[{source}]({address(there)})"
    day = said.said_at.date().isoformat()
    name = claim.field.replace("_", " ")
    return f"- {name}: {value} ({claim.status}{by}): “{words}” ({source}, {day})"


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
