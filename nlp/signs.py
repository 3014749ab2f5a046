"""Names, CVEs and titles → the articles that have them, however long ago.

In: traits of the articles in memory; for older ones, what the archive finds. Out: articles by how
much they share with a new one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Final

from nlp import features
from nlp.features import Traits, Vocabulary

RARE: Final = 5.0
"""Rarity from which a title's name leads to candidates: one article in 150 or fewer."""
CROWD: Final = 80
"""A name that this many articles share leads nowhere in particular."""
ASKED: Final = 6
"""Names and CVEs, of each at most, that the archive is asked for: 0.1 ms each."""
TITLE_WORDS: Final = 3
TITLE_RARE: Final = 4.0
"""A title is asked for where it has that many words and one of that rarity (one article in 55):
without, it is a commonplace, and finding it costs as much as its words are common."""


class Signs:
    """What articles in memory may share. Not thread-safe."""

    def __init__(self) -> None:
        self._by_name: dict[str, list[int]] = defaultdict(list)
        self._by_cve: dict[str, list[int]] = defaultdict(list)
        self._by_title: dict[str, list[int]] = defaultdict(list)

    def add(self, traits: Traits) -> None:
        """Take in an article."""
        for index, keys in self._keys(traits):
            for key in keys:
                index[key].append(traits.id)

    def remove(self, articles: Iterable[Traits]) -> None:
        """Let go of articles, each as it was taken in; many at once cost little more than one."""
        gone: set[int] = set()
        touched: set[tuple[int, str]] = set()
        for traits in articles:
            gone.add(traits.id)
            touched |= {(n, k) for n, (_, ks) in enumerate(self._keys(traits)) for k in ks}
        indexes = (self._by_name, self._by_cve, self._by_title)
        for number, key in touched:
            left = [id_ for id_ in indexes[number].get(key, ()) if id_ not in gone]
            if left:
                indexes[number][key] = left
            else:
                indexes[number].pop(key, None)

    def _keys(self, traits: Traits) -> tuple[tuple[dict[str, list[int]], Iterable[str]], ...]:
        return (
            (self._by_name, traits.title_names),
            (self._by_cve, traits.cves),
            (self._by_title, (traits.title_key,)),
        )

    def names(self, traits: Traits) -> list[str]:
        """Those to ask the archive for: rare ones that no crowd shares, the rarest first."""
        return self._leading(traits.title_names, traits.rarity)

    def _leading(self, names: Iterable[str], rarity: Mapping[str, float]) -> list[str]:
        rare = sorted((n for n in names if rarity[n] >= RARE), key=lambda n: (-rarity[n], n))
        return [n for n in rare if len(self._by_name.get(n, ())) <= CROWD][:ASKED]

    def expected(self, title: str, text: str, vocabulary: Vocabulary) -> list[str]:
        """What the archive will likely be asked for once an article is read: words that may be its
        `names`, by the title alone, and CVEs."""
        written = {features.stem(w) for w in features.tokens(title) if not w.islower()}
        rarity = {word: vocabulary.rarity(word) for word in written}
        return self._leading(rarity, rarity) + sorted(features.cves_in(title, text))[:ASKED]

    def shared(
        self,
        traits: Traits,
        archived: Mapping[str, Sequence[int]],
        crowded: Container[str] = (),
    ) -> dict[int, float]:
        """Articles by what they share; `archived` gives more of them by name, CVE and title, but
        for names that are `crowded` there."""
        named: dict[int, float] = defaultdict(float)
        for name in traits.title_names:
            ids, old = self._by_name.get(name, ()), archived.get(name, ())
            crowd = len(ids) + len(old) > CROWD or name in crowded
            if traits.rarity[name] >= RARE and not crowd:
                for id_ in (*ids, *old):
                    named[id_] += traits.rarity[name]
        for cve in traits.cves:
            for id_ in (*archived.get(cve, ())[::-1], *self._by_cve.get(cve, ()))[-CROWD:]:
                named[id_] += 20.0
        title = traits.title_key
        for id_ in (*archived.get(title, ())[::-1], *self._by_title.get(title, ()))[-4:]:
            named[id_] += 30.0
        return named


def telling_title(traits: Traits) -> bool:
    """Whether a title is worth asking for."""
    long = traits.title_key.count(" ") + 1 >= TITLE_WORDS
    return long and any(traits.rarity.get(w, 0.0) >= TITLE_RARE for w in traits.title)
