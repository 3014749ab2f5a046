"""Definite nouns of a sentence → those that a reader must have met before: "the round", "the three
men", "the agency".

In: a sentence as shown, and where its article has it. Out: references, each with the stems of its
words, one of which must have been told (`told`) where the sentence stands alone.
A noun that the article brings up by "the" for the first time is one that everybody knows ("the
registry's status page") or one that the sentence explains; one at the head of a sentence goes on
from the sentence before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from nlp import lexicon


@dataclass(frozen=True, slots=True)
class Reference:
    """One definite noun."""

    stems: frozenset[str]
    """Stems of the words of its phrase."""
    bare: bool
    """Whether the sentence is on it or gives it the word: "The round values …", "the agency says":
    without an antecedent nobody knows what is told; of others a reader misses a detail."""
    exact: bool = False
    """Whether only the very word will do: "the three men"."""


_THE: Final = re.compile(
    r"\b(?P<the>[Tt]he|[Tt]hese|[Tt]hose) (?=[a-z])"
    r"|\b[Bb]oth (?!sides|ways|ends|times|cases)(?=[a-z-]{3,}s\b(?! and\b))"
)
_TOKEN: Final = re.compile(r"[\w’'-]+|[^\w\s]")
_WORD: Final = re.compile(r"[a-z][a-z-]+")
_REACH: Final = 70
"""Characters behind "the" in which its noun stands."""
_PLACED: Final = re.compile(
    r"(?:in|on|at|from|for|to|by|with) (?:the |an? |its |their )?"
    r"(?!(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|Jan|Feb|Mar|Apr|May\b|June?\b|July?\b|Aug|Sep|Oct"
    r"|Nov|Dec)[A-Z]"
)
"""The same by a place or an owner: "the flaw in Alley phones", not "the hearing in November"."""
_SPOKEN_TO: Final = re.compile(r"\b(?:to|told|assured|informed|warned|reminded|asked) \Z")
"""Before "the agency that …": what it hears, not which."""
_VERB: Final = re.compile(
    r"(?:is|are|was|were|has|had|have|will|would|can|could|may|might|must|should|said|says|did"
    r"|does)\b"
)
_DOES: Final = re.compile(
    r"\w{3,40}(?:ed|es|[^s]s)\Z|(?:said|took|gave|went|sent|kept|held|found|made|told)\Z"
)
_PAST: Final = frozenset(
    {"saw", "came", "knew", "ran", "got", "put", "hit", "fell", "won", "lost", "stole", "wrote"}
)
_ASKS: Final = frozenset({"what", "how", "why", "where", "when", "whether", "who", "whom", "as"})
_ENDS: Final = re.compile(r"(?:ings?|ed|es|s|ers?|ors?|ions?|ments?|al|e|ly)\Z")
_ROOT: Final = 7
"""Letters by which words of one root are told: "pause", "paused"; "settle", "settlement"."""
_MOST: Final = re.compile(r"\w{2,40}est\Z|(?:most|first|last|only|best|worst|least|main|biggest)\Z")


@lru_cache(maxsize=1 << 13)
def open_nouns(text: str, article: str = "", start: int = 0) -> tuple[Reference, ...]:
    """The definite nouns of a text that need an antecedent; `article`: what it stands in, from
    `start` on."""
    return tuple(_open(text, _first(article), start))


def _open(text: str, first: Mapping[str, int], start: int) -> Iterator[Reference]:
    for match in _THE.finditer(text):
        words, rest = _phrase(text[match.end() : match.end() + _REACH])
        while len(words) > 1 and words[-1] in _ASKS:
            words.pop()
        heard = _SPOKEN_TO.search(text[: match.start()]) is not None
        acts = len(words) > 1 and _DOES.match(words[-1]) is not None
        named = _explained(rest) and not (heard or (acts and rest[:1].isupper()))
        if not words or named or any(map(_MOST.match, words)):
            continue
        if len(words) > 1 and (acts or words[-1] in _PAST):
            words = words[:-1]  # what it does
        found = frozenset(map(_stem, words))
        if found & _given() or _among(found, stems(text[: match.start()])):
            continue
        if words[0] in _words("counts"):
            yield Reference(frozenset({_stem(words[0])}), bare=True, exact=True)
            continue
        opens = not match.start() or match[0] != "the "
        if opens or any(first.get(stem, start) < start for stem in found | _kin(found)):
            whole = frozenset({_stem(words[-1])})
            yield Reference(whole, opens or heard or acts or _VERB.match(rest) is not None)


@lru_cache(maxsize=1 << 10)
def _first(article: str) -> Mapping[str, int]:
    """Where each stem first stands in an article."""
    found: dict[str, int] = {}
    for match in _WORD.finditer(article.lower()):
        found.setdefault(_stem(match[0]), match.start())
    return found


def told(reference: Reference, said: frozenset[str]) -> bool:
    """Whether what was said (stems) brings up the noun of a reference, or one of its class."""
    if reference.exact:
        return not reference.stems.isdisjoint(said)
    return _among(reference.stems, said)


def _among(found: frozenset[str], said: frozenset[str]) -> bool:
    return not found.isdisjoint(said) or not _kin(found).isdisjoint(said)


def _phrase(tail: str) -> tuple[list[str], str]:
    """The words of a noun phrase behind "the", and what follows it."""
    words: list[str] = []
    for token in _TOKEN.finditer(tail):
        word = token[0]
        if word in _words("stops") | _words("which") or not _WORD.fullmatch(
            word.removesuffix("’s").removesuffix("'s")
        ):
            return words, tail[token.start() :]
        words.append(word)
    return words, ""


def _explained(rest: str) -> bool:
    """Whether what follows says which: "of …", "that …", a name, a place."""
    first = rest.split(" ", 1)[0]
    return (
        first in _words("which")
        or rest[:1].isupper()
        or rest[:1].isdigit()
        or bool(_PLACED.match(rest))
    )


@lru_cache(maxsize=1 << 13)
def stems(text: str) -> frozenset[str]:
    """Stems of the words of a text, in small letters."""
    return frozenset(_stem(word) for word in _WORD.findall(text.lower()))


@lru_cache(maxsize=1 << 15)
def _stem(word: str) -> str:
    bare = _ENDS.sub("", word.removesuffix("’s").removesuffix("'s"))
    return (bare if len(bare) > 2 else word.removesuffix("s"))[:_ROOT]


@cache
def _words(key: str) -> frozenset[str]:
    return frozenset(str(lexicon.table("antecedents")[key]).split())


@cache
def _given() -> frozenset[str]:
    return frozenset(map(_stem, _words("given")))


@lru_cache(maxsize=1 << 12)
def _kin(found: frozenset[str]) -> frozenset[str]:
    """Nouns that stand for one of these."""
    return frozenset().union(*(c for c in _classes() if not found.isdisjoint(c)))


@cache
def _classes() -> tuple[frozenset[str], ...]:
    held: dict[str, str] = lexicon.table("antecedents")["classes"]
    return tuple(frozenset(map(_stem, words.split())) for words in held.values())
