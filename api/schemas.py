"""The shapes of the API's answers, for OpenAPI: lists, search, articles, feeds, health.

In: nothing. Out: pydantic models with every field described. Answers are made as dicts and encoded
by orjson; a test holds them to these models, `wire_schema` holds the wire format.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from breachwire.model import (
    FeedState,
    Kind,
    PageState,
    Relation,
    Section,
    Status,
    TextFrom,
    ThreadState,
)


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


class Result(Shape):
    """A thread that a search found."""

    thread: str = _f("The thread's id.", "1k8p0")
    url: str = _f("Address of its page.", "https://wire.example/wire/1k8p0/quarrybank-confirms")
    headline: str = _f("Its headline.", "Quarrybank confirms theft of 2.5 million records")
    kind: Kind = _f("Kind of event.", "breach")
    updated_at: datetime = _f("Last change.", "2026-11-23T06:30:00+00:00")
    why: str = _f("Why it is here, in words.", "title has 'quarrybank'; close in meaning")
    passages: list[Passage] = _f("Best passages, at most two.")


class RelatedResult(Result):
    """A thread that is related to what was asked about."""

    relation: Relation = _f("Kind of relation.", "same_storyline")


Mode = Literal["exact", "text", "semantic"]


class SearchAnswer(Shape):
    """What a search found, best first."""

    query: str = _f("The query as searched for.", "quarrybank ransomware")
    modes: list[Mode] = _f(
        "How it was searched; semantic only once the model is loaded.", ["exact", "text"]
    )
    results: list[Result] = _f("Threads, best first.")
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
            description="A text of at most 100 kB, compared and not stored.",
            examples=["Quarrybank, a regional lender, said on Friday that …"],
            max_length=100_000,
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


class Entity(Shape):
    """A victim, actor, supplier or CVE and the threads that name it."""

    kind: Literal["victim", "actor", "third_party", "cve", "source"] = _f("What it is.", "victim")
    name: str = _f("As the sources name it; else the slug asked for.", "Quarrybank")
    slug: str = _f("As in its address.", "quarrybank")
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

    ready: bool = _f("The store answers.", True)
    store: Literal["ok", "failed"] = _f("Whether the store answers.", "ok")
    semantic_search: bool = _f("Whether the embedding model is loaded.", True)
    articles: int | None = _f("Articles stored.", 770)
    threads: int | None = _f("Threads.", 412)
    waiting: int | None = _f("Articles not threaded yet.", 0)
    briefs_behind: int | None = _f("Threads whose brief is behind.", 0)
