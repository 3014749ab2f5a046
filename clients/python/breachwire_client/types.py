"""The shapes of the API's answers: made of docs/openapi.json by `make openapi`.

A name that Python has for itself has an underscore behind it: `in_`, `from_`. Choices may grow: a
newer service may answer with one that isn't listed here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, TypedDict

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
Kind = Literal[
    "breach", "supply-chain", "vulnerability", "malware", "campaign", "law", "policy", "other"
]
Status = Literal["claimed", "reported", "confirmed", "denied", "disputed"]
State = Literal["developing", "settling", "settled"]
Bound = Literal["exact", "at_least", "at_most", "about", "placeholder"]
Modes = Literal["exact", "text", "semantic"]
TextFrom = Literal["page", "feed"]
Relation = Literal[
    "same_incident",
    "same_storyline",
    "same_victim",
    "same_supplier",
    "same_flaw",
    "same_actor",
    "similar",
]
Events = Literal["thread.created", "thread.changed", "thread.corrected", "thread.merged"]
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

ThreadSort = Literal["updated", "first", "articles", "origins"]
"""Newest or most first."""

SearchSort = Literal["relevance", "recent"] | Literal["updated", "first", "articles", "origins"]
"""Best; recent: best, newer preferred; newest or most first."""

EntityKind = Literal["victim", "actor", "third_party", "cve", "source"]
"""What it is."""

Table = Literal["threads", "claims", "entities", "timelines"]
"""What a row is."""

TableForm = Literal["csv", "jsonl", "parquet"]
"""How it is written."""


class Filters(TypedDict, total=False):
    """Which threads: all that are given hold."""

    section: Section | None
    """Section of the wire."""
    kind: list[Kind] | None
    """Kinds; repeat for several."""
    since: str | None
    """A report came in since: ISO date or time, or 24h, 7d."""
    until: str | None
    """First report before this time."""
    source: str | None
    """Outlet of any member."""
    victim: str | None
    """Victim."""
    actor: str | None
    """Who did it."""
    third_party: str | None
    """Supplier it came through."""
    sector: str | None
    """Sector of any party."""
    attack_type: str | None
    """How."""
    data_type: str | None
    """What data."""
    cve: str | None
    """CVE id."""
    status: Status | None
    """Of any leading detail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleAnswer:
    """What is known of an article; its text stays with its outlet."""

    id: str
    """Id as evidence names it."""
    url: str
    """At the outlet."""
    title: str
    """Its title."""
    lead: str
    """Its summary, at most 300 characters."""
    authors: list[str]
    """Original authors as the article names them."""
    outlet: str
    """Outlet."""
    family: str
    """Publisher family."""
    published: datetime | None
    """Publication as the source says."""
    first_seen_at: datetime
    """When it was first seen."""
    language: str
    """BCP 47, empty where unknown."""
    text_from: TextFrom
    """Where the stored text is from."""
    page: Literal["unknown", "ok", "refused", "thin"]
    """Whether the article's page could be read."""
    page_note: str
    """Why the feed's text serves, where it does."""
    revision: int
    """How often its text changed, counted from 1."""
    thread: str | None
    """The thread it is in; null: in none (a roundup)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefVersion:
    """One version of a brief: what the page showed then, ledger and coverage aside."""

    thread: str
    """The thread's id."""
    version: int
    """Counted from 1."""
    url: str
    """Its page, for ever."""
    current_url: str
    """The thread's page."""
    superseded: Superseded | None
    """What followed it; null: it is the latest."""
    merged_into: str | None
    """Where its thread was merged into."""
    headline: WireStatement
    """Its headline."""
    section: Section
    """Section of the wire."""
    analysis: WireAnalysis
    """Who wrote it."""
    disclosure: WireDisclosure
    """How it was made."""
    signal_summary: list[WireStatement]
    """At most 30 words."""
    eli5: list[WireStatement]
    """Plain words."""
    deep_analysis: list[list[WireStatement]]
    """Three paragraphs."""
    impact_assessment: list[WireStatement]
    """What it means, as analysis."""
    optimistic_outlook: list[WireStatement]
    """How it may turn out well."""
    pessimistic_outlook: list[WireStatement]
    """How it may turn out badly."""
    timeline: list[WireTime]
    """By date of the event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeData:
    """A fact that stands otherwise, as /threads/{id}/changes states it."""

    id: str
    """Of the change, for ever."""
    field: Field
    """Which fact."""
    label: str
    """The same for people."""
    before: str | None
    """As it stood with its status; null: new."""
    after: str | None
    """As it stands with its status; null: withdrawn."""
    text: str
    """Both in a line."""
    day: date
    """When it was said."""
    edited: bool
    """Whether an article was edited after we had read it."""
    status: Status | None
    """How it stands now; null: withdrawn."""
    asserter: str | None
    """Whose word that is; null: the outlets' own, or not named."""
    evidence: list[QuoteTold]
    """The words that it rests on, each with its outlet and address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeList:
    """What changed in a thread."""

    thread: str
    """The thread's id."""
    since: datetime | None
    """The time asked for; null: from the start."""
    changes: list[WireChange]
    """Newest first."""
    next: str | None
    """Cursor of the page before; null: that was all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedData:
    """What one article changed in the ledger at one time."""

    thread: str
    """Permanent id."""
    url: str
    """Address of its page; `.json` behind it is the wire format."""
    headline: str
    """As on its page at this moment."""
    section: Section
    """Of the wire."""
    kind: Kind
    """What it is about."""
    disclosure: HeadlineMark
    """Who or what wrote the headline."""
    changes: list[ChangeData]
    """The leading one first, at most 12."""
    more: int
    """How many more the same article made; all of them are at /threads/{id}/changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedStatement:
    """A sentence before and after."""

    before: WireStatement
    """As it was."""
    after: WireStatement
    """As it is."""
    words: list[WordRun]
    """Word by word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckData:
    """Nothing happened."""

    text: str
    """For people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradicted:
    """A figure of the text asked about that is not the thread's leading one."""

    field: Field
    """As in key details."""
    label: str
    """For people."""
    yours: YourFigure
    """What the text says."""
    value: Any
    """The leading figure."""
    bound: Bound | None
    """How exact it is."""
    in_words: str
    """As people read it."""
    status: Status
    """Of the leading figure."""
    asserter: str | None
    """Whose word it is."""
    earlier: bool
    """An article gave the text's figure too: it may be out of date."""
    evidence: EntityQuote
    """The sentence of the leading figure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedArticle:
    """The article that was corrected."""

    article: str
    """Id."""
    outlet: str
    """Outlet."""
    title: str
    """Title."""
    url: str
    """At the outlet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedData:
    """Corrections of one article that were seen at one time."""

    thread: str
    """Permanent id."""
    url: str
    """Address of its page; `.json` behind it is the wire format."""
    headline: str
    """As on its page at this moment."""
    section: Section
    """Of the wire."""
    kind: Kind
    """What it is about."""
    disclosure: HeadlineMark
    """Who or what wrote the headline."""
    corrections: list[CorrectionData]
    """At most 12."""
    more: int
    """How many more there were."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectedThread:
    """The thread whose page is built on it."""

    id: str
    """Permanent."""
    url: str
    """Its page."""
    headline: str
    """Its headline."""
    rebuilt: bool
    """Whether its brief has been written anew since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionData:
    """What an article said, and says now."""

    id: str
    """Of the correction, for ever."""
    kind: Literal["edited", "notice"]
    """edited: silently; notice: the outlet says so."""
    field: Field | None
    """Which fact; null: a notice, of which is unknown."""
    label: str | None
    """The same for people."""
    before: str | None
    """As the article had it with its status; null: not at all."""
    after: str | None
    """As it has it now with its status; null: not at all."""
    article: ReportTold
    """The corrected one."""
    evidence: list[QuoteTold]
    """The words that it rests on, each with its outlet and address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionList:
    """The outlets' corrections."""

    corrections: list[WireCorrection]
    """Newest first."""
    next: str | None
    """Cursor of the page before; null: that was all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatedData:
    """A new thread, as soon as its first report was read."""

    thread: str
    """Permanent id."""
    url: str
    """Address of its page; `.json` behind it is the wire format."""
    headline: str
    """As on its page at this moment."""
    section: Section
    """Of the wire."""
    kind: Kind
    """What it is about."""
    disclosure: HeadlineMark
    """Who or what wrote the headline."""
    first_report: ReportTold | None
    """The article that opened it."""
    facts: list[FactTold]
    """Its leading key details, at most 8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A victim, actor, supplier or CVE and the threads that name it; of an outlet its threads."""

    kind: Literal["victim", "actor", "third_party", "cve", "source"]
    """What it is."""
    name: str
    """As most threads name it."""
    slug: str
    """As in its address; other spellings are moved there."""
    url: str | None = None
    """Its page; an outlet has none."""
    forms: list[str] = field(default_factory=list)
    """Its other spellings in the sources."""
    first_seen: datetime | None = None
    """Publication of the first that names it."""
    last_seen: datetime | None = None
    """Publication of the last that names it."""
    count: int | None = None
    """How many threads name it, all pages together."""
    statuses: dict[str, int] = field(default_factory=dict)
    """How many of its threads have it with which status."""
    sector: EntityFact | None = None
    """Victims and suppliers; null: not said."""
    country: EntityFact | None = None
    """Victims and suppliers; null: not said."""
    galaxy: GalaxyActor | None = None
    """Actors that the MISP galaxy lists."""
    namesakes: list[Namesake] = field(default_factory=list)
    """Others that the name may mean."""
    together: list[NamedBeside] = field(default_factory=list)
    """Who stands in the same threads."""
    threads: list[Row]
    """Newest first."""
    next: str | None
    """Cursor of the next page; null: the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityFact:
    """A victim's sector or country, as sources or its own name say."""

    value: str
    """Sector of the MISP galaxy, or ISO 3166-1 alpha-2."""
    label: str
    """In words."""
    basis: Literal["quote", "name"]
    """Said by a source, or part of the name."""
    words: str
    """What says it."""
    evidence: EntityQuote
    """The sentence it stands in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityQuote:
    """Exact words of an article."""

    article: str
    """Id of the article."""
    url: str
    """At the outlet."""
    outlet: str
    """Outlet."""
    quote: str
    """The article's characters."""
    in_: Literal["title", "text", "published"]
    """Where they stand."""
    start: int
    """First character."""
    end: int
    """One past the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryAsked:
    """A name to watch."""

    name: str
    """As people write it; at most 200 characters, a legal form may stand behind it. Of a sector:
    its name in the filters."""
    kind: str = "any"
    """victim, third_party, actor, sector, cve or any: as what it is watched for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryWatched:
    """A name and the threads it means now."""

    name: str
    """As it was given."""
    kind: Literal["any", "victim", "third_party", "actor", "sector", "cve"]
    """As what it is watched for."""
    threads: list[str]
    """Threads whose facts name it now; empty: none yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetValue:
    """A filter's value among what was found."""

    value: str
    """As the filter takes it."""
    count: int
    """Threads found that have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactTold:
    """A key detail."""

    field: Field
    """Which fact."""
    label: str
    """The same for people."""
    value: str
    """In words."""
    status: Status
    """How it stands."""
    asserter: str | None
    """Whose word that is; null: the outlets' own, or not named."""
    evidence: list[QuoteTold]
    """The words that it rests on, each with its outlet and address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedList:
    """All feeds, by outlet."""

    feeds: list[FeedRow]
    """A row a feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRow:
    """A feed, and how reading it goes."""

    url: str
    """Address of the feed."""
    outlet: str
    """Outlet."""
    section: str
    """Kind of outlet."""
    language: str
    """BCP 47, empty where unknown."""
    country: str
    """ISO 3166-1 alpha-2, empty where unknown."""
    state: Literal["new", "ok", "failing", "gone"]
    """Of the feed document itself."""
    error: str | None
    """What the last failed poll said."""
    last_success_at: datetime | None
    """Last answer."""
    next_fetch_at: datetime | None
    """When it is asked next."""
    pages_ok: int
    """Article pages that could be read."""
    pages_refused: int
    """Article pages that could not."""
    page_error: str | None
    """What the last refused page said."""
    verified: bool
    """A check has seen it answer as a feed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedsWatched:
    """Its feeds: entries are changes of ledgers, with ids that never change."""

    atom: str
    """Atom 1.0."""
    rss: str
    """RSS 2.0."""
    json_: str
    """JSON Feed 1.1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GalaxyActor:
    """What the MISP galaxy says of an actor: its word, not that of the sources."""

    name: str
    """The galaxy's name for it."""
    aliases: list[str]
    """The galaxy's other names for it."""
    country: str | None
    """Where the galaxy puts it, ISO 3166-1 alpha-2."""
    country_name: str | None
    """In words."""
    links: list[GalaxyLink]
    """Relations to other actors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GalaxyLink:
    """A relation to another actor."""

    relation: str
    """In its words."""
    source: Literal["galaxy", "name"]
    """The galaxy states it; or one name merely stands in the other."""
    name: str
    """The other actor."""
    url: str | None
    """Its page, where the wire has one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadlineMark:
    """Who or what wrote the headline (EU AI Act, Article 50)."""

    label: str
    """To stand beside the headline wherever it is shown."""
    digital_source_type: str
    """IPTC's term, as its address."""
    ai_generated: bool
    """Whether a language model wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The process answers."""

    status: Literal["ok"]
    """Always ok."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looser:
    """What to leave out where nothing is found."""

    drop: str
    """A filter's name; `word` or `without` for one of the query."""
    value: str
    """Its value."""
    count: int
    """Threads found without it, at most 200."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedData:
    """`thread` holds what `merged` held; the old address leads there for ever."""

    thread: str
    """Permanent id."""
    url: str
    """Address of its page; `.json` behind it is the wire format."""
    headline: str
    """As on its page at this moment."""
    section: Section
    """Of the wire."""
    kind: Kind
    """What it is about."""
    disclosure: HeadlineMark
    """Who or what wrote the headline."""
    merged: str
    """Id of the thread that is part of it now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Misspelt:
    """A word that was taken for a misspelt name."""

    typed: str
    """As typed."""
    meant: str
    """What was looked for too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedBeside:
    """An entity in the same threads."""

    kind: Literal["victim", "actor", "third_party", "cve"]
    """What it is."""
    name: str
    """Its name there."""
    slug: str
    """As in its address."""
    url: str
    """Its page."""
    threads: int
    """How many of these threads name it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Namesake:
    """Another entity that the name may mean."""

    name: str
    """Its name."""
    slug: str
    """As in its address."""
    url: str
    """Its page."""
    sector: str | None
    """Its sector, where sources say so."""
    country: str | None
    """Its country, where sources say so."""
    threads: int
    """Its threads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFact:
    """A fact of the thread that the text asked about does not hold."""

    field: Field
    """As in key details."""
    label: str
    """For people."""
    value: Any
    """Normalised as in key details."""
    bound: Bound | None
    """How exact a figure is."""
    in_words: str
    """As people read it."""
    status: Status
    """How sure it is; denied: it is the denial that is new."""
    asserter: str | None
    """Whose word it is."""
    denial: bool
    """The text holds the fact, and not that it is denied."""
    first_said: datetime
    """Publication of the article quoted."""
    evidence: EntityQuote
    """The sentence it stands in, with the link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Exact words of an article's stored text."""

    article: str
    """Address of the article at its outlet."""
    outlet: str
    """Outlet."""
    quote: str
    """The text's characters from start to end."""
    start: int
    """First character in the stored text."""
    end: int
    """One past the last."""
    marks: list[tuple[int, int]]
    """Where words looked for stand: first character and one past the last, in the stored text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """RFC 9457 problem document."""

    type: str
    """Kind of problem; about:blank: the status says it."""
    title: str
    """The status's phrase."""
    status: int
    """HTTP status."""
    detail: str
    """One line: what was wrong and what to do."""
    instance: str
    """Path that was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteTold:
    """Words of an article."""

    quote: str
    """As they stand there, at most 600 characters."""
    outlet: str
    """Whose article."""
    url: str
    """Its address at the outlet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """Whether the service can do its work."""

    ready: bool
    """The store answers, and what this process does beside serving lives."""
    store: Literal["ok", "failed"]
    """Whether the store answers."""
    loops: dict[str, str]
    """What this process does beside serving, by name: `at work`, `waits`, or `stalled` where it
    ended or hangs. Empty for `serve`."""
    semantic_search: bool
    """Whether the embedding model is loaded."""
    articles: int | None
    """Articles stored."""
    threads: int | None
    """Threads."""
    waiting: int | None
    """Articles not threaded yet."""
    briefs_behind: int | None
    """Threads whose brief is behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLine:
    """A line that is no name."""

    line: int
    """Its number, from 1."""
    text: str
    """Its beginning."""
    why: str
    """What is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedAnswer:
    """Related coverage, most useful first, at most ten."""

    query: str
    """The thread's id, the address, or the beginning of the text."""
    modes: list[Modes]
    """How it was searched."""
    results: list[RelatedResult]
    """Threads, most useful first."""
    next: None
    """Always null: there is one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedArticle:
    """An article of a related thread."""

    article: str
    """Its id."""
    url: str
    """At its outlet."""
    outlet: str
    """Outlet."""
    title: str
    """Its title."""
    published: datetime | None
    """Publication as the source says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedRequest:
    """What to find related coverage of: a text or an address."""

    text: str | None = None
    """A text of at most 100 kB in UTF-8, compared and not stored."""
    url: str | None = None
    """Address of an article; an unknown one is fetched, compared, not stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedResult:
    """A thread that is related to what was asked about."""

    thread: str
    """The thread's id."""
    url: str
    """Address of its page."""
    headline: str
    """Its headline."""
    kind: Kind
    """Kind of event."""
    updated_at: datetime
    """Last change."""
    why: str
    """Why it is here, in words."""
    passages: list[Passage]
    """Best passages, at most two."""
    relation: Relation
    """Kind of relation."""
    score: float
    """Probability, as far as we can tell: of being one incident, else that a reader of one wants
    the other."""
    likely: bool
    """Whether it is shown openly; the others are folded away."""
    articles: list[RelatedArticle]
    """Its articles that are nearest, at most three."""
    about: YourWords | None
    """The stretch of a text on several events that speaks of this one; null: the whole does."""
    shared: list[SharedEvidence]
    """What ties them, the telling first, at most six."""
    new: list[NewFact]
    """What your text does not hold, at most five."""
    contradictions: list[Contradicted]
    """Where your text says otherwise, at most three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayAnswer:
    """What goes out once more."""

    replayed: int
    """How many deliveries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayAsked:
    """Which deliveries go out once more."""

    since: datetime | None = None
    """What happened since; null: the dead alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTold:
    """An article; its text is at its outlet."""

    outlet: str
    """Whose."""
    title: str
    """As it stands there."""
    url: str
    """Its address at the outlet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A thread that a search found."""

    thread: str
    """The thread's id."""
    url: str
    """Address of its page."""
    headline: str
    """Its headline."""
    kind: Kind
    """Kind of event."""
    updated_at: datetime
    """Last change."""
    why: str
    """Why it is here, in words."""
    passages: list[Passage]
    """Best passages, at most two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A thread in a list."""

    id: str
    """Permanent id."""
    url: str
    """Address of the page."""
    headline: str
    """Names the victim and what is new."""
    section: Section
    """Section of the wire."""
    kind: Kind
    """Kind of event."""
    state: State
    """How lively it is, by the age of the newest report."""
    status: Status | None
    """How sure it is that the incident happened: the status of the leading claim on the victim
    (else on the attack); null: no such claim."""
    victims: list[str]
    """Leading victims, at most three."""
    cves: list[str]
    """CVE ids, at most three."""
    entities: dict[str, str]
    """Pages of those victims and CVEs that have one, by name."""
    changed: RowChange | None
    """The latest change; null: all stands as the first report had it."""
    articles: int
    """Articles in the thread, copies among them."""
    origins: int
    """Independent sources among them."""
    first_at: datetime
    """Publication of the first article."""
    last_at: datetime
    """Publication of the newest."""
    updated_at: datetime
    """Last change of ledger or members."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """What the newest article that changed a thread's facts changed; the leading one of them."""

    at: datetime
    """When we saw it."""
    day: date
    """When it was said."""
    label: str
    """Which fact."""
    before: str | None
    """As it stood; null: new."""
    after: str | None
    """As it stands; null: withdrawn."""
    more: int
    """Facts that the same article changed besides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchAnswer:
    """What a search found, best first."""

    query: str
    """The query as searched for."""
    modes: list[Modes]
    """How it was searched; semantic only once the model is loaded."""
    terms: list[str]
    """Words and phrases looked for, other spellings too."""
    corrected: list[Misspelt]
    """Words taken for misspelt names."""
    results: list[Result]
    """Threads, best first."""
    found: int | None
    """Threads found, at most some hundreds; on the first page."""
    facets: dict[str, list[FacetValue]] | None
    """By filter, values among the threads found; on the first page."""
    loosen: list[Looser] | None
    """Where nothing is found: what to leave out."""
    next: str | None
    """Cursor of the next page; null: the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretAnswer:
    """A new secret: told this once."""

    secret: str
    """What signatures are made with."""
    old_until: datetime
    """Until when those of the old secret are sent as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionDifference:
    """What became of one section."""

    section: Literal[
        "headline",
        "signal_summary",
        "eli5",
        "deep_analysis",
        "impact_assessment",
        "optimistic_outlook",
        "pessimistic_outlook",
        "timeline",
    ]
    """Which section."""
    label: str
    """For people."""
    added: list[WireStatement]
    """New sentences."""
    removed: list[WireStatement]
    """Sentences that are gone."""
    changed: list[ChangedStatement]
    """Reworded."""
    resting: list[ChangedStatement]
    """The same words on other evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedEvidence:
    """Something that both sides say."""

    kind: Literal[
        "victim",
        "actor",
        "third_party",
        "cve",
        "affected",
        "volume",
        "money",
        "indicator",
        "name",
        "text",
    ]
    """What it is."""
    value: str
    """As the thread has it."""
    yours: YourWords
    """The words on your side."""
    evidence: EntityQuote
    """The sentence of an article of the thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorylineAnswer:
    """Threads of one campaign."""

    id: str
    """Permanent id."""
    url: str
    """Address of the page."""
    label: str
    """What joins them."""
    reason: str
    """Why they stand together, in words."""
    threads: list[Row]
    """By the first report, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Superseded:
    """What followed a version."""

    version: int
    """The version that followed."""
    url: str
    """Its page."""
    at: datetime
    """When it was made."""
    by: str
    """Its writer's name."""
    latest: int
    """The latest version."""
    difference: VersionCounts
    """From this version to that."""
    words: str
    """The same in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadChanged:
    """A change of a ledger."""

    type: Literal["thread.changed"]
    """Kind of happening."""
    timestamp: datetime
    """When it happened here; webhook-timestamp says when it was sent."""
    data: ChangedData
    """What happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadCorrected:
    """An outlet's correction."""

    type: Literal["thread.corrected"]
    """Kind of happening."""
    timestamp: datetime
    """When it happened here; webhook-timestamp says when it was sent."""
    data: CorrectedData
    """What happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadCreated:
    """A new thread."""

    type: Literal["thread.created"]
    """Kind of happening."""
    timestamp: datetime
    """When it happened here; webhook-timestamp says when it was sent."""
    data: CreatedData
    """What happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadList:
    """A page of threads."""

    threads: list[Row]
    """Rows in the order asked for."""
    next: str | None
    """Cursor of the next page; null: the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadMerged:
    """Two threads are one."""

    type: Literal["thread.merged"]
    """Kind of happening."""
    timestamp: datetime
    """When it happened here; webhook-timestamp says when it was sent."""
    data: MergedData
    """What happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadWatched:
    """A thread that it means now."""

    id: str
    """Permanent id."""
    url: str
    """Address of the page."""
    headline: str
    """As on its page."""
    updated_at: datetime
    """Last change of ledger or members."""
    why: list[str]
    """What of the watch it answers to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendAnswer:
    """Counts of what sources said in a period: incidents alone."""

    since: date
    """First UTC day."""
    until: date
    """Last UTC day."""
    step: Literal["day", "week"]
    """What a span is."""
    made_at: datetime
    """When it was counted."""
    spans: list[TrendSpan]
    """In order, empty ones too."""
    statuses: dict[str, int]
    """Claims of the whole period by status."""
    named: dict[str, list[TrendName]]
    """Most named: third_party, actor, victim, sector."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendName:
    """A name with its threads."""

    name: str
    """As the ledger leads with it."""
    url: str
    """Its page."""
    threads: int
    """Threads with a report in the period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendSpan:
    """A day or a week."""

    from_: date
    """Its first UTC day."""
    incidents: int
    """Threads first reported in it."""
    claims: dict[str, int]
    """Claims of articles published in it, by status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionCounts:
    """How many sentences differ."""

    added: int
    """New sentences."""
    removed: int
    """Sentences that are gone."""
    changed: int
    """Sentences that were reworded."""
    resting: int
    """The same words on other evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionDifference:
    """How two versions of a brief differ."""

    thread: str
    """The thread's id."""
    url: str
    """Address of its page."""
    headline: str
    """Its headline now."""
    from_: VersionEnd
    """The older."""
    to: VersionEnd
    """The newer."""
    difference: VersionCounts
    """From the older to the newer."""
    words: str
    """The same in words."""
    sections: list[SectionDifference]
    """Sections that differ, in the order of the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionEnd:
    """One side of a difference."""

    version: int
    """Counted from 1."""
    url: str
    """Its page."""
    made_at: datetime
    """When it was made."""
    by: str
    """The writer's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionList:
    """A brief's versions."""

    thread: str
    """The thread's id."""
    url: str
    """Address of its page."""
    headline: str
    """Its headline now."""
    merged_into: str | None
    """Where it was merged into."""
    versions: list[VersionRow]
    """Newest first."""
    next: str | None
    """`before` of the next page; null: that was all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """A version of a brief in the list."""

    version: int
    """Counted from 1."""
    url: str
    """Its page, for ever."""
    made_at: datetime
    """When it was made."""
    by: str
    """The writer's name."""
    headline: str
    """Its headline."""
    sha256: str
    """Of its canonical bytes."""
    reviewed: WireReview | None
    """Its sign-off."""
    difference: VersionCounts | None
    """From the version before; null: the first."""
    words: str
    """The same in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchAnswer:
    """What is watched, and what that means now."""

    label: str
    """Its name."""
    url: str
    """Its secret page: whoever has this address may read, change and delete it."""
    feeds: FeedsWatched
    """Addresses, secret as well."""
    query: dict[str, str] | None
    """A saved search's parameters; null: a list."""
    entries: list[EntryWatched]
    """A list's names, in order."""
    matching: int
    """How many threads it means now."""
    threads: list[ThreadWatched]
    """Those of them that changed last, at most 50."""
    created_at: datetime
    """When it was made."""
    changed_at: datetime
    """When what it watches was changed last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchAsked:
    """Either `query` or `entries`."""

    label: str = ""
    """Your name for it; else made of what it watches."""
    query: dict[str, str] = field(default_factory=dict)
    """A saved search: `q` and the filters of /search, each as its text."""
    entries: list[EntryAsked] = field(default_factory=list)
    """A watch list, at most 5,000 names; what is no name is refused, the rest is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchMade:
    """The same, with the token: told this once."""

    label: str
    """Its name."""
    url: str
    """Its secret page: whoever has this address may read, change and delete it."""
    feeds: FeedsWatched
    """Addresses, secret as well."""
    query: dict[str, str] | None
    """A saved search's parameters; null: a list."""
    entries: list[EntryWatched]
    """A list's names, in order."""
    matching: int
    """How many threads it means now."""
    threads: list[ThreadWatched]
    """Those of them that changed last, at most 50."""
    created_at: datetime
    """When it was made."""
    changed_at: datetime
    """When what it watches was changed last."""
    refused: list[RefusedLine]
    """Lines that were left out."""
    repeated: int
    """Lines that say what one before says."""
    token: str
    """Send it as Authorization: Bearer. It is stored nowhere and can't be told again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSaved:
    """The same after it was made or changed."""

    label: str
    """Its name."""
    url: str
    """Its secret page: whoever has this address may read, change and delete it."""
    feeds: FeedsWatched
    """Addresses, secret as well."""
    query: dict[str, str] | None
    """A saved search's parameters; null: a list."""
    entries: list[EntryWatched]
    """A list's names, in order."""
    matching: int
    """How many threads it means now."""
    threads: list[ThreadWatched]
    """Those of them that changed last, at most 50."""
    created_at: datetime
    """When it was made."""
    changed_at: datetime
    """When what it watches was changed last."""
    refused: list[RefusedLine]
    """Lines that were left out."""
    repeated: int
    """Lines that say what one before says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAnswer:
    """A webhook and how it stands; never its secret."""

    id: int
    """Its number."""
    host: str
    """Where it leads."""
    events: list[Events]
    """Which it is told; all where it asked for none."""
    state: Literal["unchecked", "active", "gone", "stopped"]
    """unchecked: it is told nothing before its check was taken; gone: its receiver answered 410;
    stopped: it took nothing for days."""
    made_at: datetime
    """When it was made."""
    taken_at: datetime | None
    """When it took something last."""
    error: str | None
    """What the last attempt failed of; null: it did not."""
    waiting: int
    """Deliveries that wait."""
    dead: int
    """Deliveries that were given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookAsked:
    """An address to be told of what happens in a watch's threads."""

    url: str
    """https, on port 443 or 8443 of a public address. It is told nothing before it has answered
    2xx to a check (POST …/{id}/check)."""
    events: list[Events] = field(default_factory=list)
    """Which; empty: all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookCheck:
    """A trial, sent when a webhook is checked."""

    type: Literal["webhook.check"]
    """Kind of message."""
    timestamp: datetime
    """When it was sent."""
    data: CheckData
    """What there is to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookMade:
    """The same, with the secret: told this once."""

    id: int
    """Its number."""
    host: str
    """Where it leads."""
    events: list[Events]
    """Which it is told; all where it asked for none."""
    state: Literal["unchecked", "active", "gone", "stopped"]
    """unchecked: it is told nothing before its check was taken; gone: its receiver answered 410;
    stopped: it took nothing for days."""
    made_at: datetime
    """When it was made."""
    taken_at: datetime | None
    """When it took something last."""
    error: str | None
    """What the last attempt failed of; null: it did not."""
    waiting: int
    """Deliveries that wait."""
    dead: int
    """Deliveries that were given up."""
    secret: str
    """What signatures are made with; it can't be told again, only changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhooksAnswer:
    """A watch's webhooks."""

    webhooks: list[WebhookAnswer]
    """By number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireAnalysis:
    """Who wrote the brief."""

    by: Literal["extractive", "model", "editor"]
    """Kind of writer."""
    model: str | None
    """The model as its endpoint names it."""
    version: int
    """Counted from 1; 0: not written yet."""
    made_at: datetime
    """When this version was made."""
    sha256: str | None
    """Of this version's canonical bytes; null: not written yet."""
    reviewed: WireReview | None
    """Sign-off of this version."""
    review_voided: WireVoided | None
    """A sign-off that this version has lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireAudio:
    """The brief, spoken by a synthetic voice; the file is made when it is first asked for."""

    url: str
    """Address."""
    type: str
    """Media type."""
    seconds: float
    """Length."""
    estimated: bool
    """Whether the length is an estimate: nobody has asked for it yet."""
    sections: list[WireCue]
    """Its sections; none while the length is an estimate."""
    forms: list[WireForm]
    """The forms it comes in, the one above among them."""
    digital_source_type: str
    """IPTC digital source type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireChange:
    """A change of the ledger: a fact that stands otherwise by what an article says."""

    id: str
    """Grows with every change."""
    at: datetime
    """When we saw it."""
    day: date
    """When it was said or filed; of a withdrawal: when we saw it."""
    field: str
    """Which fact."""
    label: str
    """For people."""
    before: str | None
    """What stood before; null: new."""
    after: str | None
    """What stands now; null: withdrawn."""
    when: str | None
    """When that was said or filed; null: withdrawn."""
    text: str
    """The change in a line."""
    edited: bool
    """Whether an article we had read was edited."""
    article: str
    """Id of the article that changed it."""
    evidence: list[WireEvidence]
    """What it rests on; none where the words are gone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireClaim:
    """One assertion of one fact in one article."""

    article: str
    """Id of the article."""
    value: Any
    """Normalised value: a text, or an object with number, bytes or amount."""
    text: str
    """Exact words of the fact."""
    status: Status
    """As this article puts it."""
    asserter: str | None
    """Who says so, in the article's words."""
    asserter_kind: (
        Literal["victim", "attacker", "authority", "researcher", "outlet", "third_party"] | None
    )
    """What they are to the incident."""
    basis: Literal["statement", "filing", "leak_site", "court", "research", "report"] | None
    """On what it was said."""
    first_said: datetime
    """Publication of the article."""
    last_said: datetime
    """Publication of the newest article that says the same."""
    replaced_by: str | None
    """Id of the next article that says otherwise."""
    evidence: WireEvidence
    """The sentence it stands in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireCorrection:
    """What an article said, and what it says now."""

    id: str
    """Grows with every correction."""
    at: datetime
    """When we saw it."""
    kind: Literal["edited", "notice"]
    """edited: without a word; notice: the outlet says so itself."""
    article: CorrectedArticle
    """The article."""
    field: str | None
    """Which fact; null: the notice alone is known."""
    label: str | None
    """For people."""
    before: str | None
    """What it said."""
    before_quote: str | None
    """The sentence that is gone."""
    after: str | None
    """What it says now; null beside `before`: nothing."""
    evidence: list[WireEvidence]
    """Its words now, the outlet's own notice first."""
    thread: CorrectedThread | None
    """Where it stands; null: in no thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireCue:
    """Where a section begins."""

    label: str
    """Section."""
    start: float
    """Seconds from the start, exact to the sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireDetail:
    """The claims on one fact, consolidated."""

    field: str
    """Which fact."""
    label: str
    """For people."""
    value: Any
    """The leading claim's value."""
    bound: Bound | None
    """How exact a number is."""
    status: Status
    """The leading claim's status."""
    asserter: str | None
    """Whose word leads."""
    since: datetime
    """Since when it leads."""
    claims: list[WireClaim]
    """Newest first."""
    note: str | None
    """Possible repost, placeholder, disputed by …"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireDisclosure:
    """How the text was made, for people and machines; computed from who wrote each statement."""

    text: str
    """What a person reads, or hears, before the brief."""
    account: str
    """Who or what wrote which section, and who reviewed it."""
    by: str
    """The writer's name."""
    digital_source_type: str
    """IPTC digital source type."""
    schema_org: str
    """The same in schema.org's words."""
    ai_generated: bool
    """Whether a language model wrote any of it."""
    sections: dict[str, list[Literal["extractive", "model", "editor"]]]
    """Who wrote each section; notices aside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireEvidence:
    """Exact words of a stored article."""

    article: str
    """Id of the article."""
    url: str
    """At the outlet."""
    outlet: str
    """Outlet."""
    quote: str
    """Exactly the article's characters."""
    in_: Literal["title", "text", "published"]
    """Where it stands; published: the publication date as stored."""
    start: int
    """First character."""
    end: int
    """One past the last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireForm:
    """The audio in another form."""

    url: str
    """Address."""
    type: str
    """Media type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireIndicator:
    """What the articles give to look for in one's own logs."""

    type: Literal[
        "cve", "domain", "ipv4", "ipv6", "url", "md5", "sha1", "sha256", "package", "attack"
    ]
    """Kind of indicator."""
    value: str
    """Normalised and live; a package as purl."""
    defanged: str
    """For people: nothing makes a link of it."""
    text: str
    """As the first article writes it."""
    evidence: list[WireEvidence]
    """What it stands in, one an article, oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireOrigin:
    """An independent source and the articles that rest on it."""

    origin: str
    """Outlet, agency or release that found it out."""
    articles: list[WireSourced]
    """Oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireRelated:
    """Related coverage."""

    id: str
    """The thread's id."""
    url: str
    """Its page."""
    headline: str
    """Its headline."""
    relation: Relation
    """Kind of relation."""
    reason: str
    """In words."""
    likely: bool
    """Whether a reader will want it; the page folds the others away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireReport:
    """An article of the thread."""

    article: str
    """Id."""
    outlet: str
    """Outlet."""
    title: str
    """Title."""
    url: str
    """At the outlet."""
    authors: list[str]
    """As the article names them."""
    published: datetime | None
    """As the source says."""
    role: Literal["first_report", "report", "follow_up", "copy", "mention"]
    """Its part in the thread."""
    text_from: TextFrom
    """Where the stored text is from."""
    passage: WireEvidence | None
    """Where a roundup speaks of it; mentions only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireReview:
    """An editor's sign-off of this very version: each word is the reviewer's own."""

    by: str
    """Who."""
    role: str
    """Role."""
    competence: str
    """Competence."""
    contact: str
    """Findable contact of the responsible."""
    at: datetime
    """When."""
    sha256: str
    """Of the reviewed bytes, as `briefs/{version}/bytes` gives them."""
    facts_checked: bool
    """Facts were checked."""
    sources_checked: bool
    """Sources were checked."""
    facts: str
    """Which facts."""
    sources: str
    """Which sources."""
    changed: str
    """What changed because of it; empty: not said."""
    responsible: str
    """Who holds editorial responsibility."""
    version: int
    """The version that was reviewed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireSource:
    """An outlet in the thread."""

    outlet: str
    """Outlet."""
    family: str
    """Publisher family; one family is one origin."""
    articles: int
    """Its articles here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireSourced:
    """An article in its origin."""

    article: str
    """The article's id."""
    outlet: str
    """Outlet."""
    url: str
    """At the outlet."""
    reason: str
    """Why it stands there, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireStatement:
    """One sentence and what it rests on."""

    text: str
    """The sentence."""
    kind: Literal["quoted", "stated", "inferred", "glossary", "notice"]
    """quoted: the source's words. stated: ours, every number, name and date of which stands in
    the evidence. inferred: analysis, hedged. glossary: explains a term. notice: says that
    sources are silent. The last two carry no evidence."""
    evidence: list[WireEvidence]
    """What it rests on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireStoryline:
    """A storyline the thread is part of."""

    id: str
    """Permanent id."""
    url: str
    """Its page."""
    label: str
    """What joins its threads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireThread:
    """A thread in wire format; keys in the order of the page."""

    id: str
    """Permanent."""
    url: str
    """Address of the page."""
    headline: WireStatement
    """Names the victim and what is new."""
    section: Section
    """Section of the wire."""
    kind: Kind
    """Kind of event."""
    state: State
    """How lively it is."""
    first_at: datetime
    """Publication of the first article."""
    updated_at: datetime
    """Last change of ledger or members."""
    minutes_to_read: int
    """At 220 words a minute."""
    articles: int
    """Articles, copies among them."""
    origins: int
    """Independent sources among them."""
    origin_groups: list[WireOrigin] = field(default_factory=list)
    """The origins: which articles rest on each, and why."""
    sources: list[WireSource]
    """Outlets, most articles first."""
    authors: list[str]
    """Original authors."""
    analysis: WireAnalysis
    """Who wrote the brief, and which version."""
    disclosure: WireDisclosure
    """How it was made."""
    audio: WireAudio | None
    """The brief, spoken; null: not there."""
    signal_summary: list[WireStatement]
    """At most 30 words."""
    eli5: list[WireStatement]
    """Plain words."""
    deep_analysis: list[list[WireStatement]]
    """What happened; who, how, what else it touches; what comes next."""
    impact_assessment: list[WireStatement]
    """What it means, as analysis."""
    optimistic_outlook: list[WireStatement]
    """How it may turn out well."""
    pessimistic_outlook: list[WireStatement]
    """How it may turn out badly."""
    key_details: list[WireDetail]
    """The ledger, leading first."""
    original_reporting: list[WireReport]
    """First report, others as they came, copies, mentions."""
    timeline: list[WireTime]
    """By date of the event, not of publication."""
    indicators: list[WireIndicator] = field(default_factory=list)
    """By type; none of an outlet's own addresses."""
    changes: list[WireChange]
    """Newest first; ledger changes only."""
    behind: bool
    """A report came in or was edited since the brief was written."""
    related: list[WireRelated]
    """Most useful first, at most ten."""
    storylines: list[WireStoryline]
    """Storylines it is part of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireTime:
    """An event of the incident."""

    at: str
    """Date, month or year as known."""
    what: WireStatement
    """What happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireVoided:
    """A sign-off that is of another version or of other bytes, and holds no more."""

    version: int
    """The version that was reviewed."""
    by: str
    """Who reviewed it."""
    at: datetime
    """When."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordRun:
    """Words that stayed, went or came."""

    op: Literal["same", "gone", "new"]
    """What became of them."""
    text: str
    """The words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YourFigure:
    """A figure of what was asked about."""

    quote: str
    """Its characters from start to end."""
    in_: Literal["title", "text"]
    """Where they stand: a pasted text is all text."""
    start: int
    """First character."""
    end: int
    """One past the last."""
    url: str | None
    """Where a thread was asked about: the article that says it."""
    outlet: str | None
    """Its outlet."""
    value: Any
    """Normalised as in key details."""
    in_words: str
    """As people read it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YourWords:
    """Words of what was asked about."""

    quote: str
    """Its characters from start to end."""
    in_: Literal["title", "text"]
    """Where they stand: a pasted text is all text."""
    start: int
    """First character."""
    end: int
    """One past the last."""
    url: str | None
    """Where a thread was asked about: the article that says it."""
    outlet: str | None
    """Its outlet."""
