"""A desk → the timeline: what happened when, by the sources' dates; reports by publication.

In: the desk. Out: `timeline` statements with `at`, oldest first: dated events, each in the words of
the source's own sentence, whether another section tells it or not; and reports by their day, which
say that they are reports. A sentence serves where the date belongs to what it tells: one date, or a
date and what came of it, stands in it or is left out of it as "on Monday" is; never one of two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from breachwire.model import Article, Evidence, Statement, StatementKind
from nlp import dates, headline, rank, sentences, trim
from nlp.brief_sections.analysis import background
from nlp.dates import Moment
from nlp.desk import Desk
from nlp.patterns import says
from nlp.quotable import Quotable
from nlp.reference import published_of

MOST_EVENTS: Final = 8
MOST_REPORTS: Final = 4
_A_DAY: Final = 2
"""Events of one day."""
_FITS: Final = 22
"""Words to which an event's sentence loses its asides."""
_LONGEST: Final = 36
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
_LONG_BEFORE: Final = timedelta(days=400)
_LONG_AGO: Final = re.compile(r",? (?:of )?1\d{3}\b")
_INEXACT: Final = re.compile(
    r"\b(?:next|by|until|till|before|than|since|over|within|due|dated|compiled|founded|after|of"
    r"|from|created|valid|through|expire\w*"
    r"|deadline(?: of| is)?)\W*(?:on |in |the |early |late )*\Z",
    re.IGNORECASE,
)
"""Before a date that is no event's day: a deadline, a version's, a start long ago."""
_OTHER_YEAR: Final = re.compile(r",? (?:of )?(?:next|last|the (?:next|following|previous)) year\b")
_SINCE: Final = re.compile(
    r"(?<!ever )\b(?:[Ss]ince|[Uu]ntil|[Tt]ill|[Bb]efore|[Aa]fter|[Bb]y the time|[Ff]rom) "
    r"(?:[a-z]+ ){1,6}(?:on |in )?\Z"
)
"""A clause of its own, whose date this is: "since the leak became known on November 2"."""
_THE: Final = re.compile(r"\b(?:the|its|their|that) \Z")
_A_NOUN: Final = re.compile(
    r"(?:, \d{4},?)? "
    r"(?!(?:and|to|that|when|after|in|at|by|was|is|or|but|with|as|for|while)\b)[a-z]{3,}"
)
"""Behind such a date what it dates: "the September 12 attack"."""
_ENDED: Final = re.compile(r"\b(?:quarter|half|year|period) (?:that )?(?:ended|ending|to)\b[^,]*\Z")
_ABOUT: Final = 0.3
"""Of 0.8: how much of the headline a sentence with a mere month tells, if it names nobody."""
_AHEAD: Final = re.compile(
    r"\b(?:will|would|expects?|plans?|scheduled|hopes?|due|set to|is to|are to)\b", re.IGNORECASE
)
_MAYBE: Final = re.compile(
    r"\d|day\b|(?:Janua|Februa|Septem|Octo|Novem|Decem|March|April|May|June|July|August)"
)
_LEANS: Final = re.compile(
    r"\A(?:This|That|These|Those|It|He|She|They|Both|Its|His|Her|Their|Such|One|Two|Three|The"
    r" (?:period|last|first|second|latter|other|same|issue|update|move|deadline|decision|entry))\b"
)
_SUBORDINATE: Final = re.compile(
    r"\b(?:that|which|who|whose|whom|where|after|before|when|while|as|because|since|if|whether)\b"
)
"""Behind it a date belongs to another clause than the sentence's own."""
_BROKEN: Final = re.compile(r"\b(?:between|a|an|for|from|by|and|the|of) on\b")
"""What is left where a day was put for another: "on a on October 25"."""
_LATER: Final = re.compile(
    r"\b(?:an? |the )?(?:day|week|month) (?:later|earlier|after)\b|\bthe next day\b"
)
"""Without it what came later stands on the first one's day."""
_CLOSED: Final = re.compile(
    r", (?:was|were|has been|said|told|confirmed|announced|disclosed|released|denied|halted"
    r"|warned)\b"
    r"(?P<rest>[^,]*)\Z"
)
"""A main verb behind an aside's comma, and no comma from there to the date."""
_SECOND: Final = re.compile(
    r", and (?:(?:the|its|his|her|their|it|they|security firm|[A-Z][\w’'-]*) )[^,]{0,60}?"
    r"\b(?:says?|said|was|were|is|are|had|has|told|will)\b.*\Z"
)
"""A second clause with a subject of its own."""
_WHO: Final = re.compile(r"\A[^,]*? (?:who|which) (?P<rest>[^,]*)\Z")
_PAST: Final = re.compile(
    r"\b(?:(?<!was )(?<!were )(?<!been )\w{2,}ed|took|stole|broke|got|sent|ran|wrote|made|found"
    r"|said|told|sold|bought|put|hit|left)\b"
)
_INSET: Final = re.compile(r", (?:which|who|whose|where|an?|the) [^,]{2,120},")
_RELATIVE: Final = re.compile(r"\b(?:who|which|whose)\b[^,]*\Z")
_SPEECH: Final = re.compile(r"[“\"][^“”\"]{40,600}[”\"]")
_REPORTED: Final = ("{o} reports: “{t}”", "“{t}”, {o} reports.")
_ALONE: Final = "{o} published its report."
"""A thread of one report: its title is the headline already."""


@dataclass(frozen=True, slots=True)
class _Event:
    """A dated sentence that may stand in the timeline."""

    at: str
    text: str
    passage: Quotable
    evidence: tuple[Evidence, ...]
    worth: float
    terms: frozenset[str]


def write(desk: Desk) -> list[Statement]:
    """Statements of the section, in order of `at`; empty where no source gives a date."""
    events = [
        Statement("timeline", e.text, _kind(e), e.evidence, at=e.at)
        for e in _chosen(list(_events(desk)))
    ]
    return sorted([*events, *_reports(desk, events)], key=lambda s: s.at or "")


def _kind(event: _Event) -> StatementKind:
    return "quoted" if event.text in event.evidence[0].quote else "stated"


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
    return abs(_day(one.at) - _day(other.at)) <= timedelta(days=_NEARBY)


def _again(one: _Event, other: _Event) -> bool:
    if one.passage.source == other.passage.source:
        return True
    alike = rank.overlap(one.terms, other.terms)
    if len(one.at) != len(other.at) and one.at[:7] == other.at[:7] and alike >= _ALIKE - 0.1:
        return True  # the day is there: the month says no more
    return alike >= _ALIKE - 0.1 if one.at == other.at else _near(one, other) and alike >= _SAME


def _day(at: str) -> date:
    return date.fromisoformat(at if len(at) == 10 else f"{at}-15")


def _events(desk: Desk) -> Iterator[_Event]:
    for passage in desk.quotables:
        if not _MAYBE.search(passage.source.quote) or _unfit(passage):
            continue
        article = desk.articles[passage.article]
        moment = _moment(passage, article)
        if moment is None or not _timely(desk, passage, moment):
            continue
        text = _short(passage, moment, article)
        if text is None:
            continue
        evidence = _cited(passage.evidence, article, moment)
        yield _Event(
            moment.value, text, passage, evidence, _worth(desk, passage, moment), rank.terms(text)
        )


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


def _moment(passage: Quotable, article: Article) -> Moment | None:
    """The date of what the sentence tells: the first that it shows, or the only day that it was
    told with ("on Monday"); None where that is unsure."""
    if article.published is None:
        return None
    published = article.published.date()
    own = [m for m in dates.moments(passage.source.quote, published) if len(m.value) >= 7]
    shown = [m for m in dates.moments(passage.text, published) if len(m.value) >= 7]
    told = [m for m in shown if m.form in ("day", "month") and _exact(passage.text, m)]
    left_out = {m.value for m in own} - {m.value for m in shown}
    if told:
        first = next((m for m in told if not _within_another(passage.text, m)), told[0])
        sure = not left_out or left_out == {first.value}
        if _ENDED.search(passage.text[: first.start]):
            return None
        return first if sure and _in_time(first, published) else None
    own = [m for m in own if len(m.value) == 10] or own
    if shown or len(own) != 1 or own[0].form not in ("weekday", "relative"):
        return None
    single = own[0]
    before = _INSET.sub(",", passage.source.quote[: single.start])
    closed = _CLOSED.search(before)
    main = not _SUBORDINATE.search(closed["rest"] if closed else before) or _back(before)
    exact = _exact(passage.source.quote, single) and _in_time(single, published)
    return single if main and exact and not _AHEAD.search(passage.text) else None


def _back(before: str) -> bool:
    """Whether the sentence is back at its own verb after a relative clause without commas: "those
    who took over a token pushed two versions"."""
    clause = _WHO.search(before)
    return clause is not None and len(_PAST.findall(clause["rest"])) > 1


def _within_another(text: str, moment: Moment) -> bool:
    """Whether a date stands in a relative clause: "a patient who got a letter in October sued"."""
    before = text[: moment.start]
    return bool(_RELATIVE.search(before)) and not _back(before)


def _exact(text: str, moment: Moment) -> bool:
    """Whether a date is the day of something, not a deadline or a version's."""
    before = text[: moment.start]
    if _LONG_AGO.match(text, moment.end) or _OTHER_YEAR.match(text, moment.end):
        return False
    if _SINCE.search(before) or (_THE.search(before) and _A_NOUN.match(text, moment.end)):
        return False
    return not _INEXACT.search(before)


def _in_time(moment: Moment, published: date) -> bool:
    """Whether it is over when it is reported."""
    return moment.value <= published.isoformat()[: len(moment.value)]


def _timely(desk: Desk, passage: Quotable, moment: Moment) -> bool:
    """Whether it is near the story, or older and plainly of this incident."""
    first = min(m.article.at for m in desk.members).date()
    lag = first - _day(moment.value)
    named = any(name in passage.text for name in desk.names)
    if lag <= _BEFORE:
        own = says("timeline", "incident", passage.text) or desk.on_headline(passage) > _ABOUT
        return named or own or len(moment.value) == 10
    return lag <= _LONG_BEFORE and named and says("timeline", "incident", passage.text)


def _short(passage: Quotable, moment: Moment, article: Article) -> str | None:
    """The sentence without its asides, its date kept."""
    text = passage.text
    if len(text.split()) <= _FITS:
        return text
    first = _SECOND.sub(".", text)
    if moment.start > len(first) + _DROPPED:
        first = text  # the date is the second clause's
    short = trim.shorter(text, _FITS) or trim.shorter(first, _FITS) or first
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


def _reports(desk: Desk, events: Sequence[Statement]) -> list[Statement]:
    """Who reported what when: the first report, then those whose titles say something new and whose
    day no event of theirs stands for."""
    used: list[frozenset[str]] = []
    found: list[Statement] = []
    start = int(desk.ledger.pick("reports", "01"))
    alone = len(desk.members) == 1
    for member in sorted(desk.members, key=lambda m: m.article.at):
        article = member.article
        stamp = published_of(article)
        if stamp is None or not article.source or len(found) >= MOST_REPORTS:
            continue
        title, evidence = headline.clean(article)
        bag = rank.terms(title)
        if any(rank.overlap(bag, other) > _SAME for other in used):
            continue
        if not alone and any(_tells(e, bag, stamp.quote[:10]) for e in events):
            continue
        used.append(bag)
        turn = 0 if _LEANS.match(title) else (start + len(found)) % len(_REPORTED)
        frame = _ALONE if alone else _REPORTED[turn]
        text = frame.format(o=article.source, t=title.rstrip("."))
        found.append(Statement("timeline", text, "stated", (evidence, stamp), at=stamp.quote[:10]))
    return found


def _tells(event: Statement, title: frozenset[str], day: str) -> bool:
    """Whether an event of about that day tells what the title says."""
    near = abs(_day(event.at or day) - _day(day)) <= timedelta(days=_NEARBY)
    return near and rank.overlap(title, rank.terms(event.text)) >= _ALIKE
