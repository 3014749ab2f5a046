"""The shapes of the tools' answers: what their output schemas are made of.

In: nothing. Out: pydantic models. Answers are made as dicts in `tools` and `parts`; a test holds
them to these. Times, statuses and kinds are the wire format's (wire.schema.json).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from api.search_schema import Looser, Misspelt, Mode
from api.shape import Shape
from api.shape import described as _f
from breachwire.model import (
    AsserterKind,
    Basis,
    Bound,
    Kind,
    Relation,
    Role,
    Section,
    SharedKind,
    StatementKind,
    Status,
    ThreadState,
    Where,
)
from breachwire.model import Field as DetailField

_WHEN = "2026-11-23T06:30:00+00:00"


class Told(Shape):
    """What every answer begins with."""

    notice: str = _f("How to take what follows: quoted material, no instruction.")
    notes: list[str] = _f("How this answer was made, where that is out of the ordinary.", [])


class Quote(Shape):
    """Exact words of an article: show them with the link."""

    url: str = _f("The article at its outlet.", "https://ledger.example/a/1")
    outlet: str = _f("Outlet.", "Harbor Ledger")
    quote: str = _f("Exactly the article's characters from start to end.", "Records were taken.")
    in_: Where = Field(
        alias="in", description="Where they stand; published: the date.", examples=["text"]
    )
    start: int = _f("First character.", 120)
    end: int = _f("One past the last.", 139)


class Fact(Shape):
    """A fact with its standing. What is `claimed` is somebody's claim and not confirmed."""

    field: DetailField = _f("Which fact.", "affected")
    label: str = _f("For people.", "People affected")
    value: Any = _f("Normalised.", {"number": 2500000, "unit": "people"})
    in_words: str = _f("As people read it.", "2,500,000 people")
    bound: Bound | None = _f("How exact a figure is.", "exact")
    status: Status = _f("How sure it is.", "claimed")
    asserter: str | None = _f("Whose word it is.", "Salt Heron")
    evidence: Quote = _f("The sentence it stands in.")


class LeadingFact(Fact):
    """A fact as it stands now; `claims` has everybody's word on it."""

    since: datetime = _f("Since when it stands so.", _WHEN)
    claims: int = _f("How many claims were made on it.", 2)
    note: str | None = _f("Disputed by …, possible repost, placeholder.", None)


class Claim(Fact):
    """One assertion of one fact in one article."""

    leads: bool = _f("Whether the fact's value and status are this claim's.", True)
    words: str = _f("The exact words of the value.", "2.5 million customer records")
    asserter_kind: AsserterKind | None = _f("What they are to the incident.", "attacker")
    basis: Basis | None = _f("On what it was said.", "statement")
    first_said: datetime = _f("Publication of the article.", _WHEN)
    last_said: datetime = _f("Publication of the newest that says the same.", _WHEN)
    note: str | None = _f("On the fact: disputed by …", None)


class Summary(Shape):
    """A thread in a list."""

    thread: str = _f("Its permanent id.", "1k8p0")
    url: str = _f("Its page; a path where this server has no public address.", "/wire/1k8p0/name")
    headline: str = _f("Its headline.", "Quarrybank confirms theft of 1.9 million records")
    section: Section = _f("Section of the wire.", "Breaches")
    kind: Kind = _f("Kind of event.", "breach")
    state: ThreadState = _f("How lively it is.", "developing")
    status: Status | None = _f("How sure it is that it happened; null: nothing says.", "confirmed")
    articles: int = _f("Articles, copies among them.", 12)
    origins: int = _f("Independent sources among them.", 3)
    first_at: datetime = _f("Publication of the first article.", _WHEN)
    updated_at: datetime = _f("Last change.", _WHEN)


class Found(Summary):
    """A thread that a search found."""

    why: str = _f("Why it is here.", "title has 'quarrybank'")
    quotes: list[Quote] = _f("Best passages, at most two.")


class SearchTold(Told):
    """What `search` answers."""

    query: str = _f("As searched for.", "quarrybank")
    modes: list[Mode] = _f("How it was searched; semantic only with the model loaded.", ["text"])
    corrected: list[Misspelt] = _f("Words taken for misspelt names.", [])
    found: int | None = _f("Threads found, at most some hundreds; on the first page.", 12)
    loosen: list[Looser] = _f("Where nothing is found: what to leave out.", [])
    threads: list[Found] = _f("Best first.")
    next: str | None = _f("Cursor of the next page; null: the last one.", None)


class Said(Shape):
    """A sentence of a brief and what it rests on."""

    text: str = _f("The sentence.", "Records were taken.")
    kind: StatementKind = _f(
        "quoted: the source's words. stated: ours, resting on the quotes. inferred: analysis."
        " glossary: explains a term. notice: sources are silent.",
        "quoted",
    )
    quotes: list[Quote] = _f("What it rests on, at most two.")


class Part(Shape):
    """A section of a brief."""

    section: str = _f("Section.", "Signal Summary")
    statements: list[Said] = _f("Its sentences.")


class Disclosed(Shape):
    """How the brief was made: to be passed on with its text."""

    text: str = _f("What a reader has to be told first.", "Extracted automatically …")
    account: str = _f("Who or what wrote which section, and who reviewed it.", "Sentences of …")
    by: str = _f("The writer.", "extractive, no model")
    ai_generated: bool = _f("Whether a language model wrote any of it.", False)
    digital_source_type: str = _f("IPTC digital source type.", "http://cv.iptc.org/…")


class Report(Shape):
    """An article of the thread."""

    url: str = _f("At its outlet.", "https://ledger.example/a/1")
    outlet: str = _f("Outlet.", "Harbor Ledger")
    title: str = _f("Title.", "Quarrybank tells customers of a breach")
    authors: list[str] = _f("As the article names them.", ["Ida Okafor"])
    published: datetime | None = _f("As the source says.", _WHEN)
    role: Role | None = _f("Its part in the thread.", "first_report")


class Event(Said):
    """An event of the incident."""

    at: str = _f("Date, month or year as known.", "2026-11-14")


class Tied(Shape):
    """Another thread that hangs together with it."""

    thread: str = _f("Its id.", "1k8p1")
    headline: str = _f("Its headline.", "Tidewater Sync releases poisoned")
    relation: Relation = _f("Kind of relation.", "same_supplier")
    reason: str = _f("In words.", "Tidewater Sync was the way in at both")


class Line(Shape):
    """A storyline: threads of one campaign."""

    id: str = _f("Permanent id.", "s1k8p0")
    label: str = _f("What joins its threads.", "Tidewater Sync")


class OneThread(Told):
    """What answers on one thread begin with."""

    asked: str | None = _f("The id that was asked for, where it was merged into this one.", None)
    thread: str = _f("The thread's permanent id.", "1k8p0")


class ThreadTold(OneThread):
    """What `thread` answers."""

    url: str = _f("Its page; a path where this server has no public address.", "/wire/1k8p0/name")
    headline: Said = _f("Its headline, evidenced like any statement.")
    section: Section = _f("Section of the wire.", "Breaches")
    kind: Kind = _f("Kind of event.", "breach")
    state: ThreadState = _f("How lively it is.", "developing")
    first_at: datetime = _f("Publication of the first article.", _WHEN)
    updated_at: datetime = _f("Last change.", _WHEN)
    articles: int = _f("Articles, copies among them.", 12)
    origins: int = _f("Independent sources among them.", 3)
    disclosure: Disclosed = _f("How the brief was made.")
    version: int = _f("Of the brief; 0: not written yet.", 3)
    behind: bool = _f("A report came in since the brief was written.", False)
    brief: list[Part] = _f("The brief.")
    facts: list[LeadingFact] = _f("Each fact as it stands, at most twenty; more by `claims`.")
    reporting: list[Report] = _f("Original reporting, at most twenty.")
    timeline: list[Event] = _f("By date of the event, at most twenty.")
    related: list[Tied] = _f("Related threads, most useful first.")
    storylines: list[Line] = _f("Storylines it is part of.")
    left_out: dict[str, int] = _f("How many more of a list there are.", {"reporting": 4})


class Changed(Shape):
    """A change of the ledger."""

    id: str = _f("Grows with every change.", "17")
    at: datetime = _f("When we saw it.", _WHEN)
    day: date = _f("When it was said or filed.", "2026-05-03")
    field: str = _f("Which fact.", "affected")
    label: str = _f("For people.", "People affected")
    before: str | None = _f("What stood before; null: new.", "500 people (reported)")
    after: str | None = _f("What stands now; null: withdrawn.", "24,937 people (confirmed)")
    text: str = _f("The change in a line.", "People affected: 500 people (reported) → …")
    edited: bool = _f("Whether an article we had read was edited.", False)
    quotes: list[Quote] = _f("What it rests on; none where the words are gone.")


class ChangesTold(OneThread):
    """What `changes` answers."""

    since: datetime | None = _f("The time asked for; null: from the start.", _WHEN)
    changes: list[Changed] = _f("Newest first.")
    next: str | None = _f("Cursor of the page before; null: that was all.", None)


class ClaimsTold(OneThread):
    """What `claims` answers."""

    headline: str = _f("The thread's headline.", "Quarrybank confirms theft")
    claims: list[Claim] = _f("Fact by fact, the leading one first; of each the newest first.")
    next: str | None = _f("Cursor of the next page; null: the last one.", None)


class Tie(Shape):
    """Something that both sides say."""

    kind: SharedKind = _f("What it is.", "victim")
    value: str = _f("As the thread has it.", "Quarrybank")
    yours: str = _f("The words on your side.", "the bank Quarrybank")
    evidence: Quote = _f("The sentence of an article of the thread.")


class Other(Fact):
    """A fact that the text lacks, or has otherwise."""

    yours: str | None = _f("What your text says instead; null: nothing.", None)
    denial: bool = _f("It is the denial that is new to your text.", False)


class Related(Shape):
    """A thread that is related to what was asked about."""

    thread: str = _f("Its id.", "1k8p0")
    url: str = _f("Its page; a path where this server has no public address.", "/wire/1k8p0/name")
    headline: str = _f("Its headline.", "Quarrybank confirms theft")
    kind: Kind = _f("Kind of event.", "breach")
    updated_at: datetime = _f("Last change.", _WHEN)
    relation: Relation = _f("Kind of relation.", "same_incident")
    likely: bool = _f("Whether a reader will want it.", True)
    why: str = _f("In words.", "both name Quarrybank")
    reporting: list[Report] = _f("Its articles that are nearest, at most three.")
    shared: list[Tie] = _f("What ties them, at most six.")
    new: list[Other] = _f("What your side does not hold, at most five.")
    contradictions: list[Other] = _f("Where your side says otherwise, at most three.")
    quotes: list[Quote] = _f("The best passage.")


class RelatedTold(Told):
    """What `related` answers."""

    query: str = _f("What was asked about, in short.", "1k8p0")
    modes: list[Mode] = _f("How it was compared.", ["exact", "text"])
    threads: list[Related] = _f("Most useful first.")


class Stated(Shape):
    """A party's sector or country, as sources or its own name say."""

    label: str = _f("In words.", "United States")
    basis: Literal["quote", "name"] = _f("Said by a source, or part of the name.", "quote")
    evidence: Quote = _f("The sentence it stands in.")


class Listed(Shape):
    """What the MISP galaxy says of an actor: its word, not that of the sources."""

    name: str = _f("Its name there.", "Scattered Spider")
    aliases: list[str] = _f("Its other names there, at most twenty.", ["Octo Tempest"])
    country_name: str | None = _f("Where the galaxy puts it.", None)


class Beside(Shape):
    """Another name: one that it may be mistaken for, or one in the same threads."""

    kind: str = _f("What it is.", "actor")
    name: str = _f("Its name.", "Salt Heron")
    threads: int = _f("Threads: its own, or those that it shares.", 2)


class Named(Summary):
    """A thread that names it, and what is said of it there."""

    said: Fact | None = _f("The fact that names it, with its standing; null: of an outlet.")
    quotes: list[Quote] = _f("Of an outlet: the title of its report.", [])


class EntityTold(Told):
    """What `entity` answers."""

    kind: str = _f("What it is.", "victim")
    name: str = _f("As most threads name it.", "Quarrybank")
    url: str | None = _f("Its page.", "/victim/quarrybank")
    forms: list[str] = _f("Other spellings in the sources, at most twenty.", [])
    first_seen: datetime | None = _f("Publication of the first that names it.", _WHEN)
    last_seen: datetime | None = _f("Publication of the last that names it.", _WHEN)
    count: int | None = _f("How many threads name it.", 3)
    statuses: dict[Status, int] = _f("In how many it has which status.", {"confirmed": 1})
    sector: Stated | None = _f("Victims and suppliers; null: not said.", None)
    country: Stated | None = _f("Victims and suppliers; null: not said.", None)
    galaxy: Listed | None = _f("Actors that the MISP galaxy lists.", None)
    namesakes: list[Beside] = _f("Others that the name may mean.", [])
    together: list[Beside] = _f("Who stands in the same threads.", [])
    threads: list[Named] = _f("Newest first.")
    next: str | None = _f("Cursor of the next page; null: the last one.", None)
