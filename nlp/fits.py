"""How well a sentence fits a place of the brief, by the odds that an editor would print it there.

In: a sentence, a place, what the place's own rules say of it (`nlp.brief_sections`). Out: what it
is worth there, or nothing: where it is unlikely, or no rule and no odds speak for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from breachwire.model import Article, Evidence
from nlp import printable
from nlp.overtaken import News
from nlp.patterns import says
from nlp.quotable import Quotable
from nlp.sheet import Place

LEARNT: Final = {"deep_analysis": 1.5, "impact_assessment": 0.3}
"""Sections for which enough fit sentences were seen to choose by the odds, and to take sentences
that the section's rules say nothing of: these may be so far below the usual odds. On articles left
out of the fit .57 of what was printed was fit with rules alone, .70 of as much with these."""
_RULED: Final = 0.3
"""What each unit of the odds, above the usual ones, adds to a sentence's worth in other sections;
1 in those."""
_BEHIND: Final = 2.0
"""How far below the usual odds a sentence may be that another one leans on, and that one is: the
odds are of one alone."""
_GOES_BACK: Final = re.compile(r"(?:They|It|He|She|This|These|Those|Both|Its|Their)\b")
"""How one opens whose odds are low for that alone."""
_COLOUR: Final = 2.0
"""How far below the usual odds one may be that shows no cue of news: below is weather, colour."""
OLD: Final = timedelta(days=14)
"""How long before the newest report advice or a plan is old."""
_NEXT: Final[Place] = ("deep_analysis", 2)


class Fits:
    """The odds of one thread's sentences, each worked out once."""

    def __init__(
        self, articles: Mapping[int, Article], kind: str, news: Callable[[], News]
    ) -> None:
        """`kind`: the thread's; `news`: what newer reports have made of older ones."""
        self._articles, self._kind, self._news = articles, kind, news
        self._known: dict[tuple[int, int, Place], float | None] = {}

    def worth(
        self, q: Quotable, place: Place | None, own: float | None, *, beyond: bool
    ) -> float | None:
        """What it is worth there, on what its section's rules give it, `own`; None: nothing.
        `beyond`: they need not give it anything where the odds speak for it."""
        if own is None and not beyond:
            return None
        fits = self._led(q, place)
        if fits is None or (own is None and not self._serves(q, fits, place)):
            return None
        if _learnt(place) and fits < -_COLOUR and not q.cues:
            return None
        return (own or 0.0) + (1.0 if _learnt(place) else _RULED) * fits

    def of(self, q: Quotable, place: Place | None) -> float | None:
        """By how much it is likelier to be printed there than the usual one that is fit, in
        log-odds, 0 where nobody judged that; None where it is unlikely."""
        return self._odds(q.source, place) if place else 0.0

    def prints(self, source: Evidence, place: Place) -> bool:
        """Whether an editor would print a source's sentence there."""
        return source.where != "text" or self._odds(source, place) is not None

    def _led(self, q: Quotable, place: Place | None) -> float | None:
        """The same as `of`; of one that leans no less than where it stands right behind what it
        leans on, which is fit itself."""
        fits = self.of(q, place)
        if q.after is None or place is None or not _GOES_BACK.match(q.source.quote):
            return fits
        if (before := self._odds(q.after, place)) is None:
            return fits
        return fits if before < -_BEHIND else max(fits or -_BEHIND, -_BEHIND)

    def _serves(self, q: Quotable, fits: float, place: Place | None) -> bool:
        """Whether one that no rule of a section speaks for stands there by its odds: no profile of
        a product or a firm, nothing old or overtaken."""
        if place is None or not _learnt(place) or fits < -LEARNT[place[0]] or q.after is not None:
            return False
        news = self._news()
        if says("asides", "profile", q.text) or news.passed(q):
            return False
        return place != _NEXT or q.at >= news.last - OLD

    def _odds(self, source: Evidence, place: Place) -> float | None:
        key = source.article, source.start, place
        if key not in self._known:
            where, weights = printable.place(*place), printable.shipped()
            usual = odds = weights.usual.get(where, 0.0)
            if where in printable.SECTIONS:
                odds = printable.of(source, self._articles, self._kind, where)
            likely = odds >= weights.least.get(where, odds)
            self._known[key] = odds - usual if likely else None
        return self._known[key]


def _learnt(place: Place | None) -> bool:
    """Whether what is fit for a place was learnt of articles read whole."""
    return place is not None and place[0] in LEARNT
