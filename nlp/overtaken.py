"""A thread's sentences → those that a newer report has overtaken.

In: the members and what the ledger knows of counts. Out: for a sentence, whether it is stale: a
count since replaced, an inquiry since closed, a return since made, a first all-clear taken back in
the next breath, a day or a deadline that has passed. The newest wins; the old may stand as history
where the sentence itself gives its date (`dated`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import Final

from breachwire.model import Article, Evidence, Field
from nlp import dates, rank
from nlp.facts import Ledger, covers
from nlp.patterns import any_of, says
from nlp.quotable import Quotable

_NUMBER: Final = re.compile(
    r"(?<![\d,])\d{1,3}(?:,\d{3}){1,4}(?!\d)"
    r"|(?<![\d.])\d{1,6}(?:\.\d{1,3})? (?:million|billion)"
)
_SIZE: Final = re.compile(r"\d{1,4}(?:\.\d{1,3})? ?(?:terabytes?|gigabytes?|megabytes?|[TGM]B)\b")
_REPLACED: Final = (
    re.compile(rf"\b(?:up|down|raised|revised|increased|grown|risen|corrected) from "
               rf"(?:about |some |nearly )?(?P<old>{_NUMBER.pattern})"),
    re.compile(rf"\breplac\w+ (?:\w+ ){{0,2}}?(?:figure|number|count|estimate|placeholder) of "
               rf"(?P<old>{_NUMBER.pattern}|\d{{1,9}})"),
    re.compile(rf"\b(?:crew|group|gang|seller|hacker|attacker|thieves|claim)(?:s?['’]s?)? (?:own )?"
               rf"(?:figure|number|count|claim) of (?P<old>{_SIZE.pattern}|{_NUMBER.pattern})"),
    re.compile(rf"(?P<old>{_NUMBER.pattern}|(?<!\d)\d{{3,9}}(?!\d))[^.;]{{0,60}}? "
               rf"raised (?:that|it) to "),
)  # fmt: skip
"""Words by which a report says that a count is not the first."""
_SERIES: Final = re.compile(r"(?<![\d,])(?:\d[\d,]{0,12}\d on [A-Z]\w{2,8}\.? \d{1,2}, ){2,9}")
"""Counts by their days: "501 on August 31, 41,200 on September 21, and now …"."""
_SUM: Final = re.compile(
    r"(?P<sum>[$€£]\d[\d.,]{0,12}(?: (?:million|billion)|[mkb]\b)?)[^.;$€£]{0,50}?"
    r"\b(?P<verb>frozen|recovered|reimbursed|repaid)\b"
)
_LONG: Final = timedelta(days=200)
_SHORT: Final = timedelta(days=7)
"""How long "the current quarter" is current."""
_SOON_OVER: Final = timedelta(days=6)
_DAYS: Final = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "fourteen": 14,
}  # fmt: skip
_GIVES: Final = re.compile(
    r"\b(?:gives?|gave|set|deadline|countdown|within)\b[^.;]{0,50}?\b(?P<n>\d{1,2}|"
    + "|".join(_DAYS)
    + r") (?P<unit>hours|days)\b"
)
"""How long somebody was given: "gives the clinic seven days", "a countdown of ten days"."""
_TAKEN_BACK: Final = re.compile(
    r"\s{0,3}(?:However|But),? (?:the )?(?:subsequent|later|further|new)\w* "
    r"(?:findings?|information|analysis|investigation|evidence)\b"
)
_PLANS: Final = ("inquiry", "release", "notice", "court", "fix")
"""What was to come, each with the words by which a newer report says that it came about."""
_SHARED: Final = 2
"""Words that two sentences on one thing have in common beside the names."""
_UNTIL: Final = re.compile(
    r"\b(?:until|till|through|by|before) (?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|tomorrow"
    r"|next week)\b"
)
"""A day to come that by the newest report has gone and that no longer says which."""
_LOOT: Final = re.compile(
    r"\d (?:million|billion|thousand)\b|\d,\d{3}\b|\d ?(?:tera|giga|mega)bytes?\b|\d ?[TGM]B\b"
)
_PERFECT: Final = re.compile(
    r"\bha(?:s|ve) (?P<did>forced|kept|left|knocked|taken|shut|halted|disrupted|crippled"
    r"|paraly[sz]ed)\b"
)
_SIMPLE: Final = {"taken": "took"}
_SINCE: Final = re.compile(
    r"\bsince(?= (?:January|February|March|April|May|June|July|August"
    r"|September|October|November|December) \d)"
)
_NOW_OFFERED: Final = re.compile(
    r"\b(?:is|are)(?= (?:now )?(?:offering|selling|demanding|asking)\b)"
)
_OFFERED: Final = re.compile(r"\b(?:was|were) (?:now )?(?:offering|selling|demanding|asking)\b")
_SAYS_ARE: Final = re.compile(r"\b(?P<who>he|she|they|it) says? (?P<be>is|are)\b")
_UNTIL_THEN: Final = re.compile(
    r" (?:until|till|through) (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
)
_DAY: Final = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|Jan\.?|Feb\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?) \d|\b\d{1,2} (?:January|February|March"
    r"|April|May|June|July|August|September|October|November|December)\b"
)


class News:
    """What the newest reports have made of the older ones."""

    def __init__(self, articles: Sequence[Article], ledger: Ledger) -> None:
        self._articles = {a.id: a for a in articles}
        self.last = max(a.at for a in articles)
        self._closed = self._latest("closed")
        self._sure = ledger.standing() == "confirmed"
        self._measured = {
            field: max(
                (
                    claim.said_at
                    for detail in ledger.of(field)
                    if ledger.status(detail) in ("confirmed", "reported")
                    for claim in detail.claims
                ),
                default=None,
            )
            for field in ("affected", "volume")
        }
        """When somebody last said for sure how many or how much."""
        self.back = self._latest("back")
        """When something was back: the last sentence that says so, by time and place."""
        self._counts = list(self._replaced())
        self._spans = [
            claim.claim.evidence
            for detail in ledger.of("affected", "volume")
            for claim in detail.claims
            if claim.claim.value != detail.value and _older(claim.claim.value, detail.value)
        ]

    def _latest(self, key: str) -> tuple[int, int] | None:
        """The last sentence that says so, as its article's time and place."""
        found = [
            (int(a.at.timestamp()), at)
            for a in self._articles.values()
            for at in _places(key, a.text)
        ]
        return max(found, default=None)

    def _replaced(self) -> Iterator[tuple[str, int]]:
        """Counts that a report calls former ones, with its time."""
        for article in self._articles.values():
            for old in _former(article.text):
                yield old, int(article.at.timestamp())

    def count(self, q: Quotable) -> bool:
        """Whether it gives a count that has been replaced, or the placeholder for one, and not the
        one that replaced it."""
        if any(covers(q.source, span) for span in self._spans):
            return True
        return self.replaced(q.text, q.source)

    def replaced(self, text: str, source: Evidence) -> bool:
        """Whether a text gives a count that a report since its source calls a former one, and no
        other."""
        if not self._counts:
            return False
        counts = {m[0] for m in _NUMBER.finditer(text) if text[m.start() - 1] not in "$€£"}
        own = {*counts, *_SIZE.findall(text)}
        article = self._articles.get(source.article)
        at = int(article.at.timestamp()) if article else 0
        old = {number for number, when in self._counts if when >= at}
        return bool(own & old) and not own - old

    def sum(self, q: Quotable) -> bool:
        """Whether it gives what was frozen, recovered or repaid, and a later report another sum."""
        at = int(q.at.timestamp())
        own = _sums(q.text)
        return any(
            when > at and verb == other and amount != sum_
            for verb, amount in own
            for when, other, sum_ in (self._amounts if own else ())
        )

    @cached_property
    def _amounts(self) -> list[tuple[int, str, str]]:
        return [
            (int(a.at.timestamp()), verb, amount)
            for a in self._articles.values()
            for verb, amount in _sums(a.text)
        ]

    def inquiry(self, text: str, at: int) -> bool:
        """Whether a text has an inquiry going on that a report of that time or later has closed."""
        return (
            self._closed is not None and self._closed[0] >= at and says("overtaken", "open", text)
        )

    def stale(self, q: Quotable) -> bool:
        """Whether something newer stands against it."""
        at = int(q.at.timestamp())
        if self.count(q) or self.sum(q):
            return True  # as history it stands in the timeline, with its day
        if self.inquiry(q.text, at) and not says("overtaken", "closed", q.text):
            return True
        if self.back and self.back[0] > at and says("overtaken", "away", q.text):
            return True
        if self._sure and q.at < self.last and says("overtaken", "denies", q.text):
            return True
        if q.at.date() < self.last.date() and says("overtaken", "not_yet", q.text):
            return not _DAY.search(q.text)  # what had not been done or said by then
        if self.last - q.at > _SHORT and says("overtaken", "current", q.text):
            return True
        if self.last - q.at > _SOON_OVER and _UNTIL.search(q.text):
            return True
        if self.boast(q) or self.planned(q):
            return True
        behind = self._articles[q.article].text[q.source.end : q.source.end + 80]
        return bool(_TAKEN_BACK.match(behind)) or says("overtaken", "first", q.text)

    def boast(self, q: Quotable) -> bool:
        """Whether who did it gives the size of the loot, which somebody since has measured."""
        field: Field = "volume" if _SIZE.search(q.text) else "affected"
        if _OFFERED.search(q.text):
            return False
        since = self._measured[field] if _LOOT.search(q.text) else None
        return since is not None and since > q.at and says("overtaken", "boast", q.text)

    def past(self, q: Quotable) -> Quotable:
        """The same as past where a newer report says that it is over: "has kept … since", "kept …
        from"; "is offering what he says are", "was offering what he said were". Unchanged where
        that can't be told so."""
        if not q.pair and _NOW_OFFERED.search(q.text) and self.boast(q):
            text = _NOW_OFFERED.sub(lambda m: "was" if m[0] == "is" else "were", q.text, count=1)
            return replace(q, text=_SAYS_ARE.sub(_said_were, text), kind="stated")
        back = self.back is not None and self.back[0] > int(q.at.timestamp())
        if not back or q.pair or not says("overtaken", "away", q.text):
            return q
        text = _UNTIL_THEN.sub("", _PERFECT.sub(lambda m: _SIMPLE.get(m["did"], m["did"]), q.text))
        text = _SINCE.sub("from", text)
        if text == q.text or says("overtaken", "away", text):
            return q
        return replace(q, text=text, kind="stated")

    def planned(self, q: Quotable) -> bool:
        """Whether it tells as to come what a newer report tells as done."""
        if q.at >= self.last:
            return False
        return any(
            article.at > q.at and len(done & q.terms) >= _SHARED
            for key in _PLANS
            if says("overtaken", f"plan_{key}", q.text)
            for article, done in self._done(key)
        )

    def _done(self, key: str) -> Iterator[tuple[Article, frozenset[str]]]:
        """What the reports say was done of a kind, as the words of the sentence around."""
        for article in self._articles.values():
            for at in _places(f"did_{key}", article.text):
                line = _line(article.text, at)
                yield article, rank.terms(line)

    def due(self, q: Quotable) -> bool:
        """Whether it names a day after the newest report."""
        last = self.last.date().isoformat()
        return any(day > last[: len(day)] for day in _moments(q.source.quote, q.at.date()))

    def passed(self, q: Quotable) -> bool:
        """Whether the day it names as ahead had passed by the newest report."""
        own, last, quote = q.at.date(), self.last.date(), q.source.quote
        if last - own > _SOON_OVER and says("outlook", "soon", quote):
            return True
        if (given := _GIVES.search(quote)) and last - own > _span(given):
            return True
        return any(_between(day, own, last) for day in _moments(quote, own))


@lru_cache(maxsize=8192)
def _sums(text: str) -> tuple[tuple[str, str], ...]:
    """What was frozen, recovered or repaid, by the verb and the sum as written."""
    return tuple((m["verb"], m["sum"]) for m in _SUM.finditer(text))


@lru_cache(maxsize=1024)
def _places(key: str, text: str) -> tuple[int, ...]:
    """Where a text says so."""
    return tuple(match.start() for match in any_of("overtaken", key).finditer(text))


def _said_were(match: re.Match[str]) -> str:
    return f"{match['who']} said {'was' if match['be'] == 'is' else 'were'}"


def _line(text: str, at: int) -> str:
    """The sentence around a place, cut at full stops and lines."""
    start = max(text.rfind(". ", 0, at), text.rfind("\n", 0, at)) + 1
    ends = [end for end in (text.find(". ", at), text.find("\n", at)) if end >= 0]
    return text[start : min(ends, default=len(text))]


@lru_cache(maxsize=8192)
def _moments(text: str, published: date) -> tuple[str, ...]:
    """The days, months and years that a text names."""
    return tuple(m.value for m in dates.moments(text, published))


@lru_cache(maxsize=1024)
def _former(text: str) -> tuple[str, ...]:
    """The counts that a text calls former ones."""
    series = [number for m in _SERIES.finditer(text) for number in _NUMBER.findall(m[0])]
    return (*(m["old"] for pattern in _REPLACED for m in pattern.finditer(text)), *series)


def dated(text: str) -> bool:
    """Whether a sentence gives the day it tells of."""
    return _DAY.search(text) is not None


def _older(value: object, leading: object) -> bool:
    """Whether a value is another count of the same thing than the leading one."""
    if not isinstance(value, dict) or not isinstance(leading, dict):
        return False
    return value.get("unit") == leading.get("unit")


def _span(match: re.Match[str]) -> timedelta:
    number = _DAYS.get(match["n"]) or int(match["n"])
    return timedelta(hours=number) if match["unit"] == "hours" else timedelta(days=number)


def _between(day: str, own: date, last: date) -> bool:
    """Whether a day (or month) lies behind the one report and before the last."""
    if len(day) < 7:
        return False
    if day < (own - _LONG).isoformat():
        day = f"{own.year + (day[5:] < own.isoformat()[5:])}{day[4:]}"  # read as last year's
    return own.isoformat()[: len(day)] < day < last.isoformat()[: len(day)]
