"""Text → the quantities in it: counts with units, volumes of data, sums of money.

Each comes with its span, its number and its bound ("more than 2.5 million": at_least 2,500,000;
"up to": at_most; "about", "nearly": about; vague ones, "hundreds": at_least 100). Volumes are
decimal. Patterns are bounded and run in time linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from breachwire.model import Bound
from nlp.lexicon import table

_ONES: Final = dict(
    zip(
        [
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ],
        range(1, 20),
        strict=True,
    )
)
_TENS: Final = dict(
    zip(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
        range(20, 100, 10),
        strict=True,
    )
)
_SCALE: Final = {
    "hundred": 100,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
    "k": 10**3,
    "m": 10**6,
    "mn": 10**6,
    "mln": 10**6,
    "mio": 10**6,
    "b": 10**9,
    "bn": 10**9,
    "dozen": 12,
}
_VAGUE: Final = {
    "dozens": 24,
    "scores": 40,
    "hundreds": 100,
    "thousands": 1000,
    "tens of thousands": 10**4,
    "hundreds of thousands": 10**5,
    "tens of millions": 10**7,
    "millions": 10**6,
    "hundreds of millions": 10**8,
    "billions": 10**9,
}
_BYTES: Final = {"k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "p": 10**15}

_PREFIX: Final = (
    r"(?P<low>more than|(?:just )?over|at least|greater than|upwards? of|in excess of|exceeding|"
    r"no fewer than|no less than|as few as|some of the)|"
    r"(?P<high>up to|as many as|as much as|at most|no more than|fewer than|less than|under|below)|"
    r"(?P<near>about|around|approximately|approx\.|roughly|nearly|almost|some|an estimated|"
    r"estimated|close to|just under|~)"
)
_DIGITS: Final = r"\d{1,3}(?:[,\u00a0\u202f'’ ]\d{3}){1,4}(?!\d)|\d{1,15}(?:[.,]\d{1,4})?"
_WORD: Final = (
    f"(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(list(_ONES)[:9])}))?|{'|'.join(reversed(_ONES))}|"
    r"half a|a few|several|a couple of|a|an"
)
_QUANTITY: Final = re.compile(
    rf"(?<![\w.$€£¥/@-])(?=\s?[\w$€£¥₩₹~])(?:(?:{_PREFIX})\s{{0,2}})?(?:the\s)?"
    rf"(?P<symbol>(?:US|AU|CA|A|C|HK|NZ|S)?\$|€|£|¥|₩|₹|(?:USD|EUR|GBP)\s?)?\s?"
    rf"(?:(?P<vague>(?:tens|hundreds|dozens) of (?:thousands|millions)|dozens|scores|hundreds|"
    rf"thousands|millions|billions)(?=\s(?:of\s)?\w)|"
    rf"(?:(?P<digits>{_DIGITS})|(?P<word>{_WORD}))(?P<plus>\+)?"
    rf"(?:[\s-]?(?P<scale>hundred|thousand|million|billion|trillion|dozen|mln|mio|mn|bn|[kmb])"
    rf"(?![a-z]))?(?P<plus2>\+)?)(?P<more>\s?(?:or more|plus)\b)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text, or a count, volume or sum made of it."""

    start: int
    end: int
    number: float
    bound: Bound
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A quantity read as a fact: field and value as data/details/GUIDE.md has them."""

    field: str
    start: int
    end: int
    value: dict[str, Any]
    bound: Bound


def quantities(text: str) -> Iterator[Quantity]:
    """Every number in digits or words, with its bound, in order."""
    for match in _QUANTITY.finditer(text):
        number, vague = _number(match)
        if number is None or (match["word"] in ("a", "an", "A", "An") and not match["scale"]):
            continue
        yield Quantity(
            match.start(), match.end(), number, _bound(match, vague), match["symbol"] or ""
        )


def _number(match: re.Match[str]) -> tuple[float | None, bool]:
    if match["vague"]:
        phrase = " ".join(match["vague"].lower().split())
        return _VAGUE.get(phrase, 24 * 10**3), True
    scale = _SCALE[match["scale"].lower()] if match["scale"] else 1
    if match["digits"]:
        return _digits(match["digits"]) * scale, False
    word = match["word"].lower()
    if word in ("several", "a few", "a couple of"):
        few = {"several": 3, "a few": 3, "a couple of": 2}[word]
        return (few * scale, True) if match["scale"] else (None, True)
    if word == "half a":
        return scale / 2 if match["scale"] else None, False
    return _word(word) * scale, False


def _digits(text: str) -> float:
    """ "1,234,567" and "1 234 567" are whole; "2.5" and "2,5" are not; "12.000" is twelve."""
    parts = re.split(r"[,\u00a0\u202f'’ ]", text)
    if len(parts) > 1 and all(len(part) == 3 for part in parts[1:]):
        return float("".join(parts))
    return float(text.replace(",", "."))


def _word(word: str) -> float:
    if word in ("a", "an"):
        return 1
    return sum(_ONES.get(part, 0) + _TENS.get(part, 0) for part in re.split(r"[- ]", word))


def _bound(match: re.Match[str], vague: bool) -> Bound:
    if match["low"] or match["plus"] or match["plus2"] or match["more"]:
        return "at_least"
    if match["high"]:
        return "at_most"
    if match["near"]:
        return "about"
    return "at_least" if vague else "exact"


# --- units ---------------------------------------------------------------------------------------

_DATA: Final = re.compile(
    r"\s?-?(?:(?P<short>[kmgtp])i?b|(?P<long>kilo|mega|giga|tera|peta)bytes?)(?![a-z])", re.I
)
_COIN: Final = re.compile(
    r"\s(?:(?:in|worth of|of)\s)?(?P<name>dollars|euros?|pounds|bitcoins?|btc|ether|eth|usd|eur|"
    r"gbp|usdt|usdc|yen|won|rupees|sek|chf|aud|cad)\b",
    re.I,
)
_CURRENCY: Final = {
    "$": "USD", "us$": "USD", "au$": "AUD", "a$": "AUD", "ca$": "CAD", "c$": "CAD", "hk$": "HKD",
    "nz$": "NZD", "s$": "SGD", "€": "EUR", "£": "GBP", "¥": "JPY", "₩": "KRW", "₹": "INR",
    "dollars": "USD", "euro": "EUR", "euros": "EUR", "pounds": "GBP", "bitcoin": "BTC",
    "bitcoins": "BTC", "ether": "ETH", "yen": "JPY", "won": "KRW", "rupees": "INR",
}  # fmt: skip


@cache
def _units() -> tuple[re.Pattern[str], dict[str, str]]:
    """Matches the noun counted, up to four words on, and gives the unit of each noun."""
    unit_of = {noun: unit for unit, nouns in table("units")["units"].items() for noun in nouns}
    nouns = "|".join(sorted(map(re.escape, unit_of), key=len, reverse=True))
    between = r"(?:[\w.'’&/-]{1,24}\s){0,4}?"
    return re.compile(rf"\s(?:of\s)?{between}(?P<noun>{nouns})(?![\w-])", re.I), unit_of


_BLOCK: Final = re.compile(
    r"(?i)\b(?:and|or|by|in|from|at|on|to|for|with|that|who|which|was|were|is|are|has|have|after|"
    r"while|as|but|than|percent|per cent|"
    r"weekly|monthly|daily|targeting|hitting|affected by|impacted by|linked to)\b"
)
_BARE: Final = re.compile(
    r"(?i)(?:\b(?:impact(?:s|ed|ing)?|affect(?:s|ed|ing)?|hit(?:s|ting)?|expos(?:es|ed|ing)|"
    r"notif(?:y|ies|ied|ying)|compromis(?:es|ed|ing)|total(?:s|ed|ing)?|reach(?:es|ed)?|leak(?:s|ed)|"
    r"number of (?:victims|people|patients|individuals)[\w ]{0,30}(?:to|is|at))\s)\Z"
)
_BARE_AFTER: Final = re.compile(
    r"(?i)\s(?:(?:were|was|are|have been|may have been)\s)?(?:impacted|affected|exposed|notified|"
    r"hit|caught up)\b"
)


_YEAR_BEFORE: Final = re.compile(r"(?i)\b(?:in|since|of|by|from|late|early|mid)[ -]\Z")


def facts(text: str) -> list[Fact]:
    """The counts, volumes and sums of a text, in order."""
    found: list[Fact] = []
    for quantity in quantities(text):
        fact = _money(text, quantity) or _volume(text, quantity) or _count(text, quantity)
        if fact:
            found.append(fact)
    return found


def _volume(text: str, quantity: Quantity) -> Fact | None:
    match = _DATA.match(text, quantity.end)
    if not match or quantity.symbol:
        return None
    size = _BYTES[(match["short"] or match["long"][0]).lower()]
    value = {"bytes": round(quantity.number * size)}
    return Fact("volume", quantity.start, match.end(), value, quantity.bound)


def _money(text: str, quantity: Quantity) -> Fact | None:
    match = _COIN.match(text, quantity.end)
    name = (quantity.symbol.strip() or (match["name"] if match else "")).lower()
    if not name:
        return None
    end = match.end() if match and not quantity.symbol else quantity.end
    whole = int(quantity.number) if quantity.number == int(quantity.number) else quantity.number
    value = {"amount": whole, "currency": _CURRENCY.get(name, name.upper()), "kind": "other"}
    return Fact("money", quantity.start, end, value, quantity.bound)


def _year(quantity: Quantity) -> bool:
    """Whether a number is written as a year is: four digits, no separator."""
    return 1990 <= quantity.number <= 2035 and quantity.end - quantity.start == 4


def _count(text: str, quantity: Quantity) -> Fact | None:
    if quantity.number != int(quantity.number) or quantity.number < 2:
        return None
    pattern, unit_of = _units()
    number = int(quantity.number)
    match = pattern.match(text, quantity.end)
    dated = _YEAR_BEFORE.search(text, max(0, quantity.start - 8), quantity.start)
    if match and _year(quantity) and (dated or match.start("noun") > quantity.end + 1):
        return None
    if match and not _BLOCK.search(text, quantity.end, match.start("noun")):
        value = {"number": number, "unit": unit_of[match["noun"].lower()]}
        return Fact("affected", quantity.start, match.end(), value, quantity.bound)
    before = text[max(0, quantity.start - 60) : quantity.start]
    if number >= 100 and (_BARE.search(before) or _BARE_AFTER.match(text, quantity.end)):
        value = {"number": number, "unit": "people"}
        return Fact("affected", quantity.start, quantity.end, value, quantity.bound)
    return None
