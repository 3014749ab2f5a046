"""Terms → tsqueries: for each group of them one, as text, for the words that `word_tables` splits
and stems.

In: `Terms`, or phrases of titles. Out: `Asked`. PostgreSQL stems, in one statement for a whole
query; what it gives is put together here. Nothing a user types is syntax: only lexemes come back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import Connection

from breachwire.store.protocol_search import Terms
from breachwire.store.words import BEGINNINGS, MAX_TERMS, Part, parts, starred

_STEMMED: Final = """
    SELECT CAST(phraseto_tsquery('breachwire', plain_words(given)) AS text)
    FROM unnest(CAST(%s AS text[])) WITH ORDINALITY AS asked (given, n) ORDER BY n
"""
_LEXEME: Final = re.compile(r"'[^']*'")
_FOLLOWS: Final = re.compile(r"<(?:-|\d+)>")
_COLUMNS: Final = "ABCD"


class Met(NamedTuple):
    """How a row meets a group: exactly; and what the index can say of it, the words of phrases in
    whatever order (the same where there is no phrase)."""

    exactly: str
    by_words: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Groups, each once, as they are ranked; how a row meets each; what is unwanted (empty:
    nothing)."""

    groups: tuple[str, ...]
    met: Mapping[str, Met]
    without: str


def asked(connection: Connection, terms: Terms) -> Asked:
    """Groups of which nothing can be searched for are left out."""
    left = [BEGINNINGS]
    given = [parts(starred(group, left)) for group in terms.wanted[:MAX_TERMS]]
    unwanted = parts(starred(terms.unwanted, left))
    stems = _stems(connection, [part for some in [*given, unwanted] for part in some])
    met = {group: _met(some, stems) for some in given if (group := _any_of(some, stems))}
    return Asked(tuple(met), met, _any_of(unwanted, stems, _exactly))


def stems(connection: Connection, words: Sequence[str]) -> dict[str, Met]:
    """How a row meets each word, without those of which nothing can be searched for."""
    given = {word: parts((word,)) for word in words}
    known = _stems(connection, [part for some in given.values() for part in some])
    met = {word: _met(some, known) for word, some in given.items()}
    return {word: own for word, own in met.items() if own.exactly}


def in_titles(connection: Connection, phrases: Sequence[str]) -> dict[str, Met]:
    """By phrase: the title has its words in a row; an identifier stands anywhere."""
    given = {phrase: parts((phrase,)) for phrase in phrases}
    stems = _stems(connection, [part for some in given.values() for part in some])
    found = {}
    for phrase, some in given.items():
        if some and (stem := stems[some[0]]):
            named = some[0].kind == "identifier"
            found[phrase] = Met(stem if named else _in(stem, "A"), _by_words(stem))
    return found


def every(groups: Iterable[str]) -> str:
    """Rows with all groups."""
    return " & ".join(f"( {group} )" for group in groups)


def some(groups: Iterable[str]) -> str:
    """Rows with any of them."""
    return " | ".join(f"( {group} )" for group in groups)


def without(wanted: str, unwanted: str) -> str:
    """Rows with the one and nothing of the other."""
    return f"( {wanted} ) & !( {unwanted} )" if unwanted else wanted


def _stems(connection: Connection, given: Sequence[Part]) -> dict[Part, str]:
    """Each part as a tsquery; empty where it has no word."""
    found = {part: f"'{part.text}'" for part in given if part.kind == "identifier"}
    rest = [part for part in dict.fromkeys(given) if part not in found]
    if rest:
        texts = [part.text for part in rest]
        rows = connection.exec_driver_sql(_STEMMED, (texts,)).scalars()
        for part, stem in zip(rest, rows, strict=True):
            found[part] = f"{stem}:*" if stem and part.kind == "beginning" else stem
    return found


def _any_of(
    alternatives: Sequence[Part],
    stems: dict[Part, str],
    written: Callable[[str], str] | None = None,
) -> str:
    written = written or _one_column
    known = (written(stems[part]) for part in alternatives if stems[part])
    return " | ".join(dict.fromkeys(known))


def _one_column(stem: str) -> str:
    """A phrase does not run from one column into the next: each has a letter of its own."""
    if "<" not in stem:
        return stem
    return " | ".join(f"( {_in(stem, column)} )" for column in _COLUMNS)


def _met(alternatives: Sequence[Part], stems: dict[Part, str]) -> Met:
    return Met(_any_of(alternatives, stems, _exactly), _any_of(alternatives, stems, _by_words))


def _by_words(stem: str) -> str:
    return f"( {_FOLLOWS.sub('&', stem)} )" if "<" in stem else stem


def _exactly(stem: str) -> str:
    """The same condition. Most rows with a phrase's words have them nowhere in a row, and so are
    passed by after one look instead of four; but `ts_rank` takes an AND for something else."""
    return f"( ( {stem} ) & ( {_one_column(stem)} ) )" if "<" in stem else stem


def _in(stem: str, column: str) -> str:
    marked = _LEXEME.sub(lambda lexeme: f"{lexeme[0]}:{column}", stem)
    return marked.replace(f":{column}:*", f":*{column}")
