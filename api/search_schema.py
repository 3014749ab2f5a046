"""The shapes of a search's answer, for OpenAPI: threads found, by which words, what to try instead.

In: nothing. Out: pydantic models. The document itself is made by `api.search`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from api.shape import Shape
from api.shape import described as _f
from breachwire.model import Kind


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
