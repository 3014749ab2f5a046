"""The wire format as pydantic models: what wire.schema.json says, for OpenAPI.

In: nothing. Out: `WireThread` and its parts. The document itself is made by `threads.wire`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from api.shape import Shape
from api.shape import described as _f
from breachwire.model import (
    AsserterKind,
    Author,
    Basis,
    Bound,
    BriefSection,
    IndicatorType,
    Kind,
    Relation,
    Role,
    Section,
    StatementKind,
    Status,
    TextFrom,
    ThreadState,
    Where,
)

_WHEN = "2026-11-23T06:30:00+00:00"


class WireEvidence(Shape):
    """Exact words of a stored article."""

    article: str = _f("Id of the article.", "31415926")
    url: str = _f("At the outlet.", "https://ledger.example/a/1")
    outlet: str = _f("Outlet.", "Harbor Ledger")
    quote: str = _f("Exactly the article's characters.", "2.5 million records were taken")
    in_: Where = Field(
        alias="in",
        description="Where it stands; published: the publication date as stored.",
        examples=["text"],
    )
    start: int = Field(ge=0, description="First character.", examples=[120])
    end: int = Field(ge=1, description="One past the last.", examples=[150])


class WireStatement(Shape):
    """One sentence and what it rests on."""

    text: str = Field(min_length=1, description="The sentence.", examples=["Records were taken."])
    kind: StatementKind = _f(
        "quoted: the source's words. stated: ours, every number, name and date of which stands in"
        " the evidence. inferred: analysis, hedged. glossary: explains a term. notice: says that"
        " sources are silent. The last two carry no evidence.",
        "quoted",
    )
    evidence: list[WireEvidence] = _f("What it rests on.")


Statements = Annotated[list[WireStatement], Field(min_length=1)]


class WireSource(Shape):
    """An outlet in the thread."""

    outlet: str = _f("Outlet.", "Harbor Ledger")
    family: str = _f("Publisher family; one family is one origin.", "Harbor Media")
    articles: int = _f("Its articles here.", 2)


class WireSourced(Shape):
    """An article in its origin."""

    article: str = _f("The article's id.", "17218")
    outlet: str = _f("Outlet.", "Harbor Ledger")
    url: str = _f("At the outlet.", "https://ledger.example/a/1")
    reason: str = _f("Why it stands there, in words.", "cites only Harbor Ledger")


class WireOrigin(Shape):
    """An independent source and the articles that rest on it."""

    origin: str = _f("Outlet, agency or release that found it out.", "Harbor Ledger")
    articles: list[WireSourced] = _f("Oldest first.")


class WireReview(Shape):
    """An editor's sign-off of this very version: each word is the reviewer's own."""

    by: str = _f("Who.", "Ida Okafor")
    role: str = _f("Role.", "editor")
    competence: str = _f("Competence.", "ten years of security reporting")
    contact: str = _f("Findable contact of the responsible.", "editors@wire.example")
    at: datetime = _f("When.", _WHEN)
    sha256: str = _f("Of the reviewed bytes, as `briefs/{version}/bytes` gives them.", "9f86d081")
    facts_checked: bool = _f("Facts were checked.", True)
    sources_checked: bool = _f("Sources were checked.", True)
    facts: str = _f("Which facts.", "victim, number of people, dates")
    sources: str = _f("Which sources.", "all four articles and the filing")
    changed: str = _f("What changed because of it; empty: not said.", "nothing")
    responsible: str = _f("Who holds editorial responsibility.", "Harbor Media Ltd")
    version: int = _f("The version that was reviewed.", 3)


class WireVoided(Shape):
    """A sign-off that is of another version or of other bytes, and holds no more."""

    version: int = _f("The version that was reviewed.", 2)
    by: str = _f("Who reviewed it.", "Ida Okafor")
    at: datetime = _f("When.", _WHEN)


class WireAnalysis(Shape):
    """Who wrote the brief."""

    by: Author = _f("Kind of writer.", "extractive")
    model: str | None = _f("The model as its endpoint names it.", None)
    version: int = _f("Counted from 1; 0: not written yet.", 3)
    made_at: datetime = _f("When this version was made.", _WHEN)
    sha256: str | None = _f("Of this version's canonical bytes; null: not written yet.", "9f86d081")
    reviewed: WireReview | None = _f("Sign-off of this version.", None)
    review_voided: WireVoided | None = _f("A sign-off that this version has lost.", None)


class WireDisclosure(Shape):
    """How the text was made, for people and machines; computed from who wrote each statement."""

    text: str = _f(
        "What a person reads, or hears, before the brief.",
        "Extracted automatically from the sources below; no language model wrote this.",
    )
    account: str = _f(
        "Who or what wrote which section, and who reviewed it.",
        "Sentences of the sources, chosen and put together by rules. No person has reviewed this"
        " version.",
    )
    by: str = _f("The writer's name.", "extractive, no model")
    digital_source_type: str = _f(
        "IPTC digital source type.",
        "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia",
    )
    schema_org: str = _f(
        "The same in schema.org's words.", "https://schema.org/AlgorithmicMediaDigitalSource"
    )
    ai_generated: bool = _f("Whether a language model wrote any of it.", False)
    sections: dict[BriefSection, list[Author]] = _f(
        "Who wrote each section; notices aside.", {"headline": ["extractive"]}
    )


class WireCue(Shape):
    """Where a section begins."""

    label: str = _f("Section.", "Signal Summary")
    start: float = _f("Seconds from the start, exact to the sample.", 12.4)


class WireForm(Shape):
    """The audio in another form."""

    url: str = _f("Address.", "https://wire.example/wire/1k8p0/quarrybank-confirms.opus")
    type: str = _f("Media type.", "audio/ogg; codecs=opus")


class WireAudio(Shape):
    """The brief, spoken by a synthetic voice; the file is made when it is first asked for."""

    url: str = _f("Address.", "https://wire.example/wire/1k8p0/quarrybank-confirms.mp3")
    type: str = _f("Media type.", "audio/mpeg")
    seconds: float = _f("Length.", 95.0)
    estimated: bool = _f("Whether the length is an estimate: nobody has asked for it yet.", False)
    sections: list[WireCue] = _f("Its sections; none while the length is an estimate.")
    forms: list[WireForm] = _f("The forms it comes in, the one above among them.")
    digital_source_type: str = _f(
        "IPTC digital source type.",
        "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia",
    )


class WireClaim(Shape):
    """One assertion of one fact in one article."""

    article: str = _f("Id of the article.", "31415926")
    value: Any = _f("Normalised value: a text, or an object with number, bytes or amount.", "names")
    text: str = _f("Exact words of the fact.", "names")
    status: Status = _f("As this article puts it.", "confirmed")
    asserter: str | None = _f("Who says so, in the article's words.", "Quarrybank")
    asserter_kind: AsserterKind | None = _f("What they are to the incident.", "victim")
    basis: Basis | None = _f("On what it was said.", "statement")
    first_said: datetime = _f("Publication of the article.", _WHEN)
    last_said: datetime = _f("Publication of the newest article that says the same.", _WHEN)
    replaced_by: str | None = _f("Id of the next article that says otherwise.", None)
    evidence: WireEvidence = _f("The sentence it stands in.")


class WireDetail(Shape):
    """The claims on one fact, consolidated."""

    field: str = _f("Which fact.", "affected")
    label: str = _f("For people.", "People affected")
    value: Any = _f("The leading claim's value.", {"number": 2500000, "unit": "people"})
    bound: Bound | None = _f("How exact a number is.", "at_least")
    status: Status = _f("The leading claim's status.", "confirmed")
    asserter: str | None = _f("Whose word leads.", "Quarrybank")
    since: datetime = _f("Since when it leads.", _WHEN)
    claims: list[WireClaim] = _f("Newest first.")
    note: str | None = _f("Possible repost, placeholder, disputed by …", None)


class WireReport(Shape):
    """An article of the thread."""

    article: str = _f("Id.", "31415926")
    outlet: str = _f("Outlet.", "Harbor Ledger")
    title: str = _f("Title.", "Quarrybank tells customers of a breach")
    url: str = _f("At the outlet.", "https://ledger.example/a/1")
    authors: list[str] = _f("As the article names them.", ["Ida Okafor"])
    published: datetime | None = _f("As the source says.", _WHEN)
    role: Role = _f("Its part in the thread.", "first_report")
    text_from: TextFrom = _f("Where the stored text is from.", "page")
    passage: WireEvidence | None = _f("Where a roundup speaks of it; mentions only.", None)


class WireTime(Shape):
    """An event of the incident."""

    at: str = _f("Date, month or year as known.", "2026-11-14")
    what: WireStatement = _f("What happened.")


class WireIndicator(Shape):
    """What the articles give to look for in one's own logs."""

    type: IndicatorType = _f("Kind of indicator.", "domain")
    value: str = _f("Normalised and live; a package as purl.", "tidewater-sync.example")
    defanged: str = _f("For people: nothing makes a link of it.", "tidewater-sync[.]example")
    text: str = _f("As the first article writes it.", "tidewater-sync[.]example")
    evidence: list[WireEvidence] = Field(
        min_length=1, description="What it stands in, one an article, oldest first."
    )


class WireChange(Shape):
    """A change of the ledger: a fact that stands otherwise by what an article says."""

    id: str = _f("Grows with every change.", "17")
    at: datetime = _f("When we saw it.", _WHEN)
    day: date = _f("When it was said or filed; of a withdrawal: when we saw it.", "2026-05-03")
    field: str = _f("Which fact.", "affected")
    label: str = _f("For people.", "People affected")
    before: str | None = _f("What stood before; null: new.", "500 people (reported)")
    after: str | None = _f("What stands now; null: withdrawn.", "24,937 people (confirmed)")
    when: str | None = _f("When that was said or filed; null: withdrawn.", "filed 3 May 2026")
    text: str = _f(
        "The change in a line.",
        "People affected: 500 people (reported) → 24,937 people (confirmed), filed 3 May 2026",
    )
    edited: bool = _f("Whether an article we had read was edited.", False)
    article: str = _f("Id of the article that changed it.", "31415926")
    evidence: list[WireEvidence] = _f("What it rests on; none where the words are gone.")


class WireRelated(Shape):
    """Related coverage."""

    id: str = _f("The thread's id.", "1k8p1")
    url: str = _f("Its page.", "https://wire.example/wire/1k8p1/tidewater")
    headline: str = _f("Its headline.", "Tidewater Sync releases poisoned")
    relation: Relation = _f("Kind of relation.", "same_supplier")
    reason: str = _f("In words.", "Tidewater Sync was the way in at both")
    likely: bool = _f("Whether a reader will want it; the page folds the others away.", True)


class WireStoryline(Shape):
    """A storyline the thread is part of."""

    id: str = _f("Permanent id.", "s1k8p0")
    url: str = _f("Its page.", "https://wire.example/storyline/s1k8p0")
    label: str = _f("What joins its threads.", "Tidewater Sync")


class WireThread(Shape):
    """A thread in wire format; keys in the order of the page."""

    id: str = _f("Permanent.", "1k8p0")
    url: str = _f("Address of the page.", "https://wire.example/wire/1k8p0/quarrybank-confirms")
    headline: WireStatement = _f("Names the victim and what is new.")
    section: Section = _f("Section of the wire.", "Breaches")
    kind: Kind = _f("Kind of event.", "breach")
    state: ThreadState = _f("How lively it is.", "developing")
    first_at: datetime = _f("Publication of the first article.", _WHEN)
    updated_at: datetime = _f("Last change of ledger or members.", _WHEN)
    minutes_to_read: int = Field(ge=1, description="At 220 words a minute.", examples=[2])
    articles: int = Field(ge=1, description="Articles, copies among them.", examples=[12])
    origins: int = Field(ge=1, description="Independent sources among them.", examples=[3])
    origin_groups: list[WireOrigin] = Field(
        default=[],
        description="The origins: which articles rest on each, and why.",
    )
    sources: list[WireSource] = Field(min_length=1, description="Outlets, most articles first.")
    authors: list[str] = _f("Original authors.", ["Ida Okafor"])
    analysis: WireAnalysis = _f("Who wrote the brief, and which version.")
    disclosure: WireDisclosure = _f("How it was made.")
    audio: WireAudio | None = _f("The brief, spoken; null: not there.", None)
    signal_summary: Statements = _f("At most 30 words.")
    eli5: Statements = _f("Plain words.")
    deep_analysis: list[Statements] = Field(
        min_length=3,
        max_length=3,
        description="What happened; who, how, what else it touches; what comes next.",
    )
    impact_assessment: Statements = _f("What it means, as analysis.")
    optimistic_outlook: Statements = _f("How it may turn out well.")
    pessimistic_outlook: Statements = _f("How it may turn out badly.")
    key_details: list[WireDetail] = _f("The ledger, leading first.")
    original_reporting: list[WireReport] = Field(
        min_length=1, description="First report, others as they came, copies, mentions."
    )
    timeline: list[WireTime] = _f("By date of the event, not of publication.")
    indicators: list[WireIndicator] = Field(
        default=[], description="By type; none of an outlet's own addresses."
    )
    changes: list[WireChange] = _f("Newest first; ledger changes only.")
    behind: bool = _f("A report came in or was edited since the brief was written.", False)
    related: list[WireRelated] = _f("Most useful first, at most ten.")
    storylines: list[WireStoryline] = _f("Storylines it is part of.")


class ChangeList(Shape):
    """What changed in a thread."""

    thread: str = _f("The thread's id.", "1k8p0")
    since: datetime | None = _f("The time asked for; null: from the start.", _WHEN)
    changes: list[WireChange] = _f("Newest first.")
    next: str | None = _f("Cursor of the page before; null: that was all.", None)


class CorrectedArticle(Shape):
    """The article that was corrected."""

    article: str = _f("Id.", "31415926")
    outlet: str = _f("Outlet.", "Harbor Ledger")
    title: str = _f("Title.", "Quarrybank tells customers of a breach")
    url: str = _f("At the outlet.", "https://ledger.example/a/1")


class CorrectedThread(Shape):
    """The thread whose page is built on it."""

    id: str = _f("Permanent.", "1k8p0")
    url: str = _f("Its page.", "https://wire.example/wire/1k8p0/quarrybank-confirms")
    headline: str = _f("Its headline.", "Quarrybank confirms theft of customer records")
    rebuilt: bool = _f("Whether its brief has been written anew since.", True)


class WireCorrection(Shape):
    """What an article said, and what it says now."""

    id: str = _f("Grows with every correction.", "17")
    at: datetime = _f("When we saw it.", _WHEN)
    kind: Literal["edited", "notice"] = _f(
        "edited: without a word; notice: the outlet says so itself.", "notice"
    )
    article: CorrectedArticle = _f("The article.")
    field: str | None = _f("Which fact; null: the notice alone is known.", "affected")
    label: str | None = _f("For people.", "People affected")
    before: str | None = _f("What it said.", "38,000 people (reported)")
    before_quote: str | None = _f("The sentence that is gone.", "Records of 38,000 were taken.")
    after: str | None = _f(
        "What it says now; null beside `before`: nothing.", "83,000 people (confirmed)"
    )
    evidence: list[WireEvidence] = _f("Its words now, the outlet's own notice first.")
    thread: CorrectedThread | None = _f("Where it stands; null: in no thread.")


class CorrectionList(Shape):
    """The outlets' corrections."""

    corrections: list[WireCorrection] = _f("Newest first.")
    next: str | None = _f("Cursor of the page before; null: that was all.", None)
