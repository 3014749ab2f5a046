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

from breachwire.model import Article, Evidence, Statement, StatementKind
from nlp import dates, days, lines, rank, reported, sentences, trim
from nlp.brief_sections.analysis import background
from nlp.dates import Moment
from nlp.desk import Desk
from nlp.patterns import says
from nlp.quotable import Quotable
from nlp.reference import published_of

MOST_EVENTS: Final = 8
_LEAST: Final = 5
"""Words of a line on a day to come."""
_BESIDE: Final = 0.6
"""What a day set for the future, or told in a clause, is worth beside its sentence."""
_A_DAY: Final = 2
"""Events of one day."""
_FITS: Final = 22
"""Words to which an event's sentence loses its asides."""
_LONGEST: Final = 38
_DROPPED: Final = 12
"""Characters that a date at the clause's end took along: " on Wednesday"."""
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
_LEANS: Final = re.compile(
    r"\A(?:This|That|These|Those|It|He|She|They|Both|Its|His|Her|Their|Such|One|Two|Three|The"
    r" (?:period|last|first(?! (?:attack|suit|lawsuit|complaint|arrest|victim|fix|patch)\b)|second|latter|other|same|issue|update|move|deadline"
    r"|decision|entry))\b(?! of (?:the|its) )"
)
_BROKEN: Final = re.compile(r"\b(?:between|a|an|for|from|by|and|the|of) on\b")
"""What is left where a day was put for another: "on a on October 25"."""
_LATER: Final = re.compile(
    r"\b(?:an? |the )?(?:day|week|month) (?:later|earlier|after)\b|\bthe next day\b"
)
"""Without it what came later stands on the first one's day."""
_SECOND: Final = re.compile(
    r", and (?:(?:the|its|his|her|their|it|they|security firm|[A-Z][\w’'-]*) )[^,]{0,60}?"
    r"\b(?:says?|said|was|were|is|are|had|has|told|will)\b.*\Z"
)
"""A second clause with a subject of its own."""
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
_SPEECH: Final = re.compile(r"[“\"][^“”\"]{40,600}[”\"]")


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
    events = [_statement(desk, e) for e in _chosen(list(_events(desk)))]
    told = sorted([*events, *reported.write(desk, events)], key=lambda s: s.at or "")
    return list(_introduced(desk, told))


def _statement(desk: Desk, event: _Event) -> Statement:
    article = desk.articles[event.passage.article]
    text, also = event.text, ()
    if not event.ahead:
        published = article.published.date() if article.published else None
        text, also = lines.correction(lines.undated(text, event.at, published), article)
    evidence = tuple(dict.fromkeys((*event.evidence, *also)))
    return Statement("timeline", text, _kind(text, evidence), evidence, at=event.at)


def _kind(text: str, evidence: tuple[Evidence, ...]) -> StatementKind:
    return "quoted" if text in evidence[0].quote else "stated"


def _introduced(desk: Desk, told: Sequence[Statement]) -> Iterator[Statement]:
    """The lines in order; what a line speaks of by "the", one before it or the brief brings up."""
    said = [s.text for s in desk.statements if s.evidence and s.section in _READ]
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
        return True
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


def _events(desk: Desk) -> Iterator[_Event]:
    for passage in desk.every:
        article = desk.articles[passage.article]
        if not _MAYBE.search(passage.source.quote):
            continue
        if issued := _issued(passage, article):
            yield issued
        if not desk.met(passage):
            continue
        if ahead := _to_come(desk, passage, article):
            yield ahead
            continue
        if _unfit(passage):
            continue
        moment = days.of(passage, article, law=desk.view.thread.kind == "law")
        if moment is None or not _timely(desk, passage, moment):
            continue
        text = _short(passage, moment, article)
        if text is None:
            continue
        evidence = _cited(passage.evidence, article, moment)
        yield _Event(
            moment.value, text, passage, evidence, _worth(desk, passage, moment), rank.terms(text)
        )


def _issued(passage: Quotable, article: Article) -> _Event | None:
    """Who issued what on which day, said in a clause of another sentence."""
    if article.published is None or passage.pair:
        return None
    found = days.issued(passage.source.quote, article.published.date())
    stamp = published_of(article)
    if found is None or stamp is None:
        return None
    moment, text = found
    worth = passage.score + _BESIDE
    return _Event(moment.value, text, passage, (passage.source, stamp), worth, rank.terms(text))


def _to_come(desk: Desk, passage: Quotable, article: Article) -> _Event | None:
    """What is set for a day after the newest report: a hearing, a vote, a rule's first day."""
    text, published = passage.text, article.published
    if published is None or not _LEAST <= len(text.split()) <= _LONGEST:
        return None
    if "tip" in passage.cues or _LEANS.match(text) or _SPEECH.search(text):
        return None
    found = days.to_come(text, published.date(), desk.news.last.date())
    if found is None:
        return None
    moment, at = found
    own = _cited(passage.evidence, article, moment)
    worth = passage.score + _BESIDE
    return _Event(at, text, passage, own, worth, rank.terms(text), ahead=True)


def _unfit(passage: Quotable) -> bool:
    """Whether it tells no event: advice, comment, speech, what leans on the sentence before."""
    text = passage.text
    if "tip" in passage.cues or _LEANS.match(text) or _SPEECH.search(text):
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
    named = any(name in passage.text for name in desk.names)
    if lag <= _BEFORE:
        own = says("timeline", "incident", passage.text) or desk.on_headline(passage) > _ABOUT
        return named or own or len(moment.value) == 10
    return lag <= days.LONG_BEFORE and named and says("timeline", "incident", passage.text)


def _short(passage: Quotable, moment: Moment, article: Article) -> str | None:
    """The sentence without its asides, its date kept."""
    text = passage.text
    if len(text.split()) <= _FITS:
        return text
    first = _SECOND.sub(".", text)
    if moment.start > len(first) + _DROPPED:
        first = text  # the date is the second clause's
    short = trim.shorter(text, _FITS) or trim.shorter(first, _FITS) or first
    if not lines.keeps(short, text):
        short = text
    if len(short.split()) <= _LONGEST:
        held = list(dates.moments(short, article.published.date() if article.published else None))
        stood = moment.form not in ("day", "month")
        if stood or any(m.value == moment.value for m in held):
            return short
    return text if len(text.split()) <= _LONGEST else None


def _worth(desk: Desk, passage: Quotable, moment: Moment) -> float:
    """How much the timeline needs it: a day of the incident itself before one of its aftermath."""
    value = passage.score + 0.4 * (len(moment.value) == 10) + 0.2 * ("new" in passage.cues)
    value += 0.5 * says("timeline", "incident", passage.text) + 0.15 * desk.mentions(passage)
    value += 0.2 * (moment.form in ("day", "month"))
    return value - 0.4 * background(passage.text, desk.year)


def _cited(own: tuple[Evidence, ...], article: Article, moment: Moment) -> tuple[Evidence, ...]:
    """With the publication date where the text's date leans on it (no year, "on Monday")."""
    stated = moment.value[:4] in own[0].quote
    stamp = None if stated else published_of(article)
    return (*own, stamp) if stamp and stamp not in own else own
