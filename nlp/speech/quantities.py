"""Sums, sizes, shares, counts and spans as they are said: "$9M" → "nine million dollars".

In: text without dates and addresses. Out: `RULES` for `nlp.speech.rewrite`; no digit is left.
A unit before a noun stands in the singular ("a $9M ransom": "a nine million dollar ransom").
"""

from __future__ import annotations

import re
from typing import Final

from nlp.speech.numerals import NUMBER, like_year, one, one_by_one, ordinal, plural, said, year
from nlp.speech.rewrite import Rule

_SCALES: Final = {
    "k": "thousand", "thousand": "thousand",
    "m": "million", "mn": "million", "mln": "million", "mio": "million", "million": "million",
    "b": "billion", "bn": "billion", "bln": "billion", "billion": "billion",
    "t": "trillion", "tn": "trillion", "trn": "trillion", "trillion": "trillion",
}  # fmt: skip
_SCALE: Final = (
    r"(?=[\s-]?[kKmMbBtT])(?:[ -]?(?i:thousand|million|billion|trillion)"
    r"|\s?(?i:mn|mln|mio|bln|bn|trn|tn)|[kKmMbBT])\b"
)
_CURRENCIES: Final = {
    "$": "dollar", "€": "euro", "£": "pound", "¥": "yen", "₹": "rupee", "₽": "rouble", "₩": "won",
    "₺": "lira", "₴": "hryvnia", "₿": "bitcoin", "₪": "shekel", "US$": "US dollar",
    "A$": "Australian dollar", "AU$": "Australian dollar", "C$": "Canadian dollar",
    "CA$": "Canadian dollar", "NZ$": "New Zealand dollar", "HK$": "Hong Kong dollar",
    "S$": "Singapore dollar", "R$": "real", "USD": "US dollar", "EUR": "euro", "GBP": "pound",
    "JPY": "yen", "CHF": "Swiss franc", "AUD": "Australian dollar", "CAD": "Canadian dollar",
    "INR": "rupee", "BTC": "bitcoin", "ETH": "ether", "XMR": "monero", "SEK": "Swedish krona",
    "NOK": "Norwegian krone", "DKK": "Danish krone", "PLN": "zloty", "SGD": "Singapore dollar",
}  # fmt: skip
_SAME: Final = ("yen", "won")
_COINS: Final = "$€£¥₹₽₩₺₴₿₪"
_SIGN: Final = (
    rf"((?:US|AU|CA|NZ|HK|[ACSR])?[{_COINS}]|\b(?:"
    + "|".join(code for code in _CURRENCIES if len(code) == 3 and code.isalpha())
    + r")\b)"
)
_BYTES: Final = {
    "k": "kilo", "m": "mega", "g": "giga", "t": "tera", "p": "peta", "e": "exa", "z": "zetta",
}  # fmt: skip
_UNITS: Final = {
    "hz": "hertz", "khz": "kilohertz", "mhz": "megahertz", "ghz": "gigahertz", "km": "kilometer",
    "kg": "kilogram", "mph": "mile per hour", "ms": "millisecond", "kwh": "kilowatt hour",
    "mw": "megawatt", "gw": "gigawatt",
}  # fmt: skip
_COUNTED: Final = (
    r"users|people|customers|clients|records|patients|employees|accounts|servers|devices|systems"
    r"|victims|organi[sz]ations|companies|hosts|sites|files|bits?|bytes|times|miles|dollars|euros"
)
"""What a bare number of four digits before it counts: no year then."""
_TO: Final = r"\s?(?:-|–|—|to)\s?"


def _scaled(number: str, scale: str | None) -> str:
    words = said(number)
    return f"{words} {_SCALES[scale.strip(' -').lower()]}" if scale else words


def _noun(name: str, single: bool) -> str:
    """A unit in its number: "miles per hour", "kilowatt hours"."""
    if single or name in _SAME or name.endswith("hertz"):
        return name
    first, per, rest = name.partition(" per ")
    many = "lire" if first == "lira" else first + "s"
    return many + per + rest


def _before_noun(match: re.Match[str]) -> bool:
    """Whether it is "a … ransom": an article before and a word after."""
    before = match.string[: match.start()].lower()
    after = match.string[match.end() :]
    return bool(re.search(r"\ban? \Z", before)) and bool(re.match(r"[ -][a-z]{3,}", after))


def _money(match: re.Match[str]) -> str:
    sign, low, low_scale, high, high_scale = match.groups()
    name = _CURRENCIES[sign]
    single = _before_noun(match) or (one(low) and not low_scale and not high)
    amount = _scaled(low, low_scale)
    if high:
        amount += f" to {_scaled(high, high_scale)}"
    return f"{amount} {_noun(name, single)}"


def _money_after(match: re.Match[str]) -> str:
    number, scale, sign = match.groups()
    single = _before_noun(match) or (one(number) and not scale)
    return f"{_scaled(number, scale)} {_noun(_CURRENCIES[sign], single)}"


def _size(match: re.Match[str]) -> str:
    number, prefix, binary, what, per = match.groups()
    name = "byte" if what == "B" else "bit"
    start = _BYTES[prefix.lower()]
    name = (start[:2] + "bi" if binary else start) + name
    if per:
        name += " per second"
    joined = "-" in match[0]
    return f"{said(number)} {_noun(name, joined or one(number) or _before_noun(match))}"


def _unit(match: re.Match[str]) -> str:
    return f"{said(match[1])} {_noun(_UNITS[match[2].lower()], one(match[1]))}"


def _span(match: re.Match[str]) -> str | None:
    """Two numbers with a dash; years and telephone numbers have ways of their own."""
    low, high = match[1], match[2]
    if high.startswith("0") and len(high) > 1:
        return f"{one_by_one(low)}, {one_by_one(high)}"
    if like_year(low) and len(high) == 2:
        return f"{year(low)} to {said(high)}"
    return f"{_bare(low)} to {_bare(high)}"


def _bare(number: str) -> str:
    return year(number) if like_year(number) else said(number)


def _decade(match: re.Match[str]) -> str:
    return plural(year(match[1]) if len(match[1]) == 4 else said(match[1]))


_FRACTIONS: Final = {
    "1/2": "one half", "1/3": "one third", "2/3": "two thirds", "1/4": "one quarter",
    "3/4": "three quarters",
}  # fmt: skip
_EDGE: Final = r"(?<![\w.,$€£-])"
"""Where a number begins that is no part of another, nor of a code."""
RULES: Final[tuple[Rule, ...]] = (
    (
        re.compile(
            rf"(?=[{_COINS}]|[A-Z]{{1,2}}[{_COINS}]|\b[A-Z]{{3}}\b){_SIGN}\s?({NUMBER})({_SCALE})?"
            rf"(?:(?=\s?[-–—t])(?:[-–—]|\s?(?:-|–|—|to)\s?(?:{_SIGN[1:-1]}))\s?({NUMBER})({_SCALE})?)?"
        ),
        _money,
    ),
    (re.compile(rf"({NUMBER})(?=[\s-]?[^\s\d])({_SCALE})?\s?{_SIGN}(?![\w$])"), _money_after),
    (re.compile(rf"({NUMBER})[ -]?([kKMGTPEZ])(i)?(B|b|bit)(/s|ps)?\b"), _size),
    (
        re.compile(r"(?<![\w.])([KMGTP])(i)?B\b"),
        lambda m: _noun(_BYTES[m[1].lower()] + "byte", False),
    ),
    (re.compile(rf"({NUMBER})\s?({'|'.join(_UNITS)})\b", re.IGNORECASE), _unit),
    (
        re.compile(rf"({NUMBER})%?{_TO}({NUMBER})\s?%"),
        lambda m: f"{said(m[1])} to {said(m[2])} percent",
    ),
    (re.compile(rf"({NUMBER})\s?%"), lambda m: f"{said(m[1])} percent"),
    (
        re.compile(
            rf"{_EDGE}({NUMBER})(?=[\s-]?[-–—kKmMbBtT])({_SCALE})?{_TO}({NUMBER})({_SCALE})"
        ),
        lambda m: f"{_scaled(m[1], m[2])} to {_scaled(m[3], m[4])}",
    ),
    (re.compile(rf"{_EDGE}({NUMBER})({_SCALE})"), lambda m: _scaled(m[1], m[2])),
    (re.compile(r"\b(\d[\d,]{0,20}+)(?:st|nd|rd|th)\b"), lambda m: ordinal(m[1])),
    (re.compile(r"(?<![\w.])'?((?:1[6-9]|20)\d0|[2-9]0)'?s\b"), _decade),
    (re.compile(r"(?<![\w/.])(?:1/[234]|[23]/[34])(?![\w/.])"), lambda m: _FRACTIONS.get(m[0])),
    (
        re.compile(rf"{_EDGE}({NUMBER})/(10|100|5)(?![\d/.])"),
        lambda m: f"{said(m[1])} out of {said(m[2])}",
    ),
    (re.compile(rf"{_EDGE}({NUMBER})\s?[-–]\s?({NUMBER})(?![\w-]|\.\d)"), _span),
    (re.compile(rf"(?<![\w.])({NUMBER})[x×](?!\w)"), lambda m: f"{said(m[1])} times"),
    (re.compile(r"(?<![\w.-])[-−](?=\d)"), lambda _: "minus "),
    (
        re.compile(rf"{_EDGE}((?:1[6-9]|20)\d\d)(?![\w%]|[.,]\d|[ -](?:{_COUNTED})\b)"),
        lambda m: year(m[1]),
    ),
    (
        re.compile(r"(?<!\w)\+?(\d{1,4}(?:[ -]\d{2,4}){2,})(?![\w-])"),
        lambda m: ", ".join(one_by_one(part) for part in re.split(r"[ -]", m[1])),
    ),
    (re.compile(rf"(?<![\w.])({NUMBER})(?![A-Za-z_\d]|[.,]\d)"), lambda m: said(m[1])),
)
