"""The closed vocabularies: kinds, sections, statuses, fields, states, relations.

In: nothing. Out: `Literal` types, and tuples of what they hold.
"""

from __future__ import annotations

from typing import Final, Literal, get_args

Kind = Literal[
    "breach", "supply-chain", "vulnerability", "malware", "campaign", "law", "policy", "other"
]
Section = Literal[
    "Breaches",
    "Ransomware",
    "Supply chain",
    "Vulnerabilities",
    "Malware and campaigns",
    "Law and enforcement",
    "Policy",
    "Other",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
INCIDENTS: Final[tuple[Kind, ...]] = ("breach", "supply-chain")
"""Kinds that are an incident, whoever is named."""
OPENING: Final[tuple[Kind, ...]] = (*INCIDENTS, "campaign")
"""What the wire opens on; campaigns only where they name a victim."""
SECTIONS: Final[tuple[Section, ...]] = get_args(Section)
SECTION_OF_KIND: Final[dict[Kind, Section]] = {
    "breach": "Breaches",
    "supply-chain": "Supply chain",
    "vulnerability": "Vulnerabilities",
    "malware": "Malware and campaigns",
    "campaign": "Malware and campaigns",
    "law": "Law and enforcement",
    "policy": "Policy",
    "other": "Other",
}
"""A breach whose ledger names ransomware goes to "Ransomware" instead (`nlp.kind.section_of`)."""

ArchiveKind = Literal["start", "feed", "older", "paged", "sitemap", "guess"]
"""How a document of a site's past was come by: named by the operator, by a site as its feed, by a
feed as older, guessed by WordPress's rule, named as a sitemap, guessed to be one."""
Where = Literal["title", "text", "published"]
Status = Literal["claimed", "reported", "confirmed", "denied", "disputed"]
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
AsserterKind = Literal["victim", "attacker", "authority", "researcher", "outlet", "third_party"]
Basis = Literal["statement", "filing", "leak_site", "court", "research", "report"]
Bound = Literal["exact", "at_least", "at_most", "about", "placeholder"]
Field = Literal[
    "victim",
    "actor",
    "third_party",
    "affected",
    "volume",
    "data_type",
    "attack_type",
    "cve",
    "money",
    "date",
    "response",
]
FIELDS: Final[tuple[Field, ...]] = get_args(Field)
Role = Literal["first_report", "report", "follow_up", "copy", "mention"]
TextFrom = Literal["page", "feed"]
FeedState = Literal["new", "ok", "failing", "gone"]
"""new: never answered yet. ok: the last poll gave a feed or a 304. failing: the last poll did not.
gone: the server said 410; polled no more."""
PageState = Literal["unknown", "ok", "refused", "thin"]
"""Of an article's page: unknown (not asked, as with imports), ok (its text serves), refused (an
error status, robots.txt or the network said no), thin (empty, or less than the feed's own text)."""
ArticleState = Literal["stored", "threaded", "claimed"]
"""How far an article is: text and search row stored; embedded and placed; claims extracted."""
ThreadState = Literal["developing", "settling", "settled"]
Author = Literal["extractive", "model", "editor"]
"""Who writes a statement: our own code from the sources' words, a language model, a person."""
StatementKind = Literal["quoted", "stated", "inferred", "glossary", "notice"]
BriefSection = Literal[
    "headline",
    "signal_summary",
    "eli5",
    "deep_analysis",
    "impact_assessment",
    "optimistic_outlook",
    "pessimistic_outlook",
    "timeline",
]
Relation = Literal[
    "same_incident",
    "same_storyline",
    "same_victim",
    "same_supplier",
    "same_flaw",
    "same_actor",
    "similar",
]
