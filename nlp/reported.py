"""Reports → the timeline's lines for those whose news no dated event tells.

In: the desk and the timeline's events. Out: statements at the day of publication: the report's own
first sentence, as its outlet's; its title where that says nothing by itself. A thread of one report
has its title as headline: there the line says only that the report came out.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from datetime import timedelta
from typing import Final

from breachwire.model import Article, Evidence, Statement
from nlp import dates, days, ground, headline, rank, trim
from nlp.brief_sections import flaws, kinds
from nlp.desk import Desk
from nlp.lines import keeps, undated
from nlp.patterns import says
from nlp.quotable import Quotable
from nlp.reference import published_of

MOST: Final = 4
_ENOUGH: Final = 4
"""Events from which on only the newest report and the headline's are told beside them."""
_FEW: Final = 2
"""Lines below which a bare title is better than nothing."""
_SAME: Final = 0.75
"""Share of a title's terms that an earlier one holds, from which it is no news."""
_ALIKE: Final = 0.4
"""Share of a lead's or title's terms that an event holds which tells the same."""
_NEARBY: Final = timedelta(days=3)
_FITS: Final = 24
_LONGEST: Final = 34
"""Words of a line."""
_LEAD: Final = 1
"""Sentences down to which a report says what its news is."""
_REPORTED: Final = ("{o} reports: “{t}”", "“{t}”, {o} reports.")
_SAID: Final = re.compile(r"\b(?:said|says|told|warned|announced|disclosed|according to)\b")
_OPINION: Final = re.compile(r", and (?:it|that|this) (?:is|was) [^,;“”\"]*(?=\.\Z)")
_OF: Final = re.compile(r"\b(?:of|from|since|the) \Z")
"""Before a day that says which one is meant: "the theft of March 3"."""
_ALONE: Final = "{o} published its report{x}."
_CALLED: Final = re.compile(
    r"(?:\A(?:New|Fresh|Massive|Large|Ongoing) )?"
    r"(?P<x>(?<![\w#-])[A-Z][\w#’-]{0,40}[\w’](?: [A-Z][\w-]{0,40}\w){0,2}) [Cc]ampaign\b"
)
_KINDS: Final = {"campaign": "the campaign", "law": "the case", "supply-chain": "the attack"}
"""What a report without a name is on."""


def write(desk: Desk, events: Sequence[Statement]) -> list[Statement]:
    """Who reported what when: news that no event of about that day tells."""
    found: list[Statement] = []
    used: list[frozenset[str]] = []
    members = sorted(desk.members, key=lambda m: m.article.at)
    if len(members) == 1:
        return [] if len(events) > 1 else _alone(desk, members[0].article)
    must = {members[-1].article.id, *_headline(desk)}
    for number, member in enumerate(members):
        article = member.article
        if len(events) >= _ENOUGH and article.id not in must:
            continue
        line = _line(desk, article, number, used, [*events, *found])
        if line is not None:
            found.append(line)
    return found if len(found) <= MOST else [found[0], *found[1 - MOST :]]


def _headline(desk: Desk) -> set[int]:
    """The report that the headline is from."""
    held = [s for s in desk.sheet.statements if s.section == "headline" and s.evidence]
    return {s.evidence[0].article for s in held}


def _alone(desk: Desk, article: Article) -> list[Statement]:
    """That the one report came out, and on what."""
    stamp = published_of(article)
    if stamp is None or not article.source:
        return []
    _, cited = headline.clean(article)
    about, place = _about(desk)
    on = _ALONE.format(o=article.source, x=f" on {about}" if about else "")
    bare = _ALONE.format(o=article.source, x="")
    for text, extra in ((on, place), (bare, ())):
        evidence = tuple(dict.fromkeys((cited, *extra, stamp)))
        line = Statement("timeline", text, "stated", evidence, at=stamp.quote[:10])
        if not ground.problems(line, desk.articles):
            return [line]
    return []


def _about(desk: Desk) -> tuple[str, tuple[Evidence, ...]]:
    """What the thread is on, by the name that its report has for it, and where that stands."""
    kind = desk.view.thread.kind
    if kind == "vulnerability" and (found := flaws.named(desk)):
        name, several, place = found
        return f"the flaw{'s' * several} in {name}", (place,)
    if kind in ("malware", "campaign") and (program := kinds.known_program(desk)):
        return program[0].removeprefix("The "), program[1].evidence
    called = kind == "campaign" and _CALLED.search(desk.members[0].article.title)
    if called:
        return f"the {called['x']} campaign", ()
    if (
        kind == "breach"
        and desk.story.victims
        and desk.ledger.standing() in ("confirmed", "reported")
    ):
        return f"the breach at {desk.story.victims[0]}", ()
    return _KINDS.get(kind or "", ""), ()


def _line(
    desk: Desk, article: Article, number: int, used: list[frozenset[str]], told: list[Statement]
) -> Statement | None:
    """A report's line; None where one says the same already."""
    stamp = published_of(article)
    if stamp is None or not article.source:
        return None
    title, cited = headline.clean(article)
    bag, at = rank.terms(title), stamp.quote[:10]
    lead = _lead(desk, article, {e.at for e in told} - {at})
    bags = [bag, *([lead.terms] if lead else [])]
    if any(rank.overlap(bag, other) > _SAME for other in used):
        return None
    if any(_tells(e, bags, at, article.id) for e in told):
        return None
    if lead is not None and any(rank.overlap(lead.terms, rank.terms(s.text)) > _SAME for s in told):
        return None
    used.append(bag)
    if lead is not None and not _dated(lead, article, at) and (text := _short(lead)):
        return _told(desk, article, text, lead, stamp)
    if len(told) >= _FEW and article.id not in _headline(desk):
        return None
    text = _REPORTED[number % len(_REPORTED)].format(o=article.source, t=title.rstrip("."))
    return Statement("timeline", text, "stated", (cited, stamp), at=at)


def _told(desk: Desk, article: Article, text: str, lead: Quotable, stamp: Evidence) -> Statement:
    """The line at the day of publication, with whose word it is."""
    day = article.published.date() if article.published else None
    at = _day(lead, article) or stamp.quote[:10]
    line = undated(text, at, day)
    again = any(s.text == line for s in desk.sheet.statements)
    said = article.source in text or (_SAID.search(text) is not None and not again)
    own = "" if said else f", {article.source} reports"
    evidence = lead.evidence if stamp in lead.evidence else (*lead.evidence, stamp)
    return Statement("timeline", f"{line[:-1]}{own}.", "stated", evidence, at=at)


def _day(lead: Quotable, article: Article) -> str | None:
    """The day of its news, where that is one of the days right before the report's."""
    moment = days.of(lead, article)
    if moment is None or len(moment.value) < len("2026-01-01"):
        return None
    return moment.value if article.at.date() - days.day(moment.value) <= _NEARBY else None


def _dated(lead: Quotable, article: Article, at: str) -> bool:
    """Whether it names other days than the line's and says in no word that somebody tells of
    them: at the report's day it would be wrong."""
    if article.published is None or _day(lead, article):
        return False
    named = [
        m
        for m in dates.moments(lead.text, article.published.date())
        if m.form in ("day", "month") and not at.startswith(m.value)
        if not _OF.search(lead.text[: m.start])
    ]
    full = any(len(m.value) == len(at) for m in named)
    full = any(len(m.value) == len(at) for m in named)
    return full or bool(named and not _SAID.search(lead.text))


def _lead(desk: Desk, article: Article, told: Container[str | None]) -> Quotable | None:
    """The first sentence of a report that tells an event and stands alone; none of a day that is
    `told`."""
    for q in desk.every:
        if q.article != article.id or q.position > _LEAD or q.after or q.pair:
            continue
        moment = days.of(q, article)
        if moment and moment.value in told:
            continue  # what it tells has its own line
        plain = q.text.endswith(".") and not q.text.startswith(("“", '"', "If ", "You "))
        if plain and "tip" not in q.cues and says("timeline", "event", q.text):
            return q
    return None


def _short(q: Quotable) -> str | None:
    """The lead without its asides and the outlet's opinion of it; None where it stays too long."""
    text = _OPINION.sub("", q.text)
    if len(text.split()) <= _FITS:
        return text
    short = trim.shorter(text, _FITS) or trim.shorter(text, _LONGEST)
    if short and not keeps(short, text):
        short = None
    return short or (text if len(text.split()) <= _LONGEST else None)


def _tells(event: Statement, bags: Sequence[frozenset[str]], day: str, article: int) -> bool:
    """Whether an event of about that day tells what a report does: the report's own of the day
    before or after, or one in like words."""
    apart = abs(days.day(event.at or day) - days.day(day))
    if apart > _NEARBY:
        return False
    own = event.evidence[0].article == article and apart <= timedelta(days=1)
    terms = rank.terms(event.text)
    return own or any(rank.overlap(bag, terms) >= _ALIKE for bag in bags)
