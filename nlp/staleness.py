"""A thread's articles → which facts newer ones have overtaken.

In: the members, a detail and the claim it would be told by. Out: whether a brief may still tell it
as it stands. Overtaken is a count that a later article gives beside a larger one as its earlier
figure ("51,730 people, up from 48,200"), and what goes on for a while (an investigation, letters
being mailed) once an article says that it is over, or long after it was last said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from breachwire.model import Claim, Detail, Member
from nlp import sentences
from nlp.folding import fold
from nlp.patterns import one, says

PASSING: Final = ("investigating", "notified_people", "took_systems_offline", "restored")
"""Responses that go on for a while and end."""
LASTS: Final = timedelta(days=14)
"""How long after the report that told of it such a response is news; investigations that had ended
since were told in the demonstration's briefs four to six weeks on."""
NEXT: Final = timedelta(days=1)
"""The same of an investigation: the next day's report says what it found, or says again that it
goes on."""
_FIGURE: Final = re.compile(r"\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)? (?:million|billion)|\d{3,}")
_FROM: Final = re.compile(
    r"\b(?:up from|from|instead of|not|than|replac\w+|earlier|previous\w*|initial\w*|first) "
    r"(?:an? )?(?:\w+ ){0,4}\Z"
)
_SCALE: Final = {"million": 1e6, "billion": 1e9}


class News:
    """What a thread's articles say, by their time."""

    def __init__(self, members: Sequence[Member]) -> None:
        self._articles = {m.article.id: m.article for m in members}
        self._newest = max((a.at for a in self._articles.values()), default=None)
        self._lines: list[tuple[int, str]] = []

    def overtook(self, detail: Detail, claim: Claim) -> bool:
        """Whether something newer has overtaken a fact that this claim tells."""
        if detail.field == "affected":
            return self._replaced(claim)
        return detail.field == "response" and self._over(str(detail.value), claim)

    def _replaced(self, claim: Claim) -> bool:
        own = _figure(claim.evidence.quote)
        mine = self._articles[claim.evidence.article]
        if own is None:
            return False
        return any(
            _gives_way(line, own)
            for article, line in self._sentences()
            if self._articles[article].at > mine.at
        )

    def _over(self, value: str, claim: Claim) -> bool:
        if value == "lawsuit_filed":
            return self._settled(claim)
        if value not in PASSING or self._newest is None:
            return False
        at = self._articles[claim.evidence.article].at
        if self._newest - at > (NEXT if value == "investigating" else LASTS):
            return True
        return value == "investigating" and any(
            self._articles[article].at >= at and says("vouch", "finished", line)
            for article, line in self._sentences()
        )

    def _settled(self, claim: Claim) -> bool:
        """Whether a report of that day or later says that the suit was settled."""
        at = self._articles[claim.evidence.article].at
        return any(
            self._articles[article].at >= at and says("vouch", "settled", line)
            for article, line in self._sentences()
        )

    def _sentences(self) -> Sequence[tuple[int, str]]:
        if not self._lines:
            self._lines = [
                (article.id, article.text[start:end])
                for article in self._articles.values()
                for start, end in sentences.split(article.text)
            ]
        return self._lines


def _gives_way(line: str, own: float) -> bool:
    """Whether a sentence gives this figure as the earlier one of another."""
    if not one("gates", "revised").search(fold(line)):
        return False
    figures = [(match.start(), _figure(match[0])) for match in _FIGURE.finditer(line)]
    others = [figure for _, figure in figures if figure and figure != own]
    as_earlier = any(
        figure == own and _FROM.search(line[max(0, at - 50) : at].lower()) for at, figure in figures
    )
    return as_earlier and bool(others)


def _figure(text: str) -> float | None:
    match = _FIGURE.search(text)
    if match is None:
        return None
    number, _, scale = match[0].replace(",", "").partition(" ")
    return float(number) * _SCALE.get(scale, 1)
