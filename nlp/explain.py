"""Two articles, or two threads → why they belong together or apart, in words and numbers.

In: articles with their vectors, and the threader's parameters. Out: an `Explanation`: the features
of the closest pair with what each adds to or takes from the log-odds, the same of the whole
thread, and what contradicts. Rarity is that of the shipped vocabulary, so a running threader, which
has read more, may have weighed a little otherwise: the membership says what it decided at the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Final

from breachwire.model import Article
from nlp import copies, features
from nlp import kind as kinds
from nlp.copies import Source
from nlp.evidence import (
    THREAD_FEATURES,
    Line,
    Pair,
    Parameters,
    another_victim,
    other_month,
    other_vendor,
    ruled,
    shipped,
    thread_features,
)
from nlp.odds import chance
from nlp.standing import MEMBERS
from nlp.thread import Threader

if TYPE_CHECKING:
    from breachwire.model import Vector

SLIGHT: Final = 0.05
"""Log-odds below which a feature says nothing either way."""

WORDS: Final[Mapping[str, str]] = {
    "cosine": "the texts say alike things (cosine)",
    "lead_cosine": "rare words of title and lead in both",
    "rare_title": "the rarest word in both titles",
    "rare_cross": "the rarest name of a title that the other speaks of",
    "names_shared": "names in both",
    "names_cover": "the title's names that the other has, at the least",
    "title_cover": "the title's names that the other has, at the most",
    "title_conflict": "neither speaks of the other's names",
    "cve_same": "a CVE in both",
    "cve_differ": "different CVEs",
    "amount_same": "the same figures",
    "same_source": "one outlet",
    "same_source_cosine": "one outlet, alike texts",
    "same_source_title": "one outlet, the same title: a serial post",
    "gap": "time between them",
    "gap_long": "time beyond three days between them",
    "patch_same": "one month's patch day",
    "patch_differ": "different months' patch days",
    "cosine_rare": "alike texts that share a rare word of the title",
    "cosine_names": "alike texts that share names",
    "telling_shared": "telling words in both titles",
    "best": "the closest member",
    "mean": "the members taken together",
    "size": "the thread's size",
    "size_mean": "the members taken together, the more the larger the thread",
    "centroid": "the texts of all members (cosine)",
    "stranger": "a rare name in the title that no member has",
    "missing": "a rare name of the thread that the article lacks",
    "same_victim": "incidents of one victim",
    "cohesion": "how alike the thread's articles are to one another",
    "union_cover": "what of the title any article of the thread says",
    "rival": "the closest article of another thread",
    "nearer": "other threads that have a closer article",
    "bias": "before anything is compared",
    "other_month": "another month's patch day",
    "other_vendor": "another vendor's patch day",
    "other_victim": "another victim",
    "own_cve": "both are on this one flaw, by its number",
    "own_name": "a name in the titles that nothing outside the thread has said",
    "strangers": "the victims of one are unknown to the other",
    "victim": "it names the thread's victim as hit",
}
"""Features, for people; one without words here is given by its name."""


@dataclass(frozen=True, slots=True)
class Term:
    """One feature and what it adds."""

    name: str
    words: str
    value: float
    weight: float

    @property
    def adds(self) -> float:
        """Log-odds for (above 0) or against (below)."""
        return self.value * self.weight


@dataclass(frozen=True, slots=True)
class Weighed:
    """A decision taken apart."""

    value: float
    """Log-odds; 0 is even."""
    terms: tuple[Term, ...]
    """What adds or takes most first; slight ones are left out, the starting value is among them."""

    @property
    def probability(self) -> float:
        """0 to 1."""
        return chance(self.value)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why two sides belong together or apart."""

    left: int
    right: int
    """The closest pair: an article of each side."""
    pair: Weighed
    whole: Weighed
    """The later of the two against the other's whole side."""
    bar: float
    """Log-odds from which an article joins, without a long silence."""
    shared: tuple[str, ...]
    """CVEs, figures and rare names that the pair has in common, rarest last."""
    contradictions: tuple[str, ...]
    """In words; none where nothing contradicts."""
    copy: str
    """By which sign the later is a copy of the earlier; empty: it is none."""


def explain(
    left: Sequence[tuple[Article, Vector]],
    right: Sequence[tuple[Article, Vector]],
    *,
    around: Mapping[int, Sequence[tuple[Article, Vector]]] | None = None,
    parameters: Parameters | None = None,
    kind_model: kinds.Model | None = None,
) -> Explanation:
    """Weigh two articles (a side of one each), an article and a thread, or two threads.

    `around`: for an article, the thread in which it stands where that is more than its side. Of
    each side and thread the first four and the newest articles count, as for the threader; what
    other threads are near is left out. Raises ValueError for an empty side.
    """
    if not left or not right:
        raise ValueError("a side without an article")
    weights = parameters or shipped()
    reader = Threader(weights, kind_model=kind_model)
    ours, theirs = (
        [reader.read(article, vector).source for article, vector in _sample(side)]
        for side in (left, right)
    )
    pairs = {(a.traits.id, b.traits.id): _pair(weights, a, b) for a, b in product(ours, theirs)}
    one, other = max(
        product(ours, theirs), key=lambda p: pairs[p[0].traits.id, p[1].traits.id].value
    )
    best = pairs[one.traits.id, other.traits.id]
    later, side = _later(one, other, ours, theirs)
    earlier = other if later is one else one
    if standing := (around or {}).get(earlier.traits.id):
        others = [pair for pair in standing if pair[0].id != later.traits.id]
        side = [reader.read(article, vector).source for article, vector in _sample(others)]
    members = [source.traits for source in side]
    row = thread_features(later.traits, members, [_pair(weights, later, m) for m in side])
    rules = _rules(later, side, weights.whole.value(row))
    whole = _weighed(weights.whole, THREAD_FEATURES, row, rules)
    return Explanation(
        left=one.traits.id,
        right=other.traits.id,
        pair=_weighed(weights.pair, features.PAIR_FEATURES, best.row, ()),
        whole=whole,
        bar=weights.join,
        shared=_shared(later, earlier),
        contradictions=tuple(_contradictions(later, side)),
        copy=copies.sign_of_copy(later, earlier) or "",
    )


def _sample(side: Sequence[tuple[Article, Vector]]) -> list[tuple[Article, Vector]]:
    ordered = sorted(side, key=lambda pair: (pair[0].at, pair[0].id))
    return ordered if len(ordered) <= MEMBERS else [*ordered[:4], *ordered[4 - MEMBERS :]]


def _pair(weights: Parameters, one: Source, other: Source) -> Pair:
    """Weighed as the threader meets them: the later is the new one."""
    a, b = one.traits, other.traits
    if (a.day, a.id) < (b.day, b.id):
        a, b = b, a
    row = features.pair_features(a, b, float(a.vector @ b.vector))
    return Pair(weights.pair.value(row), row)


def _later(
    one: Source, other: Source, ours: Sequence[Source], theirs: Sequence[Source]
) -> tuple[Source, Sequence[Source]]:
    newer = (one.traits.day, one.traits.id) > (other.traits.day, other.traits.id)
    return (one, theirs) if newer else (other, ours)


def _rules(later: Source, side: Sequence[Source], value: float) -> list[Term]:
    """What the threader adds by rule, beside the fitted weights."""
    added = ruled(later.traits, [source.traits for source in side], value)
    return [Term(name, WORDS[name], 1.0, value) for name, value in added.items()]


def _weighed(
    line: Line, names: Sequence[str], row: Sequence[float], rules: Iterable[Term]
) -> Weighed:
    terms = [Term("bias", WORDS["bias"], 1.0, line.bias), *rules]
    terms += [
        Term(name, WORDS.get(name, name.replace("_", " ")), value, weight)
        for name, value, weight in zip(names, row, line.weights, strict=True)
    ]
    telling = [term for term in terms if abs(term.adds) >= SLIGHT]
    telling.sort(key=lambda term: -abs(term.adds))
    return Weighed(sum(term.adds for term in terms), tuple(telling))


def _shared(later: Source, earlier: Source) -> tuple[str, ...]:
    a, b = later.traits, earlier.traits
    names = sorted(a.names & b.names, key=lambda name: (-a.rarity.get(name, 0.0), name))
    return (*sorted(a.cves & b.cves), *names[:6])


def _contradictions(later: Source, side: Sequence[Source]) -> Iterable[str]:
    traits = later.traits
    members = [source.traits for source in side]
    cves = frozenset().union(*(m.cves for m in members))
    if traits.cves and cves and not traits.cves & cves:
        yield f"other CVEs: {_list(traits.cves)} against {_list(cves)}"
    if another_victim(traits, members):
        yield "another victim: each names someone rare whom the other does not know"
    if other_month(traits, members):
        yield "another month's patch day"
    if other_vendor(traits, members):
        yield "another vendor's patch day"


def _list(names: Iterable[str]) -> str:
    some = sorted(names)
    return ", ".join(some[:3]) + (f" and {len(some) - 3} more" if len(some) > 3 else "")
