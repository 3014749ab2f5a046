"""Text and publication date → the dates it names, as ISO day, month or year.

"last week" is the month of a week before publication, "Monday" the Monday before it (that day's own
date counts), "March" the last March. Only spans and values: whether a date is the incident's is the
caller's to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import islice
from typing import Final

from nlp.folding import Caseless, lower
from nlp.ways import by_letter

_MONTHS: Final = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_DAYS: Final = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_MONTH: Final = (
    r"(?:jan(?:uary|\.)?|feb(?:ruary|\.)?|mar(?:ch|\.)?|apr(?:il|\.)?|may|june?\.?|july?\.?|"
    r"aug(?:ust|\.)?|sept?(?:ember|\.)?|oct(?:ober|\.)?|nov(?:ember|\.)?|dec(?:ember|\.)?)"
)
_EVENT: Final = (
    r"(?:it\s(?:occurred|happened|was\s(?:hit|hacked))|many\sof|(?:an?|the|its)\s"
    r"(?:[\w-]{2,14}\s){0,2}(?:attack|incident|breach|cyberattack|hack|intrusion|leak))\b"
)
"""What a span of time may be counted from: "two years after a malware incident"."""
_COUNT: Final = {
    "a": 1, "an": 1, "couple of": 2, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "several": 3, "few": 3, "couple": 2,
}  # fmt: skip
_SEASONS: Final = {"spring": 3, "summer": 6, "fall": 9, "autumn": 9, "winter": 12}
_NUMBER: Final = {month[:3]: number for number, month in enumerate(_MONTHS, 1)}
_MON: Final = "|".join(_NUMBER)
_COUNTS: Final = "one|two|three|four|five|six|seven|eight|nine|ten|several|few|couple"
_OPENS: Final = by_letter(
    [
        rf"(?:20[0-4]|\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?(?:{_MON}|hour|day|week|month|year))",
        *_NUMBER, *_DAYS, *_SEASONS, r"[qh]\d", r"between\s", "yesterday", "today",
        rf"(?:in|since|during|until|of|by|from)\s(?:early|mid|late|{_MON})",
        r"in\sthe\s(?:past|last)", r"the\s(?:first|second|third|fourth|last|past)",
        "(?:early|mid|late)[- ]", r"last\s[a-km-z]", r"an?\s(?:hour|day|week|month|year)",
        r"(?:early|late|later|earlier|over|this|past|previous|first|second|third|fourth)\s[a-z]",
        rf"(?:{_COUNTS})\s[hdwmyo]",
    ]
)  # fmt: skip
"""What a date begins with: nothing else is looked into."""
_DATE: Final = re.compile(
    rf"\b(?={_OPENS})(?:"
    rf"(?P<iso>20[0-4]\d-[01]\d(?:-[0-3]\d)?)"
    rf"|between\s(?P<m0>{_MONTH})\s(?:(?P<y0>20[0-4]\d)\s)?and\s(?:\w{{3,5}}-)?(?P<m0b>{_MONTH})\s"
    rf"(?P<y0b>20[0-4]\d)"
    rf"|(?P<m1>{_MONTH})\s(?:through|to|and|until)\s{_MONTH}\s(?P<y1>20[0-4]\d)"
    rf"|(?P<d2>[0-3]?\d)(?:st|nd|rd|th)?\s(?:of\s)?(?P<m2>{_MONTH})(?:,?\s(?P<y2>20[0-4]\d|last\syear))?"
    rf"|(?P<m3>{_MONTH})\s(?P<d3>[0-3]?\d)(?:st|nd|rd|th)?(?![\d:])(?:,?\s(?P<y3>20[0-4]\d|last\syear))?"
    rf"|(?:(?:early|mid|late)[- ])?(?P<m4>{_MONTH})(?:\sof)?,?\s(?P<y4>20[0-4]\d)"
    rf"|(?P<season>spring|summer|fall|autumn|winter)\s(?:of\s)?(?P<y5>20[0-4]\d)"
    rf"|(?:the\s)?(?P<part>first|second|third|fourth|last)\s(?:half|(?:two\s|three\s|few\s)?months|quarter)"
    rf"\sof\s(?P<y9>20[0-4]\d)"
    rf"|(?P<q10>q[1-4]|h[12])\s(?:of\s)?(?P<y10>20[0-4]\d)"
    rf"|(?P<n6>an?|one|two|three|four|five|six|seven|eight|nine|ten|several|few|couple(?:\sof)?|\d{{1,2}})\s"
    rf"(?P<u6>hour|day|week|month|year)s?\s(?:ago|earlier(?!\sthis)|after(?=\s{_EVENT}))"
    rf"|(?P<rel>over\sthe\s(?:past\s|last\s)?weekend|(?:this|last|past|previous)\sweekend|"
    rf"(?:earlier\s|late\s|later\s)?(?:last|this|past|previous)\s(?:week|month|year)(?!\sof\b)|"
    rf"(?:earlier\s)?(?:this|last)\s(?:spring|summer|fall|autumn|winter)|"
    rf"(?:the\s|in\sthe\s)?(?:past|last)\s(?:24\shours|few\s(?:days|hours)|\w{{2,5}}\sdays)|"
    rf"yesterday(?!['’])|(?<!warned\s)(?<!said\s)(?<!published\s)(?:earlier\s)?today(?!['’]))"
    rf"|(?:last\s)?(?P<day>{'|'.join(_DAYS)})"
    rf"|(?:(?:in|since|during|until|last|of|by|from)\s)(?:early\s|mid-|late\s)?(?P<m7>{_MONTH})(?![\w'-]|,?\s\d|\s(?:through|to|and|until)\s{_MONTH}\s\d)"
    rf"|(?:(?:early|mid|late)-|(?<![-@./\d]))(?P<y8>20[0-4]\d)(?![-/]|\.\d))\b"
)
"""Over lower-case text."""


_HINT: Final = Caseless(
    r"\d|day|week|month|year|hour|quarter|half|spring|summer|fall|autumn|winter"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec",
)
"""What every date has one of: a quick look before the long one."""
MOST: Final = 3_000
"""Dates read of a text: far more than an article has."""
_KEPT: Final = 1000
"""Characters below which a text is a sentence, whose dates are asked for again and again."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A date named in a text."""

    start: int
    end: int
    value: str
    """2026-03-31, 2026-03 or 2026."""
    form: str
    """day, month, year, weekday, relative: how exactly and by what it is named."""


def moments(text: str, published: date | None) -> Iterator[Moment]:
    """The first MOST dates of a text; those relative to publication only where it is known."""
    if not _HINT.search(text):
        return iter(())
    return iter(_moments(text, published) if len(text) < _KEPT else _found(text, published))


@lru_cache(maxsize=8192)
def _moments(text: str, published: date | None) -> tuple[Moment, ...]:
    return tuple(_found(text, published))


def _found(text: str, published: date | None) -> Iterator[Moment]:
    read: dict[tuple[str, str | None], tuple[str | None, str]] = {}
    for match in islice(_DATE.finditer(lower(text)), MOST):
        words = match[0], match.lastgroup
        if words not in read:
            read[words] = _read(match, published)
        value, form = read[words]
        if value:
            start = match.start("m7") if match["m7"] else match.start()
            yield Moment(start, match.end(), value, form)


def _read(match: re.Match[str], published: date | None) -> tuple[str | None, str]:
    if match["iso"]:
        return match["iso"], "day" if len(match["iso"]) > 7 else "month"
    if match["m0"]:
        return _month(match["m0"], match["y0"] or match["y0b"], published), "month"
    if match["m1"]:
        return _month(match["m1"], match["y1"], published), "month"
    for digit in "23":
        if match[f"m{digit}"]:
            day = int(match[f"d{digit}"])
            return _day(match[f"m{digit}"], day, match[f"y{digit}"], published), "day"
    if match["m4"]:
        return _month(match["m4"], match["y4"], published), "month"
    if match["season"]:
        return f"{match['y5']}-{_SEASONS[match['season']]:02d}", "month"
    if match["part"]:
        return _part(match["part"], match[0], match["y9"]), "month"
    if match["q10"]:
        number = int(match["q10"][1])
        step = 3 if match["q10"][0] == "q" else 6
        return f"{match['y10']}-{1 + step * (number - 1):02d}", "month"
    if match["y8"]:
        return match["y8"], "year"
    if published is None:
        return None, ""
    if match["m7"]:
        month = _month(match["m7"], None, published)
        same = month == f"{published.year}-{published.month:02d}"
        if same and match[0].startswith("last "):
            # "Last June", said in June, is the one before.
            month = f"{published.year - 1}-{published.month:02d}"
        return month, "month"
    if match["day"]:
        back = (published.weekday() - _DAYS.index(match["day"])) % 7
        return (published - timedelta(days=back)).isoformat(), "weekday"
    if match["n6"]:
        return _ago(match["n6"], match["u6"], published), "relative"
    return _relative(" ".join(match["rel"].split()), published), "relative"


def _part(which: str, phrase: str, year: str) -> str:
    """The first month of a half or quarter."""
    place = ["first", "second", "third", "fourth"].index(which) if which != "last" else -1
    if "half" in phrase:
        return f"{year}-{7 if place else 1:02d}"
    if "month" in phrase:
        return f"{year}-{1 if place == 0 else 10:02d}"
    return f"{year}-{1 + 3 * (place if place >= 0 else 3):02d}"


def _month(month: str, year: str | None, published: date | None) -> str | None:
    number = _NUMBER[month[:3]]
    if year:
        return f"{year}-{number:02d}"
    if published is None:
        return None
    return f"{published.year - (number > published.month)}-{number:02d}"


def _day(month: str, day: int, year: str | None, published: date | None) -> str | None:
    number = _NUMBER[month[:3]]
    if year and not year.isdigit():
        year = str(published.year - 1) if published else None
    try:
        if year:
            return date(int(year), number, day).isoformat()
        if published is None:
            return None
        found = date(published.year, number, day)
        if found > published + timedelta(days=1):
            found = found.replace(year=published.year - 1)
        return found.isoformat()
    except ValueError:
        return None


def _ago(count: str, unit: str, published: date) -> str | None:
    number = _COUNT.get(count) or (int(count) if count.isdigit() else 0)
    days = number * {"hour": 0, "day": 1, "week": 7, "month": 30, "year": 365}[unit]
    then = published - timedelta(days=days)
    if unit in ("hour", "day"):
        return then.isoformat()
    return str(then.year) if unit == "year" else f"{then.year}-{then.month:02d}"


def _relative(phrase: str, published: date) -> str:
    before = phrase.split()[-2] in ("last", "past", "previous") if " " in phrase else False
    season = phrase.split()[-1]
    if season in _SEASONS:
        return _season(season, before, published)
    if "weekend" in phrase:
        return (published - timedelta(days=(published.weekday() - 5) % 7 or 7)).isoformat()
    if season in ("today", "yesterday"):
        return (published - timedelta(days=season == "yesterday")).isoformat()
    if season == "year":
        return str(published.year - before)
    if season == "month" and before:
        published = published.replace(day=1) - timedelta(days=1)
    then = published - timedelta(days=7 if season == "week" and before else 0)
    return f"{then.year}-{then.month:02d}"


def _season(season: str, before: bool, published: date) -> str:
    """The month in which the season named began, the last one that had begun by then."""
    month = _SEASONS[season]
    year = published.year - (month > published.month)
    if before and (published.month - month) % 12 < 3:
        year -= 1
    return f"{year}-{month:02d}"
