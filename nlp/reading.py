"""An article → its passages: the title and the sentences of its text, with their names marked.

Every extractor works on passages, so that a span is cut once: offsets in a passage plus its start
are offsets of the article's title or text. Boilerplate ("The post … appeared first on …", a named
reporter's "… reports:", a dateline) is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from breachwire.model import Article, Evidence
from nlp import names, patterns, sentences
from nlp.folding import fold
from nlp.names import Name

SENTENCES: Final = 60
"""Sentences of a text that are read: what an article says of its incident stands before that."""
LONGEST: Final = 800
"""Characters of a passage that are read: a longer one is a table or a dump, not a sentence."""
LEAD: Final = 3
"""Sentences that open a text: they are about the incident, later ones may be background."""
SUMMARY: Final = 8
"""Sentences of a summary: a longer text has a body, which tells of other things as well."""
OPENING: Final = 300
"""Characters of a text within which a dateline stands, "Harrowgate Wire reports:" before it."""
_FIRST: Final = 0xE000
_MOST: Final = 500
_POST: Final = re.compile(
    r"The post (?:(?!The post ).){1,400}? appeared first on .{1,80}", re.DOTALL
)
_TELLER: Final = re.compile(r"(?:[A-ZÀ-Þ][\w.’'-]{0,24}[ ,]{1,2}){1,6}reports?:\s")
_DATELINE: Final = re.compile(
    r"(?m)^[A-Z][A-Z.'’]{2,24}(?: [A-Z.'’]{2,24}){0,3}(?:, [A-Z][a-z]{2,8}\.?(?: \d{1,2})?){0,2}"
    r"(?: \([A-Z][^()]{1,30}\))? ?[-–—]{1,2} (?=[“\"'‘A-Z])"
)
"""Where and when a text was filed, and by whom: "SELLICK, Sept 2 (Harrowgate Wire) - "."""
_PRIVATE: Final = re.compile(patterns.NAME)
_TAIL: Final = re.compile(r"\.{3}\s+Source\Z")


@dataclass(frozen=True, slots=True)
class Passage:
    """A title or sentence: where it stands, its words, its names."""

    where: str
    """title or text."""
    index: int
    """0 for the title, 1 for the text's first sentence and so on."""
    start: int
    end: int
    text: str
    low: str
    """`text` folded (`nlp.folding.fold`), same offsets."""
    names: tuple[Name, ...]
    marked: str
    """`low` with each name that is no place as one private character; see `name_at`."""
    places: tuple[int, ...]
    """Offsets in `marked` → offsets in `text`, one more than marked has."""

    @property
    def opens(self) -> bool:
        """Whether it is the title or stands in the lead."""
        return self.index <= LEAD

    def name_at(self, position: int) -> Name:
        """The name marked at a position of `marked`."""
        return self.names[ord(self.marked[position]) - _FIRST]

    def quote(self, article: int, start: int, end: int) -> Evidence:
        """Evidence for a span of this passage."""
        where = "title" if self.where == "title" else "text"
        return Evidence(article, where, self.start + start, self.start + end, self.text[start:end])  # type: ignore[arg-type]


def read(article: Article) -> tuple[Passage, ...]:
    """The title and up to SENTENCES sentences of an article."""
    skipped = [match.span() for match in _POST.finditer(article.text[:100_000])]
    spans = [
        (start, min(end, start + LONGEST))
        for start, end in sentences.split(article.text[:100_000])
        if not any(a <= start < b for a, b in skipped)
    ][:SENTENCES]
    spans = [_without_teller(article.text, start, end) for start, end in _undated(article, spans)]
    evidence = names.gather(article.text[start:end] for start, end in spans)
    title = article.title[:LONGEST]
    head = _passage(title, "title", 0, 0, len(title), evidence)
    body = [
        _passage(article.text, "text", index, start, end, evidence)
        for index, (start, end) in enumerate(spans, 1)
    ]
    return (head, *body)


def _undated(article: Article, spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sentences of a text, the first without its dateline, however many full stops that has."""
    found = _DATELINE.search(article.text[:OPENING])
    if not found:
        return list(spans)
    cut, at = found.start(), found.end()
    return [
        (start if end <= cut or start > at else max(start, at), end)
        for start, end in spans
        if not (cut <= start and end <= at)
    ]


def _without_teller(text: str, start: int, end: int) -> tuple[int, int]:
    teller = _TELLER.match(text, start, end)
    tail = _TAIL.search(text, max(start, end - 20), end)
    return (teller.end() if teller else start, tail.start() if tail else end)


def _passage(
    text: str, where: str, index: int, start: int, end: int, evidence: names.Evidence
) -> Passage:
    words = text[start:end]
    low = _PRIVATE.sub(" ", fold(words))
    found = tuple(
        Name(name.start - start, name.end - start, name.text, name.kind)
        for name in names.find(text, start, end, evidence, title=where == "title")
    )
    return _marked(where, index, start, end, words, low, found[:_MOST])


def with_names(passage: Passage, found: Sequence[Name]) -> Passage:
    """The same passage with other names, in order, none overlapping."""
    return _marked(
        passage.where, passage.index, passage.start, passage.end, passage.text, passage.low,
        tuple(found[:_MOST]),
    )  # fmt: skip


def _marked(
    where: str, index: int, start: int, end: int, words: str, low: str, found: tuple[Name, ...]
) -> Passage:
    pieces: list[str] = []
    places: list[int] = []
    at = 0
    for number, name in enumerate(found):
        if name.kind == "place":
            continue
        pieces += [low[at : name.start], chr(_FIRST + number)]
        places += [*range(at, name.start), name.start]
        at = name.end
    pieces.append(low[at:])
    places += [*range(at, len(low)), len(low)]
    return Passage(where, index, start, end, words, low, found, "".join(pieces), tuple(places))
