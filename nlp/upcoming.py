"""A sentence → the timeline's line for a day that a clause of it names.

A day to come, or one on which something was issued.

In: the desk, a passage and its article. Out: `Line`: an ISO day or month, the line's text, its
evidence; None where nothing is set for a day after the newest report.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Final

from breachwire.model import Article, Evidence
from nlp import days, foresight
from nlp.dates import Moment
from nlp.desk import Desk
from nlp.folding import capital
from nlp.lines import LONGEST
from nlp.quotable import Quotable
from nlp.reference import published_of

Line = tuple[str, str, tuple[Evidence, ...]]
_LEAST: Final = 5
"""Words of a line on a day to come."""
_SHORT: Final = 8
"""Words of a line that may not say what it is about."""
_LAST_CLAUSE: Final = re.compile(
    r", and (?P<clause>(?:the |[A-Z])[^,;“”\"]{5,90} (?:is|are|has|have|was|were) "
    r"[^;“”\"]{10,120})\.\Z"
)
_SECOND: Final = re.compile(
    r", and (?P<clause>(?!(?:its?|he|she|they|that|this|then|to|by|will|is|are|has|have|must|plans"
    r"|says|said) )[A-Za-z][^,;“”\"]{8,120})\.\Z"
)
"""A clause with its own subject."""
LEANS: Final = re.compile(
    r"\A(?:This|That|These|Those|It|He|She|They|Both|Its|His|Her|Their|Such|One|Two|Three|The"
    r" (?:period|last|first(?! (?:attack|suit|lawsuit|complaint|arrest|victim|fix|patch)\b)|second"
    r"|latter|other|same|issue|update|move|deadline|decision|entry))\b(?! of (?:the|its) )"
)
"""Begins with what the sentence before explains."""
SPEECH: Final = re.compile(r"[“\"][^“”\"]{40,600}[”\"]")
_ORDERED: Final = re.compile(
    r"\b(?P<verb>urged|ordered|directed|instructed|told|required|asked) "
    r"(?P<whom>(?:[a-z]+ ){0,4}[a-z]+s) to (?P<what>[^,;.“”\"]{5,90}? "
    r"(?:by|before|no later than|until) [^;.“”\"]{4,40})(?=\.(?:\s|\Z))"
)
"""A sentence's order with its deadline."""


def issued(passage: Quotable, article: Article) -> Line | None:
    """Who issued what on which day, said in a clause of another sentence."""
    if article.published is None or passage.pair:
        return None
    found = days.issued(passage.source.quote, article.published.date())
    stamp = published_of(article)
    if found is None or stamp is None:
        return None
    moment, text = found
    return moment.value, text, (passage.source, stamp)


def line(desk: Desk, passage: Quotable, article: Article) -> Line | None:
    """What is set for a day after the newest report: a hearing, a vote, a rule's first day."""
    if article.published is None or passage.pair:
        return None
    day, last = article.published.date(), desk.news.last.date()
    named = foresight.LAST.search(passage.text)
    shown = foresight.form(passage, (), article) if named else passage
    if shown is None:
        return None
    if _fit_ahead(shown) and (found := days.to_come(shown.text, day, last)):
        moment, at = found
        if moment.form == "weekday":
            shown = _without(shown, moment)
        text, also = _of_what(desk, _own_clause(shown, day, last))
        if also or desk.met(shown):
            return at, text, cited((*passage.evidence, *also), article, moment)
    if due := _ordered(passage.source.quote, day, last):
        moment, at, text = due
        return at, text, cited(passage.evidence, article, moment)
    return None


def _without(passage: Quotable, moment: Moment) -> Quotable:
    """A passage without its "on Monday", beside whose day it stands."""
    head = passage.text[: moment.start].removesuffix(" on ")
    return replace(passage, text=f"{head}{passage.text[moment.end :]}", kind="stated")


def _ordered(quote: str, published: date, last: date) -> tuple[Moment, str, str] | None:
    """Who is to do what by which day to come, where somebody whom the sentence before names says
    so: "The agency … urged organizations to apply the fix before May 7" → that day, it as an ISO
    day, "Organizations were urged to apply the fix before May 7."."""
    found = _ORDERED.search(quote)
    if found is None:
        return None
    text = f"{capital(found['whom'])} were {found['verb']} to {found['what']}."
    due = days.to_come(text, published, last)
    return (*due, text) if due else None


def _fit_ahead(passage: Quotable) -> bool:
    """Whether it is a whole line, no advice, speech or half of another sentence."""
    text = passage.text
    if "tip" in passage.cues or LEANS.match(text) or SPEECH.search(text):
        return False
    return _LEAST <= len(text.split()) <= LONGEST


def _own_clause(passage: Quotable, day: date, last: date) -> Quotable:
    """Of two clauses the second, where it says alone what is to come."""
    second = _SECOND.search(passage.text)
    text = f"{capital(second['clause'])}." if second else ""
    if not text or days.to_come(text, day, last) is None:
        return passage
    return replace(passage, text=text, kind="stated")


def _of_what(desk: Desk, passage: Quotable) -> tuple[str, tuple[Evidence, ...]]:
    """A short line on a day to come behind what it is about, which the sentence before says last:
    "The hospital is asking for a loan. The commission will vote on May 3."."""
    text = passage.text
    if len(text.split()) > _SHORT or desk.story.names_it(text) or not text.startswith("The "):
        return text, ()
    for before in foresight.before(passage, desk.every, 1):
        clause = _LAST_CLAUSE.search(before.text)
        about = f"{capital(clause['clause'])}." if clause else before.text
        if foresight.looks(about, pair=True):
            continue
        if len(about.split()) + len(text.split()) <= LONGEST:
            return f"{about} {text}", before.evidence
    return text, ()


def cited(own: tuple[Evidence, ...], article: Article, moment: Moment) -> tuple[Evidence, ...]:
    """With the publication date where the text's date leans on it (no year, "on Monday")."""
    stated = moment.value[:4] in own[0].quote
    stamp = None if stated else published_of(article)
    return (*own, stamp) if stamp and stamp not in own else own
