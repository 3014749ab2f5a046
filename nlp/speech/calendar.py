"""Dates and times as they are said: "2026-10-14T06:30Z" → "October fourteenth, twenty twenty-six at
six thirty U.T.C.".

In: text. Out: `RULES` for `nlp.speech.rewrite`. A slashed date that could be read two ways
(10/11/2026) is said as it is written: which of the two it is, the voice does not know.
"""

from __future__ import annotations

import re
from typing import Final

from nlp.speech.numerals import ordinal, said, year
from nlp.speech.rewrite import Rule

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_MONTH: Final = (
    r"(January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)(?![a-z])\.?)"
)
_DAY: Final = r"(3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"
_YEAR: Final = r"((?:1[6-9]|20)\d\d)"
_NO_COUNT: Final = r"(?![\d%]|[.,:/]\d|\s?(?:%|percent|thousand|million|billion|trillion)|-[a-z])"
"""What follows a day of the month: no more of a number."""


def _month(name: str) -> str:
    return next(month for month in MONTHS if month.startswith(name[:3].title()))


def _date(years: str, month: int, day: int) -> str | None:
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return f"{MONTHS[month - 1]} {ordinal(str(day))}, {year(years)}"


def _iso(match: re.Match[str]) -> str | None:
    date = _date(match[1], int(match[2]), int(match[3]))
    if date is None or match[4] is None:
        return date
    zone = {None: "", "Z": " U.T.C."}.get(match[6], " " + (match[6] or ""))
    clock = _clock(match[4], match[5])
    return f"{date} at {clock}{zone}" if clock else None


def _year_month(match: re.Match[str]) -> str | None:
    month = int(match[2])
    return f"{MONTHS[month - 1]} {year(match[1])}" if 1 <= month <= 12 else None


def _slashed(match: re.Match[str]) -> str | None:
    """Month and day where only one order is possible."""
    first, second = int(match[1]), int(match[2])
    years = match[3] if len(match[3]) == 4 else "20" + match[3]
    if first > 12:
        return _date(years, second, first)
    if second > 12 or first == second:
        return _date(years, first, second)
    return f"{said(match[1].lstrip('0'))} slash {said(match[2].lstrip('0'))} slash {year(years)}"


def _day_first(match: re.Match[str]) -> str:
    the, day, until, month, years = match.groups()
    days = ordinal(day) + (f" to {ordinal(until)}" if until else "")
    tail = f" {year(years)}" if years else ""
    return f"{the or 'the '}{days} of {_month(month)}{tail}"


def _month_first(match: re.Match[str]) -> str:
    month, day, until, years = match.groups()
    days = ordinal(day) + (f" to {ordinal(until)}" if until else "")
    return f"{_month(month)} {days}" + (f", {year(years)}" if years else "")


def _clock(hours: str, minutes: str) -> str | None:
    hour, minute = int(hours), int(minutes)
    if hour > 24 or minute > 59:
        return None
    if minute == 0:
        return f"{said(str(hour))} hundred" if hour > 12 or len(hours) == 2 else said(str(hour))
    return f"{said(str(hour))} {'oh ' if minute < 10 else ''}{said(str(minute))}"


def _half(letter: str | None) -> str:
    return f" {letter.upper()}.M." if letter else ""


def _time(match: re.Match[str]) -> str | None:
    hours, minutes, seconds, letter = match.groups()
    if letter:
        minute = "" if minutes == "00" else (_clock(hours, minutes) or "").partition(" ")[2]
        told = said(str(int(hours))) + (f" {minute}" if minute else "")
    else:
        told = _clock(hours, minutes) or ""
    if not told:
        return None
    more = f" and {said(str(int(seconds)))} seconds" if seconds else ""
    return told + more + _half(letter)


RULES: Final[tuple[Rule, ...]] = (
    (
        re.compile(
            r"\b(\d{4})[-/](\d\d)[-/](\d\d)"
            r"(?:[T ](\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?\s?(Z\b|UTC\b)?)?(?![\d/]|-\d)"
        ),
        _iso,
    ),
    (re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(\d{4}|\d\d)(?![\d/])"), _slashed),
    (
        re.compile(r"(?<![\d.])(\d{1,2})\.(\d{1,2})\.((?:19|20)\d\d)(?!\.?\d)"),
        lambda m: _date(m[3], int(m[2]), int(m[1])),
    ),
    (re.compile(rf"\b{_YEAR}-(0[1-9]|1[0-2])(?![\d-])"), _year_month),
    (
        re.compile(rf"(\b[Tt]he )?(?<![\d.,$€£-]){_DAY}(?:\s?[-–]\s?{_DAY})?"
                   rf"(?: of)? {_MONTH}(?:,? {_YEAR})?\b"),
        _day_first,
    ),
    (
        re.compile(rf"\b{_MONTH} {_DAY}(?:\s?[-–]\s?{_DAY})?(?:,? {_YEAR}\b)?{_NO_COUNT}"),
        _month_first,
    ),
    (re.compile(rf"\b{_MONTH}(?= (?:19|20)\d\d\b)"), lambda m: _month(m[1])),
    (
        re.compile(r"(?<![\d:.])([01]?\d|2[0-4]):([0-5]\d)(?::([0-5]\d))?"
                   r"(?:\s?([ap])\.?m\b\.?)?(?![\d:])", re.IGNORECASE),
        _time,
    ),
    (
        re.compile(r"(?<![\d:.,])(1[0-2]|0?[1-9])\s?([ap])(?:\.m\.|m\b)", re.IGNORECASE),
        lambda m: said(str(int(m[1]))) + _half(m[2]),
    ),
    (re.compile(r"(?<![\d/])24/7(?![\d/])"), lambda _: "twenty-four seven"),
    (re.compile(r"(?<![\d/])9/11(?![\d/])"), lambda _: "nine eleven"),
)  # fmt: skip
