"""Names in a text → the outlets they are: newsrooms and agencies, no firm, authority or person.

In: a name as it is written ("On Tuesday Reuters", "the Harbour Post"), and keys of outlets that are
known beside those of `lexicon/outlets.toml`. Out: the outlet's name, or a key to compare it by.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

from nlp.features import title_key
from nlp.lexicon import table, words

_WORD: Final = r"(?:[A-Z0-9][\w’'&-]{0,40}+(?:\.(?:com|net|de|org))?|[a-z]{1,20}[A-Z]\w{0,40}+)"
_OWN: Final = (
    r"(?:[A-Z0-9][\w&-]{0,40}+(?:[’'](?:(?!s?\b)[\w&-]{1,40}+|s(?= [A-Z])))?+"
    r"(?:\.(?:com|net|de|org))?|[a-z]{1,20}[A-Z]\w{0,40}+)"
)
"""A word without a possessive at its end."""


def _named(word: str) -> str:
    return rf"(?!\d{{1,9}} \d)(?:[Tt]he )?{word}(?: (?:(?:of|the|for|and|on|&) )?{word}){{0,4}}+"


NAME: Final = _named(_WORD)
"""A name as a pattern: capitalised words, small ones between them; bounded, and never given back,
for hostile texts."""
OWNER: Final = _named(_OWN)
"""The same where a possessive follows."""
_JOINED: Final = re.compile(r" (?:of|the|for|and|on) ")
_TITLED: Final = re.compile(NAME)


def same(name: str, other: str) -> bool:
    """Whether two names are one outlet's: "The Associated Press" and "AP" are."""
    return bool(name) and plain(name) == plain(other)


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A name to compare by: no article, no domain, an agency by its short name."""
    key = re.sub(r"\b(?:com|net|org)\Z", "", title_key(name).removeprefix("the ")).strip()
    return _SHORT.get(key, key).replace(" ", "")


_SHORT: Final = {
    "associated press": "ap",
    "agence france presse": "afp",
    "thomson reuters": "reuters",
    "bloomberg news": "bloomberg",
    "wall street journal": "wsj",
    "wired magazine": "wired",
    "press association": "pa media",
    "recorded future news": "record",
}


def outlet_in(name: str, known: frozenset[str]) -> str:
    """The outlet a name is or ends with; empty for a firm, an authority, a person, a place."""
    for candidate in _parts(name):
        key = title_key(candidate).removeprefix("the ")
        if key in _listed("primary"):
            return ""
        if key in _listed("outlets") or key in known:
            return candidate
        if " " in key and candidate.split()[-1].lower() in words("outlets", "masthead"):
            return candidate
    return ""


def named_in(title: str, known: frozenset[str]) -> Iterator[str]:
    """Outlets that a title names."""
    for match in _TITLED.finditer(title):
        if name := outlet_in(match.group(), known):
            yield title_key(name)


def _parts(name: str) -> Iterator[str]:
    """The whole name, then without its first words and without what a small word adds:
    "On Tuesday Reuters" and "Reuters on Monday" hold Reuters."""
    whole = re.sub(r"[’']s?\Z", "", name)
    for text in dict.fromkeys((whole, _JOINED.split(whole)[0])):
        tokens = text.split()
        while tokens:
            small = tokens[0].lower() in words("outlets", "not_first") and tokens[0] != "The"
            if not small and tokens != ["The"]:
                yield " ".join(tokens)
            tokens = tokens[1:]


@cache
def _listed(which: str) -> frozenset[str]:
    """Keys of listed names; agencies are outlets."""
    names = [
        *table("outlets")[which],
        *(table("outlets")["agencies"] if which == "outlets" else ()),
    ]
    return frozenset(title_key(name).removeprefix("the ") for name in names)


def newsroom(name: str) -> str:
    """The key of a thread's outlet if it may be a newsroom; empty for vendors and authorities."""
    key = title_key(name).removeprefix("the ")
    if key in _listed("outlets"):
        return key
    told = set(key.split()) & words("outlets", "primary_words")
    return "" if told or key in _listed("primary") else key


def is_own(name: str, mine: set[str]) -> bool:
    """Whether a name is one of an article's own outlet and family."""
    own = plain(name)
    return any(own == plain(key) or (len(own) > 5 and plain(key) in own) for key in mine)
