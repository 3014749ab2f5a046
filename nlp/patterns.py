"""A hand-written list's name → its patterns, macros filled in, compiled once.

Lists with patterns (`lexicon/roles.toml`, `speech.toml`, `voices.toml`, `doubts.toml` and the
like) keep what recurs under [macros], upper-case, and use it in braces:
`{GAP}(?P<v>{N})`. `{N}` is one marked name (`reading`), `{PLACE}` any place of `places.toml`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from nlp import lexicon
from nlp.folding import Caseless
from nlp.ways import alternatives, either, one_of, quick

NAME: Final = "[\ue000-\uf8ff]"
"""One marked name: the private characters that `reading` puts for names."""


@cache
def one(table: str, key: str) -> re.Pattern[str]:
    """One pattern of a list."""
    return re.compile(quick(_filled(table, lexicon.table(table)["patterns"][key])))


@cache
def any_of(table: str, key: str) -> re.Pattern[str] | Caseless:
    """The alternatives under one key of a list, as one pattern; capitals count where the list's
    `cased` names the key."""
    held = lexicon.table(table)
    whole = either([way for p in held["patterns"][key] for way in alternatives(p)])
    return re.compile(whole) if key in held.get("cased", ()) else Caseless(whole)


def source(table: str, key: str) -> str:
    """The alternatives under one key of a list as text, to be put into a larger pattern."""
    return "(?:" + "|".join(lexicon.table(table)["patterns"][key]) + ")"


@lru_cache(maxsize=1 << 16)
def says(table: str, key: str, text: str) -> bool:
    """Whether one of the alternatives under a key stands in a text. Sections ask the same of the
    same sentences, and a thread is written anew with each report: an answer is kept."""
    return any_of(table, key).search(text) is not None


@cache
def votes(table: str, key: str) -> tuple[tuple[re.Pattern[str], float], ...]:
    """The weighted patterns under one key of a list's [votes]."""
    return tuple(
        (re.compile(_filled(table, pattern)), float(weight))
        for weight, pattern in lexicon.table(table)["votes"][key]
    )


def _filled(table: str, pattern: str) -> str:
    for name, macro in reversed(_macros(table).items()):
        pattern = pattern.replace(f"{{{name}}}", macro)
    return pattern


@cache
def _macros(table: str) -> dict[str, str]:
    """Macros in order; a later one may use an earlier one, which is filled in last."""
    return {"N": NAME, "PLACE": _place(), **lexicon.table(table).get("macros", {})}


def _place() -> str:
    both = lexicon.words("places", "adjectives") | lexicon.words("places", "names")
    return f"(?:{one_of(sorted(both, key=lambda word: (-len(re.escape(word)), word)))})"
