"""Text for the store's search and hashes: article text → content hash, identifiers; query → terms
→ FTS5.

Ordinary words go through the engine's tokeniser, which splits at '-', '_' and '.': so "breach." is
"breach" and "zero-day" finds "zero day". Identifiers that must stay whole (CVE and GHSA ids,
versions, IP addresses) stand a second time in a column of their own, their separators replaced by
letters of the private use area, which the tokeniser keeps inside a token.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

from breachwire.store.columns import clean
from breachwire.store.protocol_search import Terms

MAX_TERMS: Final = 16
"""DESIGN §4: more terms than that make a query slow and no better."""
_MAX_QUERY: Final = 2_000
_BEGINNING: Final = 3
"""Letters that the beginning of a word must have: "a*" would read half the index."""
BEGINNINGS: Final = 3
"""Beginnings of words in one query; others are taken as words. To put the rows of a short one
together takes 40 ms among a million openings, in each statement anew."""
_IDENTIFIER: Final = re.compile(
    r"(?<![\w.])(?:"
    r"cve-\d{4}-\d{4,9}|ghsa(?:-[0-9a-z]{4}){3}"  # flaws
    r"|v?\d{1,9}(?:\.\d{1,9}){1,7}"  # versions, IPv4
    r")(?!\w)(?!\.\w)",
    re.IGNORECASE,
)
_SEPARATORS: Final = str.maketrans({"-": "\ue001", ".": "\ue002"})
_TERM: Final = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')
_PHRASE: Final = re.compile(r'\("((?:[^"]|"")*)"\)')
_ALTERNATIVE: Final = re.compile(r'(?:terms : )?"(?:[^"]|"")*"(?: \*)?')
_WORDS: Final = re.compile(r"[^\W_]+")
_EDGES: Final = " \t.,;:!?()[]{}<>'`“”‘’…"
_COMMON: Final = frozenset(
    """
    a about after all an and are as at be been but by can did do does for from had has have how i
    if in into is it its more not of on or our so than that the their them then there these they
    this to was we were what when where which who why will with would you your
    """.split()  # noqa: SIM905
)
"""Words that stand in most articles: left out of a query that has others."""


def slug(text: str) -> str:
    """Lower-case ASCII words joined by '-': what entity addresses and filters compare by."""
    ascii_ = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_.lower()).strip("-")


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


def parse_query(query: str) -> Terms:
    """Whatever a user typed → terms: words, "phrases", -minus, beginnings*; at most 16 of each."""
    wanted: list[str] = []
    unwanted: list[str] = []
    for minus, phrase, word in _TERM.findall(_printable(query[:_MAX_QUERY]))[: 4 * MAX_TERMS]:
        term = (phrase or word).strip(_EDGES)
        if any(char.isalnum() for char in term):
            (unwanted if minus else wanted).append(term)
    rare = [term for term in wanted if term.lower() not in _COMMON] or wanted
    groups = tuple((term,) for term in dict.fromkeys(rare))
    return Terms(groups[:MAX_TERMS], tuple(dict.fromkeys(unwanted))[:MAX_TERMS])


def grouped(terms: Terms) -> tuple[list[str], str]:
    """FTS5 expressions: one for each group of terms; of what is unwanted, empty for nothing. Every
    term is quoted, so nothing a user types is syntax."""
    left = [BEGINNINGS]
    wanted = [starred(given, left) for given in terms.wanted[:MAX_TERMS]]
    groups = [group for given in wanted if (group := _any_of(given))]
    return list(dict.fromkeys(groups)), _any_of(starred(terms.unwanted, left))


def starred(texts: Sequence[str], left: list[int]) -> list[str]:
    """The same texts, but for stars beyond those that are left: BEGINNINGS in a query."""
    kept = []
    for text in texts:
        if text.endswith("*"):
            left[0] -= 1
            text = text if left[0] >= 0 else text.rstrip("*")
        kept.append(text)
    return kept


def has_beginning(group: str) -> bool:
    """Whether a group, or what is unwanted, has the beginning of a word in it."""
    return '" *' in group


def without_star(group: str) -> str:
    """The same with words instead of their beginnings."""
    return either([f"{one[:-3]})" if one.endswith('" *)') else one for one in alternatives(group)])


class Part(NamedTuple):
    """One alternative of a group, as PostgreSQL is asked for it (`postgres.queries`)."""

    text: str
    kind: Literal["words", "beginning", "identifier"]


def parts(alternatives: Sequence[str]) -> list[Part]:
    """What of a group can be searched for: words in a row, the beginning of one, an identifier."""
    kept = [_printable(text[:_MAX_QUERY]) for text in alternatives[:MAX_TERMS]]
    return [_part(text) for text in dict.fromkeys(kept) if any(char.isalnum() for char in text)]


def _part(text: str) -> Part:
    if _IDENTIFIER.fullmatch(text):
        return Part(_token(text), "identifier")
    begins = text.endswith("*") and sum(map(str.isalnum, text)) >= _BEGINNING
    return Part(text.rstrip("*"), "beginning" if begins else "words")


def phrase_words(group: str) -> list[str]:
    """The groups that the words of a group make by themselves where it is one phrase; else none."""
    phrase = _PHRASE.fullmatch(group)
    words = _WORDS.findall(phrase[1])[:MAX_TERMS] if phrase else []
    return [_any_of((word,)) for word in dict.fromkeys(words)] if len(words) > 1 else []


def alternatives(group: str) -> list[str]:
    """The groups that the alternatives of a group make by themselves, in their order."""
    return [f"({one})" for one in _ALTERNATIVE.findall(group)]


def either(groups: Sequence[str]) -> str:
    """The group that any of these will do for."""
    return f"({' OR '.join(group[1:-1] for group in groups)})"


def _any_of(alternatives: Sequence[str]) -> str:
    """The expression of a group; empty where nothing of it can be searched for."""
    kept = [_printable(text[:_MAX_QUERY]) for text in alternatives[:MAX_TERMS]]
    quoted = [_quoted(text) for text in kept if any(char.isalnum() for char in text)]
    return f"({' OR '.join(dict.fromkeys(quoted))})" if quoted else ""


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
    if term.endswith("*") and sum(map(str.isalnum, term)) >= _BEGINNING:
        return _quoted(term.rstrip("*")) + " *"
    return '"' + term.replace('"', '""') + '"'


def _token(identifier: str) -> str:
    return identifier.lower().removeprefix("v").translate(_SEPARATORS)


def _printable(text: str) -> str:
    """Control characters (newlines, NUL) as blanks; private use letters are ours alone."""
    return "".join(
        char if char.isprintable() and not "\ue000" <= char <= "\uf8ff" else " "
        for char in clean(text)
    )
