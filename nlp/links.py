"""Two profiles → a `Link`: how much a reader of one thread wants the other, in log-odds.

Weighed are likeness of the nearest articles, shared rare names and how suddenly they came up,
bigrams, CVEs, the ledger's victims, actors and third parties. Weights in `parameters/related.json`,
fitted by `nlp.train`.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from nlp import bigrams
from nlp.features import PARAMETERS, Vocabulary
from nlp.odds import chance
from nlp.profile import RARE, Profile, places, telling

LINK_FEATURES: Final = (
    "cosine",
    "cross_names",
    "bigram",
    "sudden",
    "sudden_acronym",
    "party",
    "same_actor",
    "same_supplier",
    "cve_same",
    "cve_differ",
)
SAME_VICTIM: Final = 1.5
"""Log-odds for a victim in common. By hand: the labels hold another incident of one victim for
no storyline, but a reader wants it."""
OTHER_FLAW: Final = -0.7
"""Log-odds for two threads on flaws that share none: two advisories of one vendor on one day. By
hand, near what a fit on labelled kinds gave; at 0 storyline recall is .65, here .64, at -2 .62."""
AGE: Final = -3.0
"""Log-odds for each unit of `age`: of all that a campaign's name ties, ten have a place, and those
of its own days come first. By hand, on twelve windows in one store: labels are of windows of two
weeks, from which nothing can be fitted. An age that grew with the months themselves (-1.5 each) put
what is some weeks old too near and what is a season old too far: of the partners of an article held
out the ten name .02 more so, with weights of other windows, and no fewer of other windows'."""
NO_INCIDENT: Final = -0.7
"""Doubt of two threads on no incident: a product's news, columns, conferences. By hand, as are the
other doubts: they fold entries away, and none is lost by them."""
NAMELESS: Final = -2.5
"""Doubt of an actor or supplier in common that is no name of its own; near what one weighs."""
SECOND_HAND: Final = 0.7
"""Log-odds that a link by way of a third thread is worth less than the weaker of its two."""
NO_NAME: Final = -1.0
"""Doubt of a link by way of a third thread where one of the two shares no rare name."""
PLACE: Final = -1.0
"""Doubt of a link by way of a third thread, over a country's name alone or none."""
WEEK: Final = 7.0
MONTH: Final = 30.0


@dataclass(frozen=True, slots=True)
class Link:
    """Two threads weighed."""

    value: float
    """Log-odds that a reader of one wants the other."""
    shared: tuple[str, ...]
    """Stems of rare names that both say, the rarest first, places last."""
    doubt: float = 0.0
    """Log-odds, 0 or less, that speak against showing it openly, and not against showing it."""
    bigram: str = ""
    """The rarest that both have, by its stems; empty: none."""

    @property
    def score(self) -> float:
        """Probability that a reader wants it, doubts counted."""
        return round(chance(self.value + self.doubt), 4)


@dataclass(frozen=True, slots=True)
class Weights:
    """Of LINK_FEATURES, with the floors."""

    of: tuple[float, ...]
    bias: float
    floor: float
    """Log-odds below which a thread is not shown as related."""
    storyline: float
    """Log-odds from which two threads that share a rare name are one storyline."""


@cache
def shipped() -> Weights:
    """What `parameters/related.json` holds."""
    raw: dict[str, Any] = json.loads((PARAMETERS / "related.json").read_text("utf-8"))
    return weights_of(raw)


def weights_of(raw: Mapping[str, Any]) -> Weights:
    """Read the file's JSON. Raises KeyError where a feature has no weight."""
    return Weights(
        tuple(float(raw["link"][name]) for name in LINK_FEATURES),
        float(raw["link"]["bias"]),
        float(raw["floor"]),
        float(raw["storyline"]),
    )


class Talk:
    """Who says which name when: threads counted by name and week of their first article."""

    def __init__(self, vocabulary: Vocabulary, usual: float = 0.0) -> None:
        """`usual`: threads of a week where not all are counted here, but those near a text."""
        self.vocabulary = vocabulary
        self._usual = usual
        self._weeks: dict[int, Counter[str]] = defaultdict(Counter)
        self._threads = Counter[int]()

    def add(self, profile: Profile, times: int = 1) -> None:
        """Count a thread; with `times` -1 no longer."""
        week = int(profile.first // WEEK)
        self._threads[week] += times
        said = self._weeks[week]
        for name in profile.names:
            said[name] += times
            if not said[name]:
                del said[name]

    def sudden(self, name: str, day: float) -> float:
        """How many times oftener a name is said about that day than the background has it, as a
        logarithm; 0 for no oftener. A campaign's name is new and in many threads at once, a
        vendor's in as many as ever."""
        weeks = [int(day // WEEK) + n for n in (-1, 0, 1)]
        said = sum(self._weeks[w][name] for w in weeks if w in self._weeks)
        threads = max(sum(self._threads[w] for w in weeks), len(weeks) * self._usual)
        expected = threads * math.exp(-self.vocabulary.rarity(name)) + 0.5
        return math.log(max(1.0, said / expected))


def weigh(a: Profile, b: Profile, weights: Weights, talk: Talk) -> Link:
    """Weigh two threads; the order of the two is all one."""
    row, shared, bigram = evidence(a, b, talk)
    value = weights.bias + sum(w * x for w, x in zip(weights.of, row, strict=True))
    value += SAME_VICTIM * bool(same_victims(a, b)) + AGE * age(a, b)
    return Link(value + OTHER_FLAW * other_flaw(a, b), shared, doubt(a, b), bigram)


def second_hand(a: Profile, b: Profile, near: Link, far: Link) -> Link:
    """Two threads by way of a third that both hang on: worth less than the weaker of the links."""
    value = min(near.value, far.value) - SECOND_HAND + AGE * age(a, b)
    doubts = doubt(a, b) + OTHER_FLAW * other_flaw(a, b)
    doubts += NO_NAME * (not near.shared or not far.shared)
    doubts += PLACE * (not (telling(near.shared) and telling(far.shared)))
    return Link(value, far.shared, doubts)


def other_flaw(a: Profile, b: Profile) -> bool:
    """Whether both are on flaws, and on none in common."""
    return a.kind == b.kind == "vulnerability" and not a.cves & b.cves


def age(a: Profile, b: Profile) -> float:
    """`aged` by the days between the reports of two threads; 0 where both are of one victim or one
    flaw."""
    if same_victims(a, b) or a.cves & b.cves:
        return 0.0
    return aged(max(a.first, b.first) - min(a.last, b.last))


def aged(days: float) -> float:
    """Logarithm of one and the months beyond a week: the second month parts two reports more than
    the tenth."""
    return math.log1p(max(0.0, days - WEEK) / MONTH)


def doubt(a: Profile, b: Profile) -> float:
    """What makes it doubtful that a reader wants the other, whatever both have in common."""
    common = (a.actors & b.actors) | shared_suppliers(a, b)
    unnamed = bool(common) and common <= a.nameless | b.nameless
    return NO_INCIDENT * (a.kind == b.kind == "other") + NAMELESS * unnamed


def evidence(a: Profile, b: Profile, talk: Talk) -> tuple[list[float], tuple[str, ...], str]:
    """The numbers named in LINK_FEATURES, the rare names that both say, places last, and the rarest
    bigram."""
    rarity = talk.vocabulary.rarity
    cross = (a.title_names & b.names) | (b.title_names & a.names)
    rarities = {name: rarity(name) for name in cross}
    # Places last: in a reason they say least.
    order = sorted(cross, key=lambda n: (n in places(), -rarities[n], n))
    rare = [n for n in order if rarities[n] >= RARE]
    day = max(a.first, b.first)
    sudden = {name: talk.sudden(name, day) for name in rare}
    pairs = (a.title_bigrams & b.bigrams) | (b.title_bigrams & a.bigrams)
    bigram = max(((bigrams.rarity(p, talk.vocabulary), p) for p in pairs), default=(0.0, ""))
    acronyms = {name for name in rare if is_acronym(a.written.get(name, name))}
    return (
        [
            float((a.vectors @ b.vectors.T).max()),
            min(40.0, sum(rarities.values())) / 10,
            bigram[0] / 10,
            max((s for name, s in sudden.items() if name not in acronyms), default=0.0),
            max((s for name, s in sudden.items() if name in acronyms), default=0.0),
            _rarest((a.parties & b.names) | (b.parties & a.names), talk.vocabulary) / 10,
            float(bool(a.actors & b.actors)),
            float(bool(shared_suppliers(a, b))),
            float(bool(a.cves & b.cves)),
            float(bool(a.cves and b.cves and not a.cves & b.cves)),
        ],
        tuple(rare),
        bigram[1],
    )


def is_acronym(word: str) -> bool:
    """ "PoC", "MFA", "ICE": said of many things, and less of a bond than a name in full."""
    capitals = sum(c.isupper() for c in word)
    return len(word) <= 6 and (word.isupper() or (len(word) <= 5 and capitals >= 2))


def same_victims(a: Profile, b: Profile) -> frozenset[str]:
    """Victims of both, those that both threads' articles name."""
    return a.victims & b.victims


def shared_suppliers(a: Profile, b: Profile) -> frozenset[str]:
    """Third parties of one that are third party or victim of the other."""
    return (a.suppliers & (b.suppliers | b.victims)) | (b.suppliers & a.victims)


def _rarest(names: Iterable[str], vocabulary: Vocabulary) -> float:
    """Rarity of the rarest; 0 where none is rare."""
    return max((r for r in map(vocabulary.rarity, names) if r >= RARE), default=0.0)
