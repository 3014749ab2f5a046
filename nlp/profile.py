"""A thread with its members, vectors and details → its `Profile`: what is compared of it.

A profile's names are rare words written like names, by stem: those that a quarter of the members
say; its bigrams are two neighbouring words written so, each of which may be common ("Hugging Face",
"N-central"). Ledger values are kept case-folded, to compare by, with the form in which they were
written.
"""

from __future__ import annotations

import calendar
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from breachwire.model import Article, Detail, Field, Kind, Member, Thread
from nlp import bigrams, features, lexicon, names
from nlp.features import Vocabulary
from nlp.names import headline_case

if TYPE_CHECKING:
    from breachwire.model import Vector, Vectors

RARE: Final = 4.5
"""Rarity from which a shared name says something: one article in 90 or fewer."""
NAME_IN_MEMBERS: Final = 0.25
"""Share of a thread's members that must say a name for it to be the thread's."""
MEMBERS: Final = 12
"""Members whose vectors are kept: the first four and the newest, as the threader weighs them."""

CALENDAR: Final = frozenset(
    features.stem(name)
    for name in (
        *calendar.month_name[1:],
        *calendar.month_abbr[1:],
        "Sept",
        *calendar.day_name,
        *calendar.day_abbr,
        "Tues",
        "Thur",
        "Thurs",
    )
)
"""Written like names, and no bond."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What is compared of a thread. Times in days since 1970, names by stem."""

    id: str
    kind: Kind
    first: float
    last: float
    centroid: Vector
    vectors: Vectors
    """Its members', or those of MEMBERS of many."""
    title_names: frozenset[str]
    names: frozenset[str]
    title_bigrams: frozenset[str]
    bigrams: frozenset[str]
    written: Mapping[str, str]
    """A name, a bigram that running text has, or a ledger value case-folded, as its sources write
    it."""
    cves: frozenset[str]
    victims: frozenset[str]
    actors: frozenset[str]
    suppliers: frozenset[str]
    nameless: frozenset[str] = frozenset()
    """Actors and suppliers that bind no two threads: "Chinese hackers" are many groups, and behind
    a platform in daily talk ("GitHub") stands every other attack."""

    @property
    def keys(self) -> frozenset[str]:
        """What other threads are found by."""
        return self.names | self.bigrams | self.cves

    @property
    def parties(self) -> frozenset[str]:
        """Stems of the names of all that the ledger knows to take part."""
        parties = self.victims | self.actors | self.suppliers
        return frozenset(features.stem(word) for value in parties for word in value.split())


def profile_of(
    thread: Thread,
    members: Sequence[Member],
    vectors: Mapping[int, Vector],
    details: Sequence[Detail],
    vocabulary: Vocabulary,
) -> Profile | None:
    """None where no member has a vector."""
    import numpy as np

    rows = [vectors[m.article.id] for m in members if m.article.id in vectors]
    if not rows:
        return None
    centroid = np.mean(rows, axis=0)
    said = _Said(vocabulary)
    for member in members:
        said.read(member.article)
    least = NAME_IN_MEMBERS * len(members)
    articles = [m.article for m in members]
    actors, suppliers = _values(details, "actor"), _values(details, "third_party")
    return Profile(
        id=thread.id,
        kind=thread.kind,
        first=min(a.at.timestamp() for a in articles) / 86400,
        last=max(a.at.timestamp() for a in articles) / 86400,
        centroid=centroid / (np.linalg.norm(centroid) or 1.0),
        vectors=np.stack(rows if len(rows) <= MEMBERS else rows[:4] + rows[4 - MEMBERS :]),
        title_names=_often(said.title_names, least),
        names=_often(said.names, least),
        title_bigrams=_often(said.title_bigrams, least),
        bigrams=_often(said.bigrams, least),
        written={n: c.most_common(1)[0][0] for n, c in said.forms.items()}
        | {_folded(d): str(d.value).strip() for d in details if d.field in _PARTIES},
        cves=frozenset().union(*(features.cves_of(f"{a.title} {a.text[:1500]}") for a in articles)),
        victims=frozenset(v for v in _values(details, "victim") if named(v, vocabulary)),
        actors=actors,
        suppliers=suppliers,
        nameless=frozenset(v for v in actors | suppliers if not _binds(v, vocabulary)),
    )


_WORD: Final = re.compile(r"[^\W_]+")
_PARTIES: Final = ("victim", "actor", "third_party")


class _Said:
    """How many of a thread's articles say each name and each bigram, and how it is written."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self.title_names, self.names = Counter[str](), Counter[str]()
        self.title_bigrams, self.bigrams = Counter[str](), Counter[str]()
        self.forms: dict[str, Counter[str]] = defaultdict(Counter)

    def read(self, article: Article) -> None:
        """Count one article."""
        text = features.clean(article.text)
        head, pairs = self._names(article.title), self._bigrams(article.title)
        self.title_names.update(head)
        self.title_bigrams.update(pairs)
        self.names.update(head | self._names(text))
        self.bigrams.update(pairs | self._bigrams(text))

    def _names(self, text: str) -> set[str]:
        """Rare names of a text by stem."""
        found = set()
        for word in features.tokens(text):
            stem = features.stem(word)
            named = word[0].isupper() or any(c.isdigit() for c in word)
            named = named and self._vocabulary.plainness(stem) < features.PLAIN
            named = named and stem not in CALENDAR
            if named and self._vocabulary.rarity(stem) >= RARE - 1.5:
                found.add(stem)
                self.forms[stem][word] += 1
        return found

    def _bigrams(self, text: str) -> set[str]:
        """Bigrams of a text by their stems, dates left out. How one is written as a name, running
        text shows: a headline writes every word with a capital."""
        found = bigrams.find(text)
        kept = {bigram for bigram in found if CALENDAR.isdisjoint(bigram.split())}
        if not headline_case(text):
            for bigram in kept:
                self.forms[bigram][found[bigram]] += 1
        return kept


def _often(counts: Mapping[str, int], least: float) -> frozenset[str]:
    return frozenset(n for n, c in counts.items() if c >= least)


@cache
def places() -> frozenset[str]:
    """Stems of the words of places. They stay names: without them storyline recall, leaving one
    window out, fell from .62 to .59."""
    both = lexicon.words("places", "names") | lexicon.words("places", "adjectives")
    return frozenset(features.stem(word) for place in both for word in place.split())


def _values(details: Sequence[Detail], field: Field) -> frozenset[str]:
    """Names the ledger gives in a field, denied ones left out."""
    given = (d for d in details if d.field == field and d.status != "denied")
    return frozenset(map(_folded, given)) - {""}


def _binds(value: str, vocabulary: Vocabulary) -> bool:
    """Whether it is a known group's, or a word of it a rare name of its own."""
    if value in lexicon.actors() or names.kind_of(value) == "actor":
        return True
    stems = set(map(features.stem, _WORD.findall(value))) - places()
    plain = features.PLAIN
    return any(vocabulary.rarity(s) >= RARE and vocabulary.plainness(s) < plain for s in stems)


def named(value: str, vocabulary: Vocabulary) -> bool:
    """Whether a party's name holds a word that is no plain English: "victims" are nobody."""
    return any(
        vocabulary.plainness(features.stem(word)) < features.PLAIN
        for word in _WORD.findall(value)
        if not word.isdigit()
    )


def telling(shared: Sequence[str]) -> bool:
    """Whether names, places last, are more than places: a country leads from one campaign to all
    that name it."""
    return bool(shared) and shared[0] not in places()


def _folded(detail: Detail) -> str:
    return str(detail.value).casefold().strip()
