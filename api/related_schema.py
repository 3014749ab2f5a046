"""The shapes of related coverage, for OpenAPI: what is asked about, what ties a thread to it, what
is new and what contradicts it.

In: nothing. Out: pydantic models. The document itself is made by `related`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from api.entity_schema import EntityQuote
from api.search_schema import Mode, Result
from api.shape import Shape
from api.shape import described as _f
from breachwire.model import Bound, Relation, SharedKind, Status
from breachwire.model import Field as DetailField


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


class RelatedAnswer(Shape):
    """Related coverage, most useful first, at most ten."""

    query: str = _f("The thread's id, the address, or the beginning of the text.", "1k8p0")
    modes: list[Mode] = _f("How it was searched.", ["exact", "text", "semantic"])
    results: list[RelatedResult] = _f("Threads, most useful first.")
    next: None = _f("Always null: there is one page.", None)
