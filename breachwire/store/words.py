"""Text for the store's search and hashes: article text → content hash, identifiers; query → FTS5.

Ordinary words go through the engine's tokeniser, which splits at '-', '_' and '.': so "breach." is
"breach" and "zero-day" finds "zero day". Identifiers that must stay whole (CVE and GHSA ids,
versions, IP addresses) stand a second time in a column of their own, their separators replaced by
letters of the private use area, which the tokeniser keeps inside a token.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from breachwire.store.columns import clean
from breachwire.store.protocol import slug

MAX_TERMS: Final = 16
"""DESIGN §4: more terms than that make a query slow and no better."""
_MAX_QUERY: Final = 2_000
_IDENTIFIER: Final = re.compile(
    r"(?<![\w.])(?:"
    r"cve-\d{4}-\d{4,9}|ghsa(?:-[0-9a-z]{4}){3}"  # flaws
    r"|v?\d{1,9}(?:\.\d{1,9}){1,7}"  # versions, IPv4
    r")(?!\w)(?!\.\w)",
    re.IGNORECASE,
)
_SEPARATORS: Final = str.maketrans({"-": "\ue001", ".": "\ue002"})
_TERM: Final = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')
_EDGES: Final = " \t.,;:!?()[]{}<>'`“”‘’…"
_COMMON: Final = frozenset(
    """
    a about after all an and are as at be been but by can did do does for from had has have how i
    if in into is it its more not of on or our so than that the their them then there these they
    this to was we were what when where which who why will with would you your
    """.split()  # noqa: SIM905
)
"""Words that stand in most articles: left out of a query that has others."""


@dataclass(frozen=True, slots=True)
class Match:
    """FTS5 expressions of a query; empty texts where nothing can be searched for."""

    every: str
    any: str


def content_hash(title: str, text: str) -> str:
    """SHA-256 (hex) of title and text: what everything derived from an article remembers."""
    return hashlib.sha256(clean(f"{title}\n{text}").encode()).hexdigest()


def slug_key(value: object) -> str | None:
    """What names compare by: the slug, or the folded text of a name without Latin letters.

    None for values that are no text (numbers with units): no filter asks for those.
    """
    if not isinstance(value, str):
        return None
    return slug(value) or clean(value).strip().casefold()


def identifiers(text: str) -> str:
    """The identifiers of `text`, each once, as tokens of the search column `terms`."""
    found = (_token(match[0]) for match in _IDENTIFIER.finditer(text))
    return " ".join(dict.fromkeys(found))


def parse_query(query: str) -> Match:
    """Whatever a user typed → FTS5 expressions: words, "phrases", -minus; at most 16 terms.

    Every term is quoted, so nothing a user types is syntax.
    """
    wanted: list[tuple[str, str]] = []
    unwanted: list[str] = []
    for minus, phrase, word in _TERM.findall(_printable(query[:_MAX_QUERY]))[: 4 * MAX_TERMS]:
        term = (phrase or word).strip(_EDGES)
        if not any(char.isalnum() for char in term):
            continue
        if minus:
            unwanted.append(_quoted(term))
        else:
            wanted.append((term, _quoted(term)))
    rare = [pair for pair in wanted if pair[0].lower() not in _COMMON] or wanted
    terms = list(dict.fromkeys(expression for _, expression in rare))[:MAX_TERMS]
    if not terms:
        return Match("", "")
    without = f" NOT ({' OR '.join(unwanted[:MAX_TERMS])})" if unwanted else ""
    return Match(f"({' AND '.join(terms)}){without}", f"({' OR '.join(terms)}){without}")


def in_title(phrase: str) -> str:
    """An FTS5 expression: the phrase in the title, an identifier anywhere; empty for no word."""
    phrase = _printable(phrase[:_MAX_QUERY]).strip(_EDGES)
    if not any(char.isalnum() for char in phrase):
        return ""
    expression = _quoted(phrase)
    return expression if expression.startswith("terms") else f"title : {expression}"


def _quoted(term: str) -> str:
    if _IDENTIFIER.fullmatch(term):
        return f'terms : "{_token(term)}"'
    return '"' + term.replace('"', '""') + '"'


def _token(identifier: str) -> str:
    return identifier.lower().removeprefix("v").translate(_SEPARATORS)


def _printable(text: str) -> str:
    """Control characters (newlines, NUL) as blanks; private use letters are ours alone."""
    return "".join(
        char if char.isprintable() and not "\ue000" <= char <= "\uf8ff" else " "
        for char in clean(text)
    )
