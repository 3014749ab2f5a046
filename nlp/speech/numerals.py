"""Numbers as they are said: digits in, English words out, no comma and no digit left.

num2words makes the words; what is here chooses between its ways (count, year, place, digit by
digit) and takes its commas out, at which a voice would pause.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

DIGITS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
LONGEST: Final = 15
"""Digits of a number that is said as one: a quadrillion; longer ones are said digit by digit."""
NUMBER: Final = r"(?<!\d)(?:\d{1,3}(?:,\d{3})+(?:\.\d++)?|\d++(?:\.\d++)?)"
"""A number as English writes it."""


@cache
def _words(number: int, way: str) -> str:
    from num2words import num2words  # a twentieth of a second, and few commands speak

    return str(num2words(number, to=way)).replace(",", "")


def said(number: str) -> str:
    """`1,234.50` → "one thousand two hundred and thirty-four point five zero"."""
    whole, _, part = number.replace(",", "").partition(".")
    if len(whole) > LONGEST or (len(whole) > 1 and whole.startswith("0")):
        words = one_by_one(whole)
    else:
        words = _words(int(whole or "0"), "cardinal")
    return f"{words} point {one_by_one(part)}" if part else words


def one_by_one(digits: str) -> str:
    """`4220` → "four two two zero"; what is no digit is left out."""
    return " ".join(DIGITS[int(char)] for char in digits if char.isdecimal())


def year(digits: str) -> str:
    """`2026` → "twenty twenty-six", `2005` → "two thousand and five"."""
    return _words(int(digits), "year")


def ordinal(digits: str) -> str:
    """`23` → "twenty-third"."""
    number = digits.replace(",", "")
    return _words(int(number), "ordinal") if len(number) <= LONGEST else one_by_one(number)


def plural(words: str) -> str:
    """`twenty twenty` → "twenty twenties" (a decade)."""
    return re.sub(r"y\Z", "ie", words) + "s"


def one(number: str) -> bool:
    """Whether a noun after it stands in the singular."""
    return number in ("1", "1.0")


def like_year(digits: str) -> bool:
    """Four digits that are a year more often than a count."""
    return re.fullmatch(r"(?:1[6-9]|20)\d\d", digits) is not None
