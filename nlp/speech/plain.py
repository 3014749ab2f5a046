"""A written sentence → what is said aloud: plain words, with nothing left that a voice trips over.

In: a text of the brief. Out: the same in letters, apostrophes, hyphens and the marks of a sentence:
no digit, no sign. Nothing that has words is left out; of an address or a fingerprint too long to
listen to, the beginning is said and that it goes on. Ornaments (emoji, ®) are left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from nlp.speech import addresses, calendar, names, quantities
from nlp.speech.numerals import one_by_one
from nlp.speech.rewrite import Rule, apply

WORD: Final = 140
"""Characters without a space: more than any fingerprint has. An address's path is cut sooner."""
PIECE: Final = 600
"""Characters that the rules see at a time, so that hostile text costs no time."""
_SIGNS: Final = {
    "&": "and", "+": "plus", "=": "equals", "@": "at", "%": "percent", "°": "degrees",
    "§": "section", "~": "about", "<": "less than", ">": "more than", "≥": "at least",
    "≤": "at most", "≈": "about", "×": "times", "÷": "divided by", "\\": "backslash",
    "$": "dollars", "€": "euros", "£": "pounds", "¥": "yen", "→": "to", "µ": "micro", "μ": "micro",
}  # fmt: skip
_PLAIN: Final = str.maketrans({
    "’": "'", "‘": "'", "ʼ": "'", "`": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
    "‐": "-", "‑": "-", "‒": "–", "―": "—", "−": "-", "⁄": "/", "…": "...", "\u00ad": "",
    "\u200b": "", "\u200c": "", "\u200d": "", "\ufeff": "", "™": "", "®": "", "©": "", "№": "No. ",
})  # fmt: skip
SPEAKABLE: Final = re.compile(r"[^\W\d_]|[ ',.;:?!-]")
"""One character that may stand in what is said."""
_LATIN: Final = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_BEFORE: Final[tuple[Rule, ...]] = (
    (re.compile(r"(?<!\w)#(?=\d)|\bNos?\.\s?(?=\d)"), lambda _: "number "),
    (re.compile(r"(?<!\w)#(?=[A-Za-z])"), lambda _: "hashtag "),
    (re.compile(r"[~≈](?=\s?[\d$€£])"), lambda _: "about "),
    (re.compile(r"≥\s?|>=\s?"), lambda _: "at least "),
    (re.compile(r"≤\s?|<=\s?"), lambda _: "at most "),
    (re.compile(r">\s?(?=[\d$€£])"), lambda _: "more than "),
    (re.compile(r"<\s?(?=[\d$€£])"), lambda _: "less than "),
    (
        re.compile(r"(?<![\w.])(?<!\d,)([$€£]?\d[\d,.]{0,40}(?:[kKmMbB]|bn)?)\+(?!\w)"),
        lambda m: f"more than {m[1]}",
    ),
)
_ORDER: Final = (
    _BEFORE, addresses.RULES, names.CODES, calendar.RULES, quantities.RULES, names.RULES
)  # fmt: skip


def plain(text: str) -> str:
    """The words to say. Empty where nothing in the text can be said.

    Linear in the text's length: it is read in pieces, and no word is longer than WORD.
    """
    text = unicodedata.normalize("NFKC", text.translate(_PLAIN)).translate(_PLAIN)
    return _tidied(" ".join(_said(piece) for piece in _pieces(text)))


def _pieces(text: str) -> Iterator[str]:
    """Runs of words of at most PIECE characters; of a word too long to say, its beginning."""
    words = [w if len(w) <= WORD else f"{w[:WORD]} and so on" for w in text.split()]
    piece: list[str] = []
    length = 0
    for word in words:
        if length + len(word) > PIECE:
            yield " ".join(piece)
            piece, length = [], 0
        piece.append(word)
        length += len(word) + 1
    yield " ".join(piece)


def _said(text: str) -> str:
    text = _uncited(text)
    text = names.known(apply(addresses.RULES[:1], text))
    for rules in (
        _BEFORE,
        addresses.RULES,
        names.CODES,
        calendar.RULES,
        quantities.RULES,
        names.RULES,
    ):
        text = apply(rules, text)
    return _rest(text)


def _uncited(text: str) -> str:
    """Quotation marks go; a quotation is heard by who says it. Apostrophes stay."""
    text = re.sub(r"(?<!\w)'([^']{1,200})'(?!\w)", r"\1", text.replace('"', ""))
    return re.sub(r"(?<!\w)'(?!\d\ds)", "", text)


def _rest(text: str) -> str:
    """What no rule knew: dashes, brackets and other scripts."""
    text = re.sub(r"(?:(?<!\s)\s+)?[—–()\[\]{}|•·]\s*|(?<!\s)\s+-+\s+", ", ", text)
    text = text.replace("and/or", "and or")
    text = re.sub(r"(?<=[^\W\d_])/(?=[^\W\d_])", " slash ", text)
    text = re.sub(r"\d+", lambda m: f" {one_by_one(m[0])} ", text)
    text = re.sub(r"[^\W\d_]+", _script, text)
    return "".join(char if SPEAKABLE.fullmatch(char) else _sign(char) for char in text)


def _sign(char: str) -> str:
    if char in _SIGNS:
        return f" {_SIGNS[char]} "
    if unicodedata.category(char) == "Sc":
        return f" {unicodedata.name(char, '').removesuffix(' SIGN').lower()} "
    return "" if unicodedata.combining(char) else " "


def _script(match: re.Match[str]) -> str:
    """An English voice can't read other alphabets: it says that there is a word in one."""
    word = match[0]
    foreign = next((char for char in word if not _LATIN.match(char)), None)
    if foreign is None:
        return word
    script = unicodedata.name(foreign, "other").split()[0].split("-")[0].capitalize()
    return f" a word in {script} letters "


def _tidied(text: str) -> str:
    """Single spaces, no doubled marks, no pause after initials before a capital."""
    text = " ".join(text.split())
    text = re.sub(r" ([,.;:?!])", r"\1", text)
    text = re.sub(r"[,;:]+(?=[,;:.?!])", "", text)
    text = re.sub(r"(?<=\w)([,;:?!])(?=\w)", r"\1 ", text)
    text = re.sub(r"\.{2,}", ".", text)
    text = re.sub(r"(?<=[A-Z]\.[A-Z])\.(?= [A-Z][a-z])", "", text)
    return text.strip(" ,;:-")
