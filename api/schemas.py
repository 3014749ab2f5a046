"""The shapes of the API's answers, for OpenAPI: lists, search, articles, feeds, health.

In: nothing. Out: pydantic models with every field described. Answers are made as dicts and encoded
by orjson; a test holds them to these models, `wire_schema` holds the wire format.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from breachwire.model import (
    Bound,
    FeedState,
    Kind,
    PageState,
    Relation,
    Section,
    SharedKind,
    Status,
    TextFrom,
    ThreadState,
)
from breachwire.model import Field as DetailField


class Shape(BaseModel):
    """Base of all shapes: nothing beyond the described fields."""

    model_config = ConfigDict(extra="forbid")


def _f(description: str, *examples: Any) -> Any:
    return Field(description=description, examples=list(examples) or None)


class Problem(BaseModel):
    """RFC 9457 problem document."""

    type: str = _f("Kind of problem; about:blank: the status says it.", "about:blank")
    title: str = _f("The status's phrase.", "Bad Request")
    status: int = _f("HTTP status.", 400)
    detail: str = _f("One line: what was wrong and what to do.", "limit: Input should be …")
    instance: str = _f("Path that was asked for.", "/api/v1/threads")


class RowChange(Shape):
    """What the newest article that changed a thread's facts changed; the leading one of them."""

    at: datetime = _f("When we saw it.", "2026-11-23T06:40:00+00:00")
    day: date = _f("When it was said.", "2026-11-23")
    label: str = _f("Which fact.", "People affected")
    before: str | None = _f("As it stood; null: new.", "500 people (reported)")
    after: str | None = _f("As it stands; null: withdrawn.", "24,937 people (confirmed)")
    more: int = _f("Facts that the same article changed besides.", 2)


class Row(Shape):
    """A thread in a list."""

    id: str = _f("Permanent id.", "1k8p0")
    url: str = _f("Address of the page.", "https://wire.example/wire/1k8p0/quarrybank-confirms")
    headline: str = _f(
        "Names the victim and what is new.", "Quarrybank confirms theft of 2.5 million records"
    )
    section: Section = _f("Section of the wire.", "Breaches")
    kind: Kind = _f("Kind of event.", "breach")
    state: ThreadState = _f("How lively it is, by the age of the newest report.", "developing")
    status: Status | None = _f(
        "How sure it is that the incident happened: the status of the leading claim on the victim"
        " (else on the attack); null: no such claim.",
        "confirmed",
    )
    victims: list[str] = _f("Leading victims, at most three.", ["Quarrybank"])
    cves: list[str] = _f("CVE ids, at most three.", [])
    entities: dict[str, str] = _f(
        "Pages of those victims and CVEs that have one, by name.",
        {"Quarrybank": "https://wire.example/victim/quarrybank"},
    )
    changed: RowChange | None = Field(
        description="The latest change; null: all stands as the first report had it."
    )
    articles: int = _f("Articles in the thread, copies among them.", 12)
    origins: int = _f("Independent sources among them.", 3)
    first_at: datetime = _f("Publication of the first article.", "2026-11-20T08:00:00+00:00")
    last_at: datetime = _f("Publication of the newest.", "2026-11-23T06:30:00+00:00")
    updated_at: datetime = _f("Last change of ledger or members.", "2026-11-23T06:30:00+00:00")


class ThreadList(Shape):
    """A page of threads."""

    threads: list[Row] = _f("Rows in the order asked for.")
    next: str | None = _f("Cursor of the next page; null: the last one.", None)


class Passage(Shape):
    """Exact words of an article's stored text."""

    article: str = _f("Address of the article at its outlet.", "https://ledger.example/a/1")
    outlet: str = _f("Outlet.", "Harbor Ledger")
    quote: str = _f("The text's characters from start to end.", "Quarrybank said on Friday …")
    start: int = _f("First character in the stored text.", 0)
    end: int = _f("One past the last.", 28)
    marks: list[tuple[int, int]] = _f(
        "Where words looked for stand: first character and one past the last, in the stored text.",
        [(0, 10)],
    )


class FacetValue(Shape):
    """A filter's value among what was found."""

    value: str = _f("As the filter takes it.", "Health")
    count: int = _f("Threads found that have it.", 3)


class Misspelt(Shape):
    """A word that was taken for a misspelt name."""

    typed: str = _f("As typed.", "quarybank")
    meant: str = _f("What was looked for too.", "quarrybank")


class Looser(Shape):
    """What to leave out where nothing is found."""

    drop: str = _f("A filter's name; `word` or `without` for one of the query.", "since")
    value: str = _f("Its value.", "2026-11-23T00:00:00+00:00")
    count: int = _f("Threads found without it, at most 200.", 12)


class Result(Shape):
    """A thread that a search found."""

    thread: str = _f("The thread's id.", "1k8p0")
    url: str = _f("Address of its page.", "https://wire.example/wire/1k8p0/quarrybank-confirms")
    headline: str = _f("Its headline.", "Quarrybank confirms theft of 2.5 million records")
    kind: Kind = _f("Kind of event.", "breach")
    updated_at: datetime = _f("Last change.", "2026-11-23T06:30:00+00:00")
    why: str = _f("Why it is here, in words.", "title has 'quarrybank'; close in meaning")
    passages: list[Passage] = _f("Best passages, at most two.")


class EntityQuote(Shape):
    """Exact words of an article."""

    article: str = _f("Id of the article.", "31415926")
    url: str = _f("At the outlet.", "https://ledger.example/a/1")
    outlet: str = _f("Outlet.", "Harbor Ledger")
    quote: str = _f("The article's characters.", "Quarrybank, a lender in Ohio, said …")
    in_: Literal["title", "text", "published"] = Field(
        alias="in", description="Where they stand.", examples=["text"]
    )
    start: int = _f("First character.", 0)
    end: int = _f("One past the last.", 36)


class RelatedArticle(Shape):
    """An article of a related thread."""

    article: str = _f("Its id.", "31415926")
    url: str = _f("At its outlet.", "https://ledger.example/a/1")
    outlet: str = _f("Outlet.", "Harbor Ledger")
    title: str = _f("Its title.", "Quarrybank tells customers of a breach")
    published: datetime | None = _f("Publication as the source says.", "2026-11-20T08:00:00+00:00")


class YourWords(Shape):
    """Words of what was asked about."""

    quote: str = _f("Its characters from start to end.", "1.9 million customers")
    in_: Literal["title", "text"] = Field(
        alias="in",
        description="Where they stand: a pasted text is all text.",
        examples=["text"],
    )
    start: int = _f("First character.", 41)
    end: int = _f("One past the last.", 62)
    url: str | None = _f("Where a thread was asked about: the article that says it.", None)
    outlet: str | None = _f("Its outlet.", None)


class YourFigure(YourWords):
    """A figure of what was asked about."""

    value: Any = _f("Normalised as in key details.", {"number": 1900000, "unit": "customers"})
    in_words: str = _f("As people read it.", "1,900,000 customers")


class SharedEvidence(Shape):
    """Something that both sides say."""

    kind: SharedKind = _f("What it is.", "victim")
    value: str = _f("As the thread has it.", "Quarrybank")
    yours: YourWords = _f("The words on your side.")
    evidence: EntityQuote = _f("The sentence of an article of the thread.")


class NewFact(Shape):
    """A fact of the thread that the text asked about does not hold."""

    field: DetailField = _f("As in key details.", "affected")
    label: str = _f("For people.", "People affected")
    value: Any = _f("Normalised as in key details.", {"number": 51730, "unit": "people"})
    bound: Bound | None = _f("How exact a figure is.", "exact")
    in_words: str = _f("As people read it.", "51,730 people")
    status: Status = _f("How sure it is; denied: it is the denial that is new.", "confirmed")
    asserter: str | None = _f("Whose word it is.", "Quarrybank")
    denial: bool = _f("The text holds the fact, and not that it is denied.", False)
    first_said: datetime = _f("Publication of the article quoted.", "2026-11-20T08:00:00+00:00")
    evidence: EntityQuote = _f("The sentence it stands in, with the link.")


class Contradicted(Shape):
    """A figure of the text asked about that is not the thread's leading one."""

    field: DetailField = _f("As in key details.", "affected")
    label: str = _f("For people.", "People affected")
    yours: YourFigure = _f("What the text says.")
    value: Any = _f("The leading figure.", {"number": 51730, "unit": "people"})
    bound: Bound | None = _f("How exact it is.", "exact")
    in_words: str = _f("As people read it.", "51,730 people")
    status: Status = _f("Of the leading figure.", "confirmed")
    asserter: str | None = _f("Whose word it is.", "Quarrybank")
    earlier: bool = _f("An article gave the text's figure too: it may be out of date.", True)
    evidence: EntityQuote = _f("The sentence of the leading figure.")


class RelatedResult(Result):
    """A thread that is related to what was asked about."""

    relation: Relation = _f("Kind of relation.", "same_storyline")
    score: float = _f(
        "Probability, as far as we can tell: of being one incident, else that a reader of one wants"
        " the other.",
        0.87,
    )
    likely: bool = _f("Whether it is shown openly; the others are folded away.", True)
    articles: list[RelatedArticle] = _f("Its articles that are nearest, at most three.")
    about: YourWords | None = _f(
        "The stretch of a text on several events that speaks of this one; null: the whole does.",
        None,
    )
    shared: list[SharedEvidence] = _f("What ties them, the telling first, at most six.")
    new: list[NewFact] = _f("What your text does not hold, at most five.")
    contradictions: list[Contradicted] = _f("Where your text says otherwise, at most three.")


Mode = Literal["exact", "text", "semantic"]


class SearchAnswer(Shape):
    """What a search found, best first."""

    query: str = _f("The query as searched for.", "quarrybank ransomware")
    modes: list[Mode] = _f(
        "How it was searched; semantic only once the model is loaded.", ["exact", "text"]
    )
    terms: list[str] = _f("Words and phrases looked for, other spellings too.", ["quarrybank"])
    corrected: list[Misspelt] = _f("Words taken for misspelt names.", [])
    results: list[Result] = _f("Threads, best first.")
    found: int | None = _f("Threads found, at most some hundreds; on the first page.", 12)
    facets: dict[str, list[FacetValue]] | None = _f(
        "By filter, values among the threads found; on the first page.",
        {"section": [{"value": "Ransomware", "count": 3}]},
    )
    loosen: list[Looser] | None = _f("Where nothing is found: what to leave out.", [])
    next: str | None = _f("Cursor of the next page; null: the last one.", None)


class RelatedAnswer(Shape):
    """Related coverage, most useful first, at most ten."""

    query: str = _f("The thread's id, the address, or the beginning of the text.", "1k8p0")
    modes: list[Mode] = _f("How it was searched.", ["exact", "text", "semantic"])
    results: list[RelatedResult] = _f("Threads, most useful first.")
    next: None = _f("Always null: there is one page.", None)


class RelatedRequest(Shape):
    """What to find related coverage of: a text or an address."""

    text: Annotated[
        str | None,
        Field(
            description="A text of at most 100 kB in UTF-8, compared and not stored.",
            examples=["Quarrybank, a regional lender, said on Friday that …"],
        ),
    ] = None
    url: Annotated[
        str | None,
        Field(
            description="Address of an article; an unknown one is fetched, compared, not stored.",
            examples=["https://ledger.example/a/1"],
            max_length=4_000,
        ),
    ] = None


class ArticleAnswer(Shape):
    """What is known of an article; its text stays with its outlet."""

    id: str = _f("Id as evidence names it.", "31415926")
    url: str = _f("At the outlet.", "https://ledger.example/a/1")
    title: str = _f("Its title.", "Quarrybank tells customers of a breach")
    lead: str = _f("Its summary, at most 300 characters.", "Quarrybank said on Friday …")
    authors: list[str] = _f("Original authors as the article names them.", ["Ida Okafor"])
    outlet: str = _f("Outlet.", "Harbor Ledger")
    family: str = _f("Publisher family.", "Harbor Media")
    published: datetime | None = _f("Publication as the source says.", "2026-11-20T08:00:00+00:00")
    first_seen_at: datetime = _f("When it was first seen.", "2026-11-20T08:20:11+00:00")
    language: str = _f("BCP 47, empty where unknown.", "en")
    text_from: TextFrom = _f("Where the stored text is from.", "page")
    page: PageState = _f("Whether the article's page could be read.", "ok")
    page_note: str = _f("Why the feed's text serves, where it does.", "")
    revision: int = _f("How often its text changed, counted from 1.", 1)
    thread: str | None = _f("The thread it is in; null: in none (a roundup).", "1k8p0")


class FeedRow(Shape):
    """A feed, and how reading it goes."""

    url: str = _f("Address of the feed.", "https://ledger.example/feed.xml")
    outlet: str = _f("Outlet.", "Harbor Ledger")
    section: str = _f("Kind of outlet.", "news")
    language: str = _f("BCP 47, empty where unknown.", "en")
    country: str = _f("ISO 3166-1 alpha-2, empty where unknown.", "US")
    state: FeedState = _f("Of the feed document itself.", "ok")
    error: str | None = _f("What the last failed poll said.", None)
    last_success_at: datetime | None = _f("Last answer.", "2026-11-23T06:30:00+00:00")
    next_fetch_at: datetime | None = _f("When it is asked next.", "2026-11-23T07:00:00+00:00")
    pages_ok: int = _f("Article pages that could be read.", 40)
    pages_refused: int = _f("Article pages that could not.", 2)
    page_error: str | None = _f("What the last refused page said.", None)
    verified: bool = _f("A check has seen it answer as a feed.", True)


class FeedList(Shape):
    """All feeds, by outlet."""

    feeds: list[FeedRow] = _f("A row a feed.")


class EntityFact(Shape):
    """A victim's sector or country, as sources or its own name say."""

    value: str = _f("Sector of the MISP galaxy, or ISO 3166-1 alpha-2.", "US")
    label: str = _f("In words.", "United States")
    basis: Literal["quote", "name"] = _f("Said by a source, or part of the name.", "quote")
    words: str = _f("What says it.", "a lender in Ohio")
    evidence: EntityQuote = _f("The sentence it stands in.")


class GalaxyLink(Shape):
    """A relation to another actor."""

    relation: str = _f("In its words.", "part-of")
    source: Literal["galaxy", "name"] = _f(
        "The galaxy states it; or one name merely stands in the other.", "galaxy"
    )
    name: str = _f("The other actor.", "Kimsuky")
    url: str | None = _f("Its page, where the wire has one.", None)


class GalaxyActor(Shape):
    """What the MISP galaxy says of an actor: its word, not that of the sources."""

    name: str = _f("The galaxy's name for it.", "Scattered Spider")
    aliases: list[str] = _f("The galaxy's other names for it.", ["Octo Tempest"])
    country: str | None = _f("Where the galaxy puts it, ISO 3166-1 alpha-2.", None)
    country_name: str | None = _f("In words.", None)
    links: list[GalaxyLink] = _f("Relations to other actors.")


class Namesake(Shape):
    """Another entity that the name may mean."""

    name: str = _f("Its name.", "Quarrybank")
    slug: str = _f("As in its address.", "quarrybank-au")
    url: str = _f("Its page.", "https://wire.example/victim/quarrybank-au")
    sector: str | None = _f("Its sector, where sources say so.", "Bank")
    country: str | None = _f("Its country, where sources say so.", "Australia")
    threads: int = _f("Its threads.", 1)


class NamedBeside(Shape):
    """An entity in the same threads."""

    kind: Literal["victim", "actor", "third_party", "cve"] = _f("What it is.", "actor")
    name: str = _f("Its name there.", "Salt Heron")
    slug: str = _f("As in its address.", "salt-heron")
    url: str = _f("Its page.", "https://wire.example/actor/salt-heron")
    threads: int = _f("How many of these threads name it.", 2)


class Entity(Shape):
    """A victim, actor, supplier or CVE and the threads that name it; of an outlet its threads."""

    kind: Literal["victim", "actor", "third_party", "cve", "source"] = _f("What it is.", "victim")
    name: str = _f("As most threads name it.", "Quarrybank")
    slug: str = _f("As in its address; other spellings are moved there.", "quarrybank")
    url: str | None = Field(None, description="Its page; an outlet has none.")
    forms: list[str] = Field([], description="Its other spellings in the sources.")
    first_seen: datetime | None = Field(None, description="Publication of the first that names it.")
    last_seen: datetime | None = Field(None, description="Publication of the last that names it.")
    count: int | None = Field(None, description="How many threads name it, all pages together.")
    statuses: dict[Status, int] = Field(
        {}, description="How many of its threads have it with which status."
    )
    sector: EntityFact | None = Field(None, description="Victims and suppliers; null: not said.")
    country: EntityFact | None = Field(None, description="Victims and suppliers; null: not said.")
    galaxy: GalaxyActor | None = Field(None, description="Actors that the MISP galaxy lists.")
    namesakes: list[Namesake] = Field([], description="Others that the name may mean.")
    together: list[NamedBeside] = Field([], description="Who stands in the same threads.")
    threads: list[Row] = _f("Newest first.")
    next: str | None = _f("Cursor of the next page; null: the last one.", None)


class StorylineAnswer(Shape):
    """Threads of one campaign."""

    id: str = _f("Permanent id.", "s1k8p0")
    url: str = _f("Address of the page.", "https://wire.example/storyline/s1k8p0")
    label: str = _f("What joins them.", "Tidewater Sync")
    reason: str = _f("Why they stand together, in words.", "one supplier was the way in")
    threads: list[Row] = _f("By the first report, oldest first.")


class Health(Shape):
    """The process answers."""

    status: Literal["ok"] = _f("Always ok.", "ok")


class Ready(Shape):
    """Whether the service can do its work."""

    ready: bool = _f("The store answers, and what this process does beside serving lives.", True)
    store: Literal["ok", "failed"] = _f("Whether the store answers.", "ok")
    loops: dict[str, str] = _f(
        "What this process does beside serving, by name: `at work`, `waits`, or `stalled` where it"
        " ended or hangs. Empty for `serve`.",
        {"polling": "at work", "threading": "at work"},
    )
    semantic_search: bool = _f("Whether the embedding model is loaded.", True)
    articles: int | None = _f("Articles stored.", 770)
    threads: int | None = _f("Threads.", 412)
    waiting: int | None = _f("Articles not threaded yet.", 0)
    briefs_behind: int | None = _f("Threads whose brief is behind.", 0)
