"""The shapes of lists, for OpenAPI: rows of threads, feeds, and what is known of an article.

In: nothing. Out: pydantic models. The documents themselves are made by `lists`, rows by `rows`.
"""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from api.shape import Shape
from api.shape import described as _f
from breachwire.model import (
    FeedState,
    Kind,
    PageState,
    Section,
    Status,
    TextFrom,
    ThreadState,
)


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
