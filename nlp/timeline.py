"""A desk → the timeline: what happened when, by the sources' dates; reports by publication.

In: the desk. Out: `timeline` statements with `at`, oldest first: dated events, each in the words of
the source's own sentence, whether another section tells it or not; and reports by their day, which
say that they are reports. A sentence serves where the date belongs to what it tells: one date, or a
date and what came of it, stands in it or is left out of it as "on Monday" is; never one of two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from breachwire.model import Evidence, Statement, StatementKind
from nlp import days, lines, rank, reported, sentences, told, upcoming
from nlp.brief_sections.analysis import background
from nlp.dates import Moment
from nlp.desk import Desk
from nlp.patterns import says
from nlp.quotable import Quotable

MOST_EVENTS: Final = 8
_BESIDE: Final = 0.6
"""What a day set for the future, or told in a clause, is worth beside its sentence."""
_A_DAY: Final = 2
"""Events of one day."""
_SAME: Final = 0.75
"""Share of a title's terms that an earlier one holds, from which it is no news."""
_ALIKE: Final = 0.4
"""Share of a sentence's terms that another event of that day holds: one event."""
_CROWD: Final = 0.5
"""What an event loses for each chosen before it of about that day."""
_NEARBY: Final = 3
"""Days between two reports of one event."""
_BEFORE: Final = timedelta(days=200)
"""How long before the first report an incident's events lie; what is older is background, unless
it names who was hit and by what."""
_ABOUT: Final = 0.3
"""Of 0.8: how much of the headline a sentence with a mere month tells, if it names nobody."""
_MAYBE: Final = re.compile(
    r"\d|day\b|(?:Janua|Februa|Septem|Octo|Novem|Decem|March|April|May|June|July|August)"
)
_BROKEN: Final = re.compile(r"\b(?:between|a|an|for|from|by|and|the|of) on\b")
"""What is left where a day was put for another: "on a on October 25"."""
_LATER: Final = re.compile(
    r"\b(?:an? |the )?(?:day|week|month) (?:later|earlier|after)\b|\bthe next day\b"
)
"""Without it what came later stands on the first one's day."""
_THAT: Final = re.compile(r"\b(?:in|of|by|from|through|after) that [a-z]+\b")
_WHO: Final = re.compile(r"\b(?:[Tt]hey|[Tt]hem|[Hh]e|[Ss]he|[Ii]t|[Tt]hese|[Tt]hose)\b")
_NO_INCIDENT: Final = ("other", "policy")
"""Kinds of thread whose reports' other dates are of anything."""
_READ: Final = ("headline", "signal_summary", "deep_analysis", "impact_assessment")
"""What has been read of a brief before its timeline and tells what happened."""
_MONTH: Final = 7
"""Characters of a date without its day."""
_HIT: Final = re.compile(r"\b(?:breach|attack|incident|intrusion|leak|hack)\b")
_KINDS: Final = {
    "found": re.compile(r"\b(?:discover|detect|notic|learn)\w+|\bsaw\b"),
    "told": re.compile(r"\b(?:disclos|confirm|acknowledg|announc)ed\b"),
    "mended": re.compile(r"\b(?:fixed|patched|closed the|fixed version|clean version)\b"),
    "released": re.compile(r"\breleas\w+"),
    "back": re.compile(r"\b(?:restored|reopened|resumed|came back)\b"),
    "caught": re.compile(r"\barrest\w*"),
    "keys": re.compile(r"\bdecrypt\w+"),
}
"""What a day brought: two lines of one day that tell of the same are one event."""


@dataclass(frozen=True, slots=True)
class _Event:
    """A dated sentence that may stand in the timeline."""

    at: str
    text: str
    passage: Quotable
    evidence: tuple[Evidence, ...]
    worth: float
    terms: frozenset[str]
    ahead: bool = False
    """Whether it is of a day to come, which its line names."""


def write(desk: Desk) -> list[Statement]:
    """Statements of the section, in order of `at`; empty where no source gives a date."""
    found = list(_events(desk))
    if not found and len(desk.members) == 1 and desk.view.thread.kind not in _NO_INCIDENT:
        found = list(_events(desk, old=True))
    events = [_statement(desk, e) for e in _chosen(found)]
    told = sorted([*events, *reported.write(desk, events)], key=lambda s: s.at or "")
    return list(_introduced(desk, told))


def _statement(desk: Desk, event: _Event) -> Statement:
    article = desk.articles[event.passage.article]
    text = event.text
    also: tuple[Evidence, ...] = ()
    if not event.ahead:
        published = article.published.date() if article.published else None
        bare = lines.undated(text, event.at, published)
        told = any(s.text == bare for s in desk.sheet.statements)
        text, also = lines.correction(text if told else bare, article)
    evidence = tuple(dict.fromkeys((*event.evidence, *also)))
    return Statement("timeline", text, _kind(text, evidence), evidence, at=event.at)


def _kind(text: str, evidence: tuple[Evidence, ...]) -> StatementKind:
    return "quoted" if text in evidence[0].quote else "stated"


def _introduced(desk: Desk, told: Sequence[Statement]) -> Iterator[Statement]:
    """The lines in order; what a line speaks of by "the", one before it or the brief brings up."""
    said = [s.text for s in desk.sheet.statements if s.evidence and s.section in _READ]
    for line in told:
        own = line.evidence[0]
        if own.where == "text":
            text = lines.introduced(line.text, desk.articles[own.article], own.start, said)
            line = replace(line, text=text, kind=_kind(text, line.evidence))
        said.append(line.text)
        yield line


def _chosen(events: Sequence[_Event]) -> list[_Event]:
    """The most telling, spread over the story, none of them another's event again."""
    kept: list[_Event] = []
    left = list(events)
    while left and len(kept) < MOST_EVENTS:
        best = max(left, key=lambda e: (e.worth - _CROWD * sum(_near(k, e) for k in kept), e.at))
        kept.append(best)
        left = [e for e in left if not any(_again(k, e) for k in kept)]
        left = [e for e in left if sum(k.at == e.at for k in kept) < _A_DAY]
    return kept


def _near(one: _Event, other: _Event) -> bool:
    return abs(days.day(one.at) - days.day(other.at)) <= timedelta(days=_NEARBY)


def _again(one: _Event, other: _Event) -> bool:
    if one.passage.source == other.passage.source:
        return one.ahead == other.ahead
    month = len(one.at) == _MONTH and one.at == other.at
    if month and _HIT.search(one.text) and _HIT.search(other.text):
        return True  # the incident of that month
    if one.at == other.at and any(
        kind.search(one.text) and kind.search(other.text) for kind in _KINDS.values()
    ):
        return True
    alike = rank.overlap(one.terms, other.terms)
    if len(one.at) != len(other.at) and one.at[:7] == other.at[:7] and alike >= _ALIKE - 0.1:
        return True  # the day is there: the month says no more
    return alike >= _ALIKE - 0.1 if one.at == other.at else _near(one, other) and alike >= _SAME


def _events(desk: Desk, *, old: bool = False) -> Iterator[_Event]:
    """Every dated event; `old`: of earlier years too, for a report that dates nothing else."""
    for passage in desk.every:
        article = desk.articles[passage.article]
        if not _MAYBE.search(passage.source.quote):
            continue
        if issued := upcoming.issued(passage, article):
            yield _beside(passage, *issued)
        if ahead := upcoming.line(desk, passage, article):
            yield _beside(passage, *ahead, ahead=True)
        if (ahead and ahead[1] == passage.text) or not _met(desk, passage) or _unfit(passage):
            continue
        moment = days.of(passage, article, law=desk.view.thread.kind == "law")
        if moment is None or not (old or _timely(desk, passage, moment)):
            continue
        text = lines.short(passage, moment, article)
        if text is None:
            continue
        published = article.published.date() if article.published else None
        shown = told.event(text, moment.value, published) or text
        evidence = upcoming.cited(passage.evidence, article, moment)
        yield _Event(
            moment.value, shown, passage, evidence, _worth(desk, passage, moment), rank.terms(text)
        )


def _beside(
    passage: Quotable, at: str, text: str, evidence: tuple[Evidence, ...], *, ahead: bool = False
) -> _Event:
    worth = passage.score + _BESIDE
    return _Event(at, text, passage, evidence, worth, rank.terms(text), ahead)


def _met(desk: Desk, passage: Quotable) -> bool:
    """Whether a reader of the brief understands it: what "that attack" is, he has read."""
    if desk.met(passage):
        return True
    read = any(e == passage.after for s in desk.sheet.statements for e in s.evidence)
    return read and _THAT.search(passage.text) is not None and not _WHO.search(passage.text)


def _unfit(passage: Quotable) -> bool:
    """Whether it tells no event: advice, comment, speech, what leans on the sentence before."""
    text = passage.text
    if "tip" in passage.cues or upcoming.LEANS.match(text) or upcoming.SPEECH.search(text):
        return True
    if len(sentences.split(text)) > 1:
        return True  # the second one's date may be another
    if _BROKEN.search(text) or (_LATER.search(passage.source.quote) and not _LATER.search(text)):
        return True
    if not says("timeline", "event", text) or says("timeline", "no_event", text):
        return True
    return says("asides", "advice", text) or says("asides", "feeling", text)


def _timely(desk: Desk, passage: Quotable, moment: Moment) -> bool:
    """Whether it is near the story, or older and plainly of this incident."""
    first = min(m.article.at for m in desk.members).date()
    lag = first - days.day(moment.value)
    named = any(name in passage.text for name in desk.story.names)
    if lag <= _BEFORE:
        own = says("timeline", "incident", passage.text) or desk.on_headline(passage) > _ABOUT
        return named or own or len(moment.value) == 10
    return lag <= days.LONG_BEFORE and named and says("timeline", "incident", passage.text)


def _worth(desk: Desk, passage: Quotable, moment: Moment) -> float:
    """How much the timeline needs it: a day of the incident itself before one of its aftermath."""
    value = passage.score + 0.4 * (len(moment.value) == 10) + 0.2 * ("new" in passage.cues)
    value += 0.5 * says("timeline", "incident", passage.text) + 0.15 * desk.story.mentions(passage)
    value += 0.2 * (moment.form in ("day", "month"))
    return value - 0.4 * background(passage.text, desk.story.year)
