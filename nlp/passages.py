"""A roundup's title and text → its passages, each on (at most) one event, with exact offsets.

In: title and text as stored. Out: `Passage`s in order. A recap's title is a list of topics; a
feed's summary names more of them after a colon ("Plus: A, B, and C."); a full page gives each a
paragraph, often under a heading of its own. Paragraphs are passages, and so are their sentences,
since some speak of two incidents in one breath: the judgement on them (`nlp.mentions`) takes the
better.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal

from nlp import sentences

MOST: Final = 160
"""Passages of one roundup: the longest weekly pages have some 60 items. A bound on cost."""
LEAST: Final = 8
"""Characters below which a piece of a list names nothing ("more", "AI")."""
PARAGRAPH: Final = 900
"""Characters of a paragraph that may be one passage; a longer one is taken by its sentences."""
HEADING: Final = 140
"""Characters of a line without a full stop that is the heading of the next."""

Span = tuple[int, int]

_EMPTY: Final = re.compile(r"^\W*No summary available\W*$|\bstorm ?cast\b", re.I)
_BUSINESS: Final = re.compile(r"\bM\s?&\s?A\b|\b(?:funding|deals?) round-?up\b", re.I)
"""Purchases name companies that were in the news for other reasons."""
_TAIL: Final = re.compile(r"(?:(?<!\s)\s+)?The post .{0,300} appeared first on .*\Z", re.S)
_CUT: Final = re.compile(r"(?:(?:(?<!\s)\s+)?(?:\[…\]|\[\.\.\.\]|…)[\s-]*|(?<![\s-])[\s-]*)\Z")
_LABEL: Final = re.compile(
    r"^[^:]{0,60}?\b(?:recap|round-?up|bulletin|digest|newsletter|in other news|week in \w+|"
    r"news this week|this week|of the week|briefing|summary)\b[^:]{0,40}:\s+",
    re.I,
)
_BY: Final = re.compile(
    r"^(?P<head>.{0,60}?\b(?:breaches|attacks|cyberattacks|incidents|hacks)\b.{0,30}?\b(?:by|at))"
    r"\s+(?!(?:\S+\s+){0,2}(?:organi[sz]ations|providers|entities|hospitals|clinics)\b)",
    re.I,
)
_LIST: Final = re.compile(
    r"(?:^|(?<=\s))(?:plus|also(?: noted)?|under the radar|noteworthy stories|in brief|"
    r"elsewhere|in this episode,? we (?:discuss|cover))\s*(?::|,|(?<=discuss)|(?<=cover))\s+",
    re.I,
)
_MORE: Final = re.compile(
    r"(?:(?<![\s,+&])[\s,+&]++|(?=[aAnNmM]|(?<!\d)\d))"
    r"(?=\d{1,9}+\+?\s++[nNmM]|[Aa][Nn]|[Nn][Ee]|[Mm][Oo])"
    r"(?:\b(?:[Aa]nd|AND)\s++(?:\+\s*+)?)?+(?:\d{1,9}+\+?\s++)?+"
    r"(?:(?:[Nn]ew|NEW)\s++)?+\b(?:[Mm]ore|MORE)\b(?:\s+\w+)?[\s.]*\Z",
)
_PLUS_STORIES: Final = re.compile(
    r"(?:(?<!\s)\s+)?(?:\+\s?\d+|(?:and|&)\s+\d+\+?)(?:(?!\band\s\d)[\w\s]){0,50}stories(?<=\bstories)\W*\Z",
    re.I,
)
_SEMICOLON: Final = re.compile(r"(?:(?<!\s)\s+)?;\s+(?:(?:and|&)\s+)?")
_COMMA: Final = re.compile(r",\s+(?:(?:and|&)\s+)?(?!(?:Inc|LLC|Ltd|L\.?P|Co|MD|and more)\b)")
_LAST: Final = re.compile(r",\s+(?:and|&)\s")
_AND: Final = re.compile(r"(?<!\s)\s+and\s+(?=[A-Z0-9‘“\"])")
_AMPERSAND: Final = re.compile(r"(?<!\s)\s+(?:and|&)\s+(?=[A-Z0-9‘“\"])")
_SAID_BY: Final = re.compile(
    r"^.{0,80}?\b(?:announced|disclosed|reported|confirmed)\s+(?:\w+\s+)?by\s+"
)
_CLAUSE: Final = re.compile(r",?(?<!\s)\s+while\s+(?=[A-Z])")
_CVE: Final = re.compile(r"\bCVE-\d{4}-\d{4,7}\b")


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a roundup."""

    where: Literal["title", "text"]
    start: int
    end: int
    head: str
    """What stands over it and holds for it too ("Data breaches announced by"); mostly empty."""
    title: str
    """What it says first: the item, a heading, the first sentence."""
    body: str = ""
    """What it says beyond that."""


def split(title: str, text: str, most: int = MOST) -> list[Passage]:
    """The passages of a roundup, title first; none where it only says that it is one."""
    if _BUSINESS.search(title):
        return []
    text = "" if _EMPTY.search(text) else text
    found = [] if _EMPTY.search(title) else list(_title(title))
    return [*found, *islice(_text(text), most)][:most]


def _title(title: str) -> Iterator[Passage]:
    label = _LABEL.match(title)
    by = None if label else _BY.match(title)
    if not label and not by:
        yield Passage("title", 0, len(title), "", title)
        return
    head, start = (by["head"], by.end()) if by else ("", label.end() if label else 0)
    for span in _items(title, start, len(title), _AMPERSAND):
        yield _passage("title", title, span, head)


def _items(text: str, start: int, end: int, last: re.Pattern[str] = _AND) -> Iterator[Span]:
    """The entries of a list; its last two may be joined by `last` without a comma."""
    more = _PLUS_STORIES.search(text, start, end) or _MORE.search(text, start, end)
    end = more.start() if more else end
    by = _SEMICOLON if _SEMICOLON.search(text, start, end) else _COMMA
    spans = list(_between(by, text, start, end))
    if by is _COMMA and spans and not _LAST.search(text, start, end):
        spans = [*spans[:-1], *_between(last, text, *spans[-1])]
    yield from (span for span in spans if span[1] - span[0] >= LEAST)


def _between(mark: re.Pattern[str], text: str, start: int, end: int) -> Iterator[Span]:
    at = start
    for found in mark.finditer(text, start, end):
        yield _stripped(text, at, found.start())
        at = found.end()
    yield _stripped(text, at, end)


def _stripped(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",;"):
        end -= 1
    return start, end


def _passage(where: Literal["title", "text"], text: str, span: Span, head: str = "") -> Passage:
    return Passage(where, *span, head, text[slice(*span)])


def _text(text: str) -> Iterator[Passage]:
    tail = _TAIL.search(text)
    end = tail.start() if tail else len(text)
    cut = _CUT.search(text, 0, end)
    end = cut.start() if cut else end
    paragraphs = list(_paragraphs(text, end))
    for heading, (start, stop) in paragraphs:
        yield from _paragraph(text, heading, start, stop, alone=len(paragraphs) == 1)


def _paragraphs(text: str, end: int) -> Iterator[tuple[Span | None, Span]]:
    """Lines, each with the heading over it: a short line that ends no sentence."""
    heading: Span | None = None
    for line in re.compile(r"[^\n\r\u2028\u2029]+").finditer(text, 0, end):
        start, stop = _stripped(text, *line.span())
        if stop - start < LEAST:
            continue
        if stop - start <= HEADING and text[stop - 1] not in ".!?:;”\"'’)" and stop < end:
            heading = start, stop
            continue
        yield heading, (start, stop)
        heading = None


def _paragraph(
    text: str, heading: Span | None, start: int, stop: int, *, alone: bool
) -> Iterator[Passage]:
    """A paragraph and its sentences; one that is all there is speaks of everything at once."""
    listed = _LIST.search(text, start, min(stop, start + 160))
    if len(_CVE.findall(text, start, stop)) > 1:
        yield from _flaws(text, start, stop)
        return
    if listed:
        yield from _listed(text, listed.end(), stop)
        return
    spans = [(s + start, e + start) for s, e in sentences.split(text[start:stop])]
    first = heading[0] if heading else start
    if (heading or len(spans) > 1) and stop - first <= PARAGRAPH and not alone:
        lead = heading or spans[0]
        body = text[start if heading else spans[1][0] : stop]
        yield Passage("text", first, stop, "", text[slice(*lead)], body)
    for span in spans:
        yield from _clauses(text, *span)


def _listed(text: str, start: int, stop: int) -> Iterator[Passage]:
    """What follows "Plus:": entries of its first sentence; each further sentence is an item."""
    for n, (s, e) in enumerate(sentences.split(text[start:stop])):
        s, e = s + start, e + start
        if n == 0 and (_COMMA.search(text, s, e) or _SEMICOLON.search(text, s, e)):
            trimmed = e - 1 if text[e - 1] == "." else e
            yield from (_passage("text", text, span) for span in _items(text, s, trimmed))
        else:
            yield _passage("text", text, (s, e))


def _clauses(text: str, start: int, end: int) -> Iterator[Passage]:
    """A sentence; "X fixed one, while Y fixed another" are two, and so are victims in a list."""
    by = _SAID_BY.match(text[start:end])
    if by:
        head = text[start : start + by.end()].strip()
        for span in _items(text, start + by.end(), end - (text[end - 1] == ".")):
            yield _passage("text", text, span, head)
        return
    yield from (
        _passage("text", text, s)
        for s in _between(_CLAUSE, text, start, end)
        if s[1] - s[0] >= LEAST
    )


def _flaws(text: str, start: int, stop: int) -> Iterator[Passage]:
    """A catalogue's entries: from one CVE to the next."""
    marks = [m.start() for m in _CVE.finditer(text, start, stop)]
    for at, following in zip(marks, [*marks[1:], stop], strict=True):
        span = _stripped(text, at, following)
        ends = sentences.split(text[slice(*span)])
        yield _passage("text", text, (span[0], span[0] + ends[0][1]))
