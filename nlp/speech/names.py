"""Names, initialisms and codes as they are said: "LAPSUS$" → "Lapsus", "ALPHV" → "A.L.P.H.V.",
"UNC3944" → "U.N.C. three nine four four", "LockBit" → "Lock Bit".

In: text without dates, sums and addresses. Out: `RULES` for `nlp.speech.rewrite`. What the project
knows stands in `nlp/lexicon/spoken.toml`; the rest is decided by how a word looks.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from nlp import lexicon
from nlp.speech.addresses import letter, spelled
from nlp.speech.numerals import like_year, one_by_one, said, year
from nlp.speech.rewrite import Rule

_VOWELS: Final = "AEIOUY"
_ZERO: Final = re.compile(r"[A-Za-z]{1,40}0[A-Za-z]{1,40}")
_SAYABLE: Final = re.compile(
    rf"[^{_VOWELS}]{{0,2}}(?:[{_VOWELS}]{{1,2}}[^{_VOWELS}]{{1,2}}){{1,12}}[{_VOWELS}]{{0,2}}"
)
"""Capitals that English can say as a word: CISA, QILIN, not ALPHV, NCSC."""
_LONG: Final = 6
"""Capitals of this length are a name in capitals (LAPSUS), whatever they look like."""


@cache
def _known() -> re.Pattern[str]:
    """The names with a way of their own, longest first."""
    names = sorted(lexicon.table("spoken")["names"], key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?=(?:'?s)?(?!\w))")


@cache
def _shouted() -> frozenset[str]:
    """Words that someone put in capitals; the lexicon's nouns have "usb" and "rce" as well."""
    return lexicon.common() - lexicon.words("nouns", "common")


def _name(match: re.Match[str]) -> str:
    return str(lexicon.table("spoken")["names"][match[0]])


def _initials(match: re.Match[str]) -> str:
    word, tail = match[1], match[2] or ""
    if _is_word(word):
        return word + tail
    if tail:
        # "V.P.N's": with the last full stop the voice would say "V.P. en-ess".
        return spelled(word)[:-1] + ("'s" if "s" in tail else tail)
    return spelled(word)


def _is_word(word: str) -> bool:
    lower = word.lower()
    if lower in lexicon.words("spoken", "spelled"):
        return False
    if lower in lexicon.words("spoken", "said") or len(word) >= _LONG:
        return True
    if lower in _shouted():
        return True
    return len(word) > 3 and _SAYABLE.fullmatch(word) is not None


def _code(match: re.Match[str]) -> str:
    """Letters and digits in one word: "T1059", "APT28", "Log4j", "2FA"."""
    code = match[0]
    if _ZERO.fullmatch(code) and not code.isupper():
        return code.replace("0", "o")  # "Cl0p" writes an o so
    pieces = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[A-Z]", code)
    return " ".join(_part(piece) for piece in pieces)


def _part(piece: str) -> str:
    if piece.isdecimal():
        if like_year(piece):
            return year(piece)
        return said(piece) if len(piece) <= 2 else one_by_one(piece)
    if len(piece) == 1:
        return letter(piece)
    return piece if not piece.isupper() or _is_word(piece) else spelled(piece)


CODES: Final[tuple[Rule, ...]] = (
    (
        re.compile(r"(?<![\w$€£-])(?!(?:USD|EUR|GBP|JPY|CHF|AUD|CAD|INR)\d)"
                   r"[A-Za-z]+(?:-?\d+[A-Za-z]*)+(?![\w.]*\d)"),
        _code,
    ),
)  # fmt: skip
"""Letters first: they are read before numbers are."""
RULES: Final[tuple[Rule, ...]] = (
    (re.compile(r"(?<=[A-Za-z])\$(?=[A-Za-z])"), lambda _: "s"),  # "Micro$oft"
    (re.compile(r"(?<!\w)\d+[A-Za-z]+\d*[A-Za-z]*"), _code),
    (
        re.compile(r"(?<=[a-z])(?=[A-Z][a-z]|[A-Z]{2})(?<!\bMc)(?<!\bMac)(?<!\bDe)(?<!\bLe)"),
        lambda _: " ",
    ),
    (re.compile(r"(?<=[A-Z])(?=[A-Z][aeioulrh][a-z])"), lambda _: " "),  # "GPUGate"
    (
        re.compile(r"(?<![A-Za-z.])([A-Z]{2,})(s(?![A-Za-z])|'s?(?![A-Za-z]))?(?![A-Za-z])"),
        _initials,
    ),
)


def known(text: str) -> str:
    """The names of the list said as the list has them; before anything else reads their signs."""
    return _known().sub(_name, text)
