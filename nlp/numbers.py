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
from itertools import islice
from typing import Any, Final

from breachwire.model import Bound
from nlp.folding import lower
from nlp.lexicon import table
from nlp.ways import by_letter, one_of

MOST: Final = 4_000
"""Numbers read of a text: the longest list of addresses at hand has 3,641; more are a dump's."""
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
    "hundred thousand": 10**5,
    "hundred million": 10**8,
    "thousand million": 10**9,
    "lakh": 10**5,
    "lakhs": 10**5,
    "crore": 10**7,
    "crores": 10**7,
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
    "tn": 10**12,
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
_FEW: Final = {"several": 3, "a few": 3, "a couple of": 2, "a couple": 2}
_PARTS: Final = {
    "half": 0.5, "a quarter": 0.25, "quarter": 0.25, "three": 0.75, "one and": 1.5, "two and": 2.5,
}  # fmt: skip
"""What a part of a million is, by how its words begin; "three" alone never has a part's words."""
_BYTES: Final = {"k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "p": 10**15}

_LOW: Final = (
    "more than", "just over", "over", "at least", "greater than", "upward of", "upwards of",
    "in excess of", "exceeding", "no fewer than", "no less than", "not less than", "as few as",
    "some of the", "a minimum of", "a little over", "slightly more than", "slightly over",
    "well over", "well more than", "north of", "better than",
)  # fmt: skip
_HIGH: Final = (
    "up to", "as many as", "as much as", "at most", "no more than", "not more than",
    "a maximum of", "fewer than", "less than", "under", "below",
)  # fmt: skip
_NEAR: Final = (
    "about", "around", "approximately", "approx.", "roughly", "nearly", "almost", "some",
    "an estimated", "estimated", "close to", "just under", "just shy of", "an average of",
    "somewhere around", "in the region of", "~", "≈",
)  # fmt: skip
_BOUNDS: Final[dict[str, Bound]] = {
    **dict.fromkeys(_LOW, "at_least"), **dict.fromkeys(_HIGH, "at_most"),
    **dict.fromkeys(_NEAR, "about"),
}  # fmt: skip
"""What a number's bound is, by the words before it; an earlier phrase is read before a later."""
_CODES: Final = (
    "usd|eur|gbp|krw|jpy|inr|aud|cad|chf|sek|nok|dkk|sgd|hkd|nzd|brl|cny|rmb|zar|aed|pln|try|mxn|"
    "ils|thb|twd|php|idr|myr|rub|uah|czk|huf|ngn|kes"
)
_SIGNS: Final = "$€£¥₩₹₽₺₴₪฿₫₦₱"
_DIGITS: Final = (
    r"\d{1,3}(?:[,\u00a0\u202f'’ ]\d{3}){1,4}(?:\.\d{1,2})?(?!\d)|\d{1,15}(?:[.,]\d{1,4})?"
)
_WORDS: Final = (
    r"(?:a )?quarter of an?", r"three[- ]quarters of an?", "one and a half", "two and a half",
    "half an?", *(rf"{tens}(?:[- ](?:{'|'.join(list(_ONES)[:9])}))?" for tens in _TENS),
    *reversed(_ONES), "a few", "several", "a couple(?: of)?",
    r"a(?=[\s-](?:hun|tho|mil|bil|tri|doz|lak|cro))",
)  # fmt: skip
_WORD: Final = by_letter(_WORDS)
_MANY: Final = (
    *(f"{many} of {more}" for many in ("tens", "hundreds", "dozens")
      for more in ("thousands", "millions")),
    "dozens", "scores", "hundreds", "thousands", "millions", "billions",
)  # fmt: skip
_OPENS: Final = one_of(
    sorted({
        word[:3] for word in (*_BOUNDS, *_CODES.split("|"), *_MANY, *_TENS, *_ONES, "the",
                              "quarter", "half", "several", "a few", "a couple", "rs")
        if word[0].isalpha()
    })
)  # fmt: skip
"""The first three letters of every word that begins a quantity: others are looked into no more."""
_TIMES: Final = by_letter(
    ["hundred thousand", "hundred million", "thousand million", "hundred", "thousand", "million",
     "billion", "trillion", "dozen", "lakhs?", "crores?", "mln", "mio", "mn", "bn", "tn", "[kmb]"]
)  # fmt: skip
_QUANTITY: Final = re.compile(
    rf"(?<![\w.$€£¥₩₹/@-])(?:(?=\d)|(?=[{_SIGNS}~≈]|a[\s-]|{_OPENS}|[a-z]{{1,2}}\$)"
    rf"(?>(?:(?P<prefix>{one_of(list(_BOUNDS))})\s{{0,2}})?(?:the\s)?"
    rf"(?:(?P<symbol>(?:us|au|ca|nt|mx|a|c|hk|nz|s|r)?\$|[{_SIGNS[1:]}]|rs\.?\s|"
    rf"(?:{one_of(_CODES.split('|'))})(?![a-z])\s?[$€£]?)\s?)?))"
    rf"(?:(?P<vague>{one_of(_MANY)})(?=\s(?:of\s)?\w)|"
    rf"(?:(?P<digits>{_DIGITS})|(?P<word>{_WORD}))(?P<plus>\+?)"
    rf"(?:(?=[\s-]?[bcdhklmt])[\s-]?(?P<scale>{_TIMES})(?![a-z]))?)"
    rf"(?P<more>\+?(?:\s?(?:or more|plus)\b)?)"
)
"""Over lower-case text, as all patterns here."""


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
    """The numbers in digits or words, with their bounds, in order; at most MOST."""
    for match in islice(_QUANTITY.finditer(lower(text)), MOST):
        number, vague = _number(match)
        if number is None or (match["word"] == "a" and not match["scale"]):
            continue
        # Rounded: 67.1 times a million is 67,099,999.99999999 in binary fractions.
        number = round(number, 4)
        yield Quantity(
            match.start(), match.end(), number, _bound(match, vague), match["symbol"] or ""
        )


def _number(match: re.Match[str]) -> tuple[float | None, bool]:
    if match["vague"]:
        phrase = " ".join(match["vague"].split())
        return _VAGUE.get(phrase, 24 * 10**3), True
    scale = _SCALE[match["scale"]] if match["scale"] else 1
    if match["digits"]:
        return _digits(match["digits"]) * scale, False
    word = match["word"]
    if word in _FEW:
        return (_FEW[word] * scale, True) if match["scale"] else (None, True)
    parted = re.search(r"quarter|half", word)
    part = next((_PARTS[p] for p in _PARTS if word.startswith(p)), None) if parted else None
    if part:
        return (part * scale, False) if match["scale"] else (None, False)
    return _word(word) * scale, False


def _digits(text: str) -> float:
    """ "1,234,567" and "1 234 567" are whole; "2.5" and "2,5" are not; "12.000" is twelve."""
    if text.isdecimal():
        return float(text)
    parts = re.split(r"[,\u00a0\u202f'’ ]", text)
    if len(parts) > 1 and all(len(part.split(".")[0]) == 3 for part in parts[1:]):
        return float("".join(parts))
    return float(text.replace(",", "."))


def _word(word: str) -> float:
    if word in ("a", "an"):
        return 1
    return sum(_ONES.get(part, 0) + _TENS.get(part, 0) for part in re.split(r"[- ]", word))


def _bound(match: re.Match[str], vague: bool) -> Bound:
    said = _BOUNDS.get(match["prefix"] or "")
    if said == "at_least" or match["plus"] or match["more"]:
        return "at_least"
    return said or ("at_least" if vague else "exact")


# --- units ---------------------------------------------------------------------------------------

_DATA: Final = re.compile(
    r"\s?-?(?:(?P<short>[kmgtp])i?b|(?P<long>kilo|mega|giga|tera|peta)bytes?)(?![a-z])"
)
_COIN: Final = re.compile(
    rf"\s(?:(?:in|worth of|of)\s)?(?:(?P<nation>[a-z]{{2,10}})\s)?"
    rf"(?P<name>dollars|euros?|pounds|bitcoins?|btc|ether|ethereum|eth|usdt|usdc|tether|xrp|sol|"
    rf"monero|xmr|litecoins?|yen|won|rupees|yuan|renminbi|baht|rand|reais|roubles|rubles|pesos|"
    rf"francs|kronor|kroner|crowns|shekels|lira|zloty|naira|ringgit|dirhams|hryvnias?|"
    rf"{_CODES})\b"
)
_CURRENCY: Final = {
    "$": "USD", "us$": "USD", "au$": "AUD", "a$": "AUD", "ca$": "CAD", "c$": "CAD", "hk$": "HKD",
    "nz$": "NZD", "s$": "SGD", "€": "EUR", "£": "GBP", "¥": "JPY", "₩": "KRW", "₹": "INR",
    "dollars": "USD", "euro": "EUR", "euros": "EUR", "pounds": "GBP", "bitcoin": "BTC",
    "bitcoins": "BTC", "ether": "ETH", "ethereum": "ETH", "yen": "JPY", "won": "KRW",
    "rupees": "INR", "rs": "INR", "rs.": "INR", "yuan": "CNY", "renminbi": "CNY", "rmb": "CNY",
    "baht": "THB", "rand": "ZAR", "reais": "BRL", "roubles": "RUB", "rubles": "RUB", "₽": "RUB",
    "pesos": "MXN", "francs": "CHF", "kronor": "SEK", "kroner": "NOK", "shekels": "ILS",
    "lira": "TRY", "₺": "TRY", "zloty": "PLN", "naira": "NGN", "₦": "NGN", "ringgit": "MYR",
    "dirhams": "AED", "₪": "ILS", "฿": "THB", "₴": "UAH", "₱": "PHP", "₫": "VND", "nt$": "TWD",
    "mx$": "MXN", "r$": "BRL", "tether": "USDT", "monero": "XMR", "litecoin": "LTC",
    "litecoins": "LTC", "hryvnia": "UAH", "hryvnias": "UAH", "crowns": "CZK",
}  # fmt: skip


_OF: Final = re.compile(r"\s(?:of\s)?")
_BETWEEN: Final = re.compile(r"[\w.'’&/-]{1,24}\s")
_FIRST: Final = re.compile(r"\w+")
_MOST_BETWEEN: Final = 4
"""Words between a number and what is counted: "300 former and current bank customers"."""


@cache
def _nouns() -> dict[str, tuple[tuple[str, str], ...]]:
    """First word → the nouns that begin with it, longest first, each with its unit."""
    unit_of = {noun: unit for unit, nouns in table("units")["units"].items() for noun in nouns}
    found: dict[str, list[tuple[str, str]]] = {}
    for noun, unit in unit_of.items():
        found.setdefault(_FIRST.findall(noun)[0], []).append((noun, unit))
    return {word: tuple(sorted(own, key=lambda n: -len(n[0]))) for word, own in found.items()}


def _noun(low: str, at: int) -> tuple[int, int, str] | None:
    """Start, end and unit of the noun counted, up to four words on from a number's end."""
    opening = _OF.match(low, at)
    start = opening.end() if opening else len(low)
    for _ in range(_MOST_BETWEEN + 1):
        word = _FIRST.match(low, start)
        for noun, unit in _nouns().get(word[0], ()) if word else ():
            end = start + len(noun)
            if low.startswith(noun, start) and not _goes_on(low, end):
                return start, end, unit
        between = _BETWEEN.match(low, start)
        if between is None:
            return None
        start = between.end()
    return None


def _goes_on(low: str, end: int) -> bool:
    """Whether a word is longer than it was read."""
    return low[end : end + 1] in ("-", "_") or low[end : end + 1].isalnum()


_BLOCK: Final = re.compile(
    r"\b(?:and|or|by|in|from|at|on|to|for|with|that|who|which|was|were|is|are|has|have|after|digits|"
    r"while|as|but|than|percent|per cent|"
    r"weekly|monthly|daily|targeting|hitting|affected by|impacted by|linked to)\b"
)
_BARE: Final = re.compile(
    r"(?:\b(?:impact(?:s|ed|ing)?|affect(?:s|ed|ing)?|hit(?:s|ting)?|expos(?:es|ed|ing)|"
    r"notif(?:y|ies|ied|ying)|compromis(?:es|ed|ing)|total(?:s|ed|ing)?|reach(?:es|ed)?|leak(?:s|ed)|"
    r"number of (?:[a-z-]{2,12} ){0,2}(?:victims|people|patients|individuals|riders|customers|"
    r"users|residents|members|students|employees|those)\b[\w ,'’]{0,70}? (?:to|is|at|as|was)|"
    r"\b(?:figure of|count (?:[a-z]{2,10} ){0,4}to)|final (?:number|count|figure)(?: is|:))\s)\Z"
)
_BARE_ENDS: Final = re.compile(
    r"\b(?:impact|affect|hit|expos|notif|compromis|total|reach|leak|(?:to|is|at|as|was|of)\Z)|:\Z"
)
"""The last word of what _BARE finds: most numbers stand behind another."""
_RULE: Final = re.compile(
    r"\b(?:any|every|each) (?:[a-z]{2,12} )?(?:breach|incident|hack|one)(?:es|s)? "
    r"(?:of|affecting|involving|that (?:affects|involves)) \Z"
)
"""Before a count: what a law asks of all, "any breach of more than 500 patients"."""

_BARE_AFTER: Final = re.compile(
    r"\s(?:(?:were|was|are|have been|may have been)\s)?(?:impacted|affected|exposed|notified|"
    r"hit|caught up)\b"
)


_NATIONS: Final = {
    "us": "USD", "canadian": "CAD", "australian": "AUD", "singapore": "SGD", "hong kong": "HKD",
    "taiwan": "TWD", "british": "GBP", "swiss": "CHF", "danish": "DKK", "norwegian": "NOK",
    "swedish": "SEK", "philippine": "PHP", "russian": "RUB", "indian": "INR", "korean": "KRW",
}  # fmt: skip
"""Currency of a nation whose coin's name is shared: "3 million Canadian dollars"."""
_YEAR_BEFORE: Final = re.compile(r"\b(?:in|since|of|by|from|late|early|mid)[ -]\Z")


def facts(text: str) -> list[Fact]:
    """The counts, volumes and sums of a text, in order."""
    found: list[Fact] = []
    low = lower(text)
    for quantity in quantities(low):
        fact = _money(low, quantity) or _volume(low, quantity) or _count(low, quantity)
        if fact and not (found and _conversion(low, found[-1], fact)):
            found.append(fact)
    return found


def _conversion(text: str, before: Fact, fact: Fact) -> bool:
    """Whether a sum only says the one before it in another currency: "53 billion won ($39m)"."""
    between = text[before.end : fact.start].strip()
    return before.field == fact.field == "money" and between in ("(", "[", "(about", "[about", "/")


_RATE: Final = re.compile(
    r"\s?(?:(?:a|per|each|every)\s(?:month|year|day|week|hour|user|seat)|/\s?(?:mo|month|yr|year)|"
    r"monthly|annually)\b"
)
"""After a sum: it is a price, not a loss."""


def _volume(text: str, quantity: Quantity) -> Fact | None:
    match = _DATA.match(text, quantity.end)
    if not match or quantity.symbol:
        return None
    size = _BYTES[match["short"] or match["long"][0]]
    value = {"bytes": round(quantity.number * size)}
    return Fact("volume", quantity.start, match.end(), value, quantity.bound)


def _money(text: str, quantity: Quantity) -> Fact | None:
    match = _COIN.match(text, quantity.end)
    symbol = quantity.symbol.strip().lower()
    if not symbol and (not match or _RATE.match(text, quantity.end)):
        return None
    if symbol and (_RATE.match(text, quantity.end) or _DATA.match(text, quantity.end)):
        return None
    end = match.end() if match and not symbol else quantity.end
    value = {
        "amount": _whole(quantity.number),
        "currency": _currency(symbol, match),
        "kind": "other",
    }
    return Fact("money", quantity.start, end, value, quantity.bound)


def _whole(number: float) -> float:
    """A sum, an integer where it is one."""
    return int(number) if number == int(number) else number


def _currency(symbol: str, match: re.Match[str] | None) -> str:
    """The currency's code: the sign's or code's before the sum, else the coin's named after it."""
    name = (symbol[:3] if symbol[:3].isalpha() else symbol) if symbol else ""
    if not name and match:
        name = match["name"]
        nation = match["nation"] or ""
        if nation in _NATIONS:
            return _NATIONS[nation]
    return _CURRENCY.get(name, name.upper())


def _year(quantity: Quantity) -> bool:
    """Whether a number is written as a year is: four digits, no separator."""
    return 1990 <= quantity.number <= 2035 and quantity.end - quantity.start == 4


def _count(text: str, quantity: Quantity) -> Fact | None:
    if quantity.number != int(quantity.number) or quantity.number < 2:
        return None
    number = int(quantity.number)
    noun = _noun(text, quantity.end)
    if noun and _year(quantity) and (noun[0] > quantity.end + 1 or _dated(text, quantity)):
        return None
    end, unit = quantity.end, "people"
    if noun and not _BLOCK.search(text, quantity.end, noun[0]):
        _, end, unit = noun
    elif number < 100 or not _bare(text, quantity):
        return None
    if _RULE.search(text, max(0, quantity.start - 60), quantity.start):
        return None
    value = {"number": number, "unit": unit}
    return Fact("affected", quantity.start, end, value, quantity.bound)


def _dated(text: str, quantity: Quantity) -> bool:
    return bool(_YEAR_BEFORE.search(text, max(0, quantity.start - 8), quantity.start))


def _bare(text: str, quantity: Quantity) -> bool:
    """Whether the words around a number without a noun say that it counts those hit."""
    if _BARE_AFTER.match(text, quantity.end):
        return True
    before = text[max(0, quantity.start - 130) : quantity.start]
    last = before[-16:].split()[-1:]
    return bool(last and _BARE_ENDS.search(last[0]) and _BARE.search(before))
