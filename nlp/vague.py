"""Dates that mean something only on the day of the report: "on Monday", "last week", "yesterday".

In: a sentence, for `absolute` with its article's publication date. Out: the sentence without them
where it stands without them; else with the day they name, by the calendar; None where neither can
be done.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Final

from nlp import dates
from nlp.folding import Caseless, capital

_DAY: Final = (
    r"(?<!Patch )(?<!Update )(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
    r"(?!, (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z.]* \d)"
)
"""A weekday that no date follows."""
_VAGUE: Final = (
    rf"(?:on |late |early |late on |early on |this |last ){_DAY}"
    r"(?: (?:morning|evening|afternoon|night))?"
    r"|(?:earlier |later |late )?(?:this|last) (?:week|month|year|weekend)|yesterday|today|tonight"
    rf"|earlier (?:on )?{_DAY}|earlier today|(?:a few|several|two|three) (?:days|weeks) ago"
    rf"|over the (?:past |last )?weekend|in recent (?:days|weeks)"
    rf"|{_DAY}(?: (?:morning|evening|afternoon|night))?"
    r"|a (?:day|week|month) (?:ago|later|earlier)"
)
_VAGUE_DATE: Final = re.compile(rf",? \b(?:{_VAGUE})\b(?!['’-])")
_VAGUE_FIRST: Final = re.compile(rf"\A(?:{_VAGUE})\b, ", re.IGNORECASE)
_VAGUE_ANY: Final = Caseless(rf"\b(?:{_VAGUE})\b")
_LEFT_OVER: Final = re.compile(
    r"\b\w+ed (?:has|have|had|was|were|is|are|will)\b|\A(?:Is|Was|Are) "
    r"|\b(?:posted|published|issued|released|sent|filed|held|signed),"
    r"|\b(?:began|started|came|happened|occurred|starting|beginning)(?: and\b|[,.])"
    r"|(?<! was)(?<! were)(?<! been)(?<! be)(?<! is)(?<! are)(?<! not)"
    r" (?:disclosed|discovered|unveiled|published|released|identified|detected)\.\Z"
)
"""What is left where the date was the point: "the attack disclosed last week has been claimed"."""
_FUTURE: Final = re.compile(r"\b(?:will|would|expects?|plans?|hopes?|intends?|could|should)\b")
_REACH: Final = 45
"""Characters before a date within which such a verb is bounded by it."""
_BOUND: Final = re.compile(r",? ?(?:later )?(?:this|last) |,? ?today|,? ?tonight|,? ?on ")
"""A date that bounds a forecast: "no job cuts this year" is less than "no job cuts"."""
_DONE: Final = re.compile(r"\b\w+ed\Z")
_VERB: Final = re.compile(
    r" (?:\w+ed|(?:tell|show|say|reveal|describe|name|accuse|detail|list)s?)\b"
)
"""A participle before the date and a verb after it: "papers unsealed on Monday tell"."""
DAY_OF_REPORT: Final = re.compile(
    r"\b(?:yesterday|today|tonight|ago|later|earlier)\b", re.IGNORECASE
)
_COMPARES: Final = re.compile(
    r"\b(?:this|last) (?:week|month|year|quarter)\b.{0,60}\b(?:against|compared (?:with|to)"
    r"|versus|than|up from|down from)\b"
    r"|\b(?:against|compared (?:with|to)|versus|than|up from|down from)\b.{0,60}"
    r"\b(?:this|last) (?:week|month|year|quarter)\b"
)
"""One of two times: without it the other stands against nothing."""
_MAYBE: Final = re.compile(r"day|week|month|year|night")
_HOLDS: Final = re.compile(
    r"\b(?:since|until|till|from|between|before|after|by|of|for|through|than|and|or|to|in|the|a"
    r"|an|least|most"
    r"|about|around)\Z",
    re.IGNORECASE,
)
"""Words that a date can't be taken from behind."""

_OWNED: Final = re.compile(
    rf"\b(?:(?:last|this) (?:week|month|year|spring|summer|autumn|fall|winter)"
    rf"|(?:last )?{_DAY})['’]s "
)
"""Before what belongs to it: "last week's compromise" is "the compromise"."""
_AS_OF: Final = re.compile(
    r"\AAs of (?:this|last) (?:week|month),? "
    r"|(?P<c>,)? as of (?:this|last) (?:week|month)(?(c),|(?=[ .,]))"
)
"""What holds since then holds."""
_YEARS: Final = re.compile(r"\blast year(['’])s ")
"""What belongs to a year is compared with it: "back to last year's level"."""
_LAST_YEAR: Final = re.compile(r"\b(?:last|this) year\b(?!['’])")
_FIGURE: Final = re.compile(
    r"(?<![\w.-])[$€£]?(?!20\d\d\b)\d[\d,.]*\d[a-z]{0,2}\b"
    r"(?! (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))"
)
_ON: Final = re.compile(
    rf"(?P<on>\bon |\blate on |\bearly on )?\b(?P<day>{_DAY}|[Yy]esterday)\b(?!['’-])"
    r"(?P<part> (?:morning|evening|afternoon|night))?"
)
_LAST: Final = re.compile(
    r"(?P<behind>\b(?:since|of|from|until|till|by|before|after|in|during|for|than|to|over"
    r"|through) )?"
    r"\b(?:(?:earlier|later|late|early) )?last (?:month|year)\b(?!['’-])",
    re.IGNORECASE,
)
"""A month or year by its distance from the report: cut out, what was then reads as today's news."""
_NOT_PAST: Final = re.compile(
    r"\b(?:an?|the|one|any|until|till|by|before|next|last|this|every|each|from|through|of|will|would|expects?"
    r"|plans?|hopes?|should|to) \Z",
    re.IGNORECASE,
)


@lru_cache(maxsize=8192)
def without_vague_dates(text: str) -> str | None:
    """The sentence without "on Monday", "last week"; None where the sentence needs it."""
    if not _MAYBE.search(text) or not _VAGUE_ANY.search(text):
        return text
    text = capital(_AS_OF.sub("", text))
    if not _VAGUE_ANY.search(text):
        return text
    if _COMPARES.search(text) or _of_a_year(text):
        return None
    owned = capital(_OWNED.sub("the ", _YEARS.sub(r"the previous year\1s ", text)))
    shorter = capital(_VAGUE_FIRST.sub("", owned, count=1))
    for match in reversed(list(_VAGUE_DATE.finditer(shorter))):
        before, after = shorter[: match.start()], shorter[match.end() :]
        if _FUTURE.search(before[-_REACH:]) and _BOUND.match(match.group()):
            return None
        if _HOLDS.search(before) or (_DONE.search(before) and _VERB.match(after)):
            return None
        comma = match.group().startswith(",") and after.startswith(",")
        shorter = before + (after[1:] if comma else after)
    if shorter != text and _LEFT_OVER.search(shorter):
        return None
    return None if _VAGUE_ANY.search(shorter) else shorter


@lru_cache(maxsize=8192)
def absolute(text: str, published: date) -> str | None:
    """The sentence with "on Wednesday" and "yesterday" as days of the month, "last month" by its
    name, and no other vague date in it but one that lay ahead ("until Friday"); None where there is
    no such day."""
    shown = _months(text, published)
    if _FUTURE.search(text):
        return None if shown == text else without_vague_dates(shown)
    if shown == text and not _ON.search(text):
        return None
    found = {m.end: m.value for m in dates.moments(shown, published) if len(m.value) == 10}
    named, ahead = shown, 0
    for match in reversed(list(_ON.finditer(shown))):
        day = found.get(match.end("day"))
        if day is None or _NOT_PAST.search(shown[: match.start()]):
            ahead += 1
            continue
        when = date.fromisoformat(day)
        on = "on " if match.start() else "On "
        if not match["on"] and re.search(r"\b[Ss]ince \Z", shown[: match.start()]):
            on = ""
        named = f"{named[: match.start()]}{on}{when:%B} {when.day}{named[match.end() :]}"
    if named == text:
        return None
    return named if ahead or _of_a_year(named) else without_vague_dates(named)


def _months(text: str, published: date) -> str:
    """The sentence with "last month" and "last year" by name: "in May 2026", "in 2025"."""
    if not _LAST.search(text):
        return text
    found = {m.end: m.value for m in dates.moments(text, published)}
    for match in reversed(list(_LAST.finditer(text))):
        value = found.get(match.end(), "")
        if len(value) not in (4, 7):
            continue
        when = f"{date.fromisoformat(f'{value}-01'):%B %Y}" if len(value) > 4 else value
        before = match["behind"] or ("in " if match.start() else "In ")
        text = f"{text[: match.start()]}{before}{when}{text[match.end() :]}"
    return text


def _of_a_year(text: str) -> bool:
    """Whether a figure is one of "last year": without that nobody knows of what time it is."""
    return _LAST_YEAR.search(text) is not None and _FIGURE.search(text) is not None
