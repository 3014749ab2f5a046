"""Whether the numbers and dates of a sentence stand in its passages for the same things.

In: a sentence, the passages it cites with their dates. Out: what is wrong, a line each. The digits
themselves are `nlp.ground`'s; here "24,937 patients" may not become 24,937 employees, "up to" may
not fall away, and a day of one passage may not take another's month.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from nlp import dates, numbers, rank
from nlp.llm.passages import Passage

_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_AMOUNT: Final = re.compile(
    rf"{_NUMBER.pattern}|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|half"
    r"|a dozen|dozens|hundreds|thousands|millions)\b"
)
_WORD: Final = re.compile(r"[^\W_][\w'’-]*")
_SCALES: Final = frozenset({"thousand", "million", "billion", "trillion", "hundred", "percent"})
_BOUND: Final = re.compile(
    r"\b(?:up to|at (?:least|most)|about|around|approximately|roughly|nearly|almost|some|over|under"
    r"|(?:more|less|fewer|greater) than|as (?:many|much) as|an estimated|close to|just)"
    r" (?=(?:[$€£])?\Z)",
    re.IGNORECASE,
)
_NAMED: Final = re.compile(r"\b[A-Z][a-z]+\.? (?=[$€£]?\Z)")
_BEFORE: Final = 6
_AFTER: Final = 10
"""Words around a number in a passage that say what it counts."""


def problems(text: str, cited: Sequence[Passage]) -> list[str]:
    """Figures and dates that the passages do not give so."""
    own = [fact for p in cited for fact in numbers.facts(p.text)]
    found = [
        f'"{text[fact.start : fact.end]}" is no figure of the cited passages'
        for fact in numbers.facts(text)
        if not any((fact.field, fact.value, fact.bound) == (o.field, o.value, o.bound) for o in own)
    ]
    found += [
        f'"{number}" is not the number of "{thing}" in the cited passages'
        for number, thing in _counted(text)
        if not any(_counts(p.text, number, thing) for p in cited)
    ]
    found += [
        f'"{words}" is said otherwise in the cited passages'
        for words in _said(text)
        if not any(words in set(_said(p.text)) for p in cited)
    ]
    return found + list(_dates(text, cited))


def _said(text: str) -> Iterator[str]:
    """Each number with what bounds it ("up to") or with the name before it ("July 19")."""
    for match in _AMOUNT.finditer(text):
        bound = _BOUND.search(text[max(0, match.start() - 24) : match.start()])
        named = _NAMED.search(text[max(0, match.start() - 24) : match.start()])
        yield f"{bound[0].lower() if bound else ''}{named[0] if named else ''}{match.group()}"


def _counted(text: str) -> Iterator[tuple[str, str]]:
    """Each number with the next content word."""
    for match in _NUMBER.finditer(text):
        for word in _WORD.findall(text[match.end() : match.end() + 60]):
            if (stem := _stem(word)) and word.lower() not in _SCALES:
                yield match.group(), stem
                break


def _counts(text: str, number: str, thing: str) -> bool:
    for match in _NUMBER.finditer(text):
        if match.group() != number:
            continue
        near = _WORD.findall(text[: match.start()])[-_BEFORE:]
        near += _WORD.findall(text[match.end() :])[:_AFTER]
        if any(_stem(word) == thing for word in near):
            return True
    return False


def _stem(word: str) -> str:
    return next(iter(rank.terms(word)), "")


def _dates(text: str, cited: Sequence[Passage]) -> Iterator[str]:
    for moment in dates.moments(text, _published(cited)):
        words = text[moment.start : moment.end]
        if moment.form in ("relative", "weekday"):
            yield f'"{words}" depends on the day it is read'
        elif not any(value.startswith(moment.value) for value in _values(cited)):
            yield f'"{words}" is no date of the cited passages'


def _values(cited: Iterable[Passage]) -> Iterator[str]:
    for passage in cited:
        yield from (m.value for m in dates.moments(passage.text, _published([passage])))


def _published(cited: Sequence[Passage]) -> date | None:
    return next((date.fromisoformat(p.day) for p in cited if p.day), None)
