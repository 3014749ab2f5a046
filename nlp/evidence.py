"""An article and a thread → the evidence that it belongs there, and the weights of the decision.

In: traits of the article and of a thread's members, their pairs weighed. Out: the numbers named in
THREAD_FEATURES, whether another victim contradicts, and `Parameters`, read from
`parameters/join.json`.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from operator import mul
from typing import Any, Final

from nlp import features
from nlp.features import PARAMETERS, Traits

VICTIM: Final = 0.6
"""Rarity over ten of a name that may be a victim's: one article in 400 or fewer. Two headlines of
incidents that share one, with no other in the newer, are likely about the same victim."""

SAME_VICTIM: Final = 2.0
LATER_VICTIM: Final = 7.0
WEEK: Final = 7.0
"""Log-odds for the thread's own victim: where the article's claims give it as hit; and more with
time, where they give it first, or give none while the title names it. Rules: the labelled windows
span three weeks, too little to fit them. Set on the demonstration corpus, whose follow-ups come
weeks later; the labelled windows lose nothing by them."""

OTHER_MONTH: Final = 8.0
OTHER_VENDOR: Final = 8.0
"""Log-odds that another month's, or another vendor's, patch day takes off. Rules: labelled windows
span one month each, and in four of them a vendor's patch day lay in another's thread, for they are
told in the same words."""

MONTHS: Final = 60.0
"""Days after which a report of the same victim that tells of no aftermath is of a new incident."""

SILENCE: Final = 0.5
"""Log-odds that such a victim gains with each unit of log time after MONTHS, where there is an
aftermath. The weights are fitted within three weeks and take off 1 to 1.4 a unit for ever: a
settlement would lose its incident after some years. Less than that, so that of two incidents the
later stays the likelier."""

OWN_CVE: Final = 2.0
FLAWS: Final = 2
"""Log-odds at least, where article and thread are on one or two CVEs and share one: of 204 such
pairs of the labelled windows 202 are one event, those below cosine .5 too."""

OWN_NAME: Final = 1.1
"""Log-odds at least, where a late title names what nothing but the thread has said. On the labelled
windows 76 % of such pairs below cosine .7 are one event (75 of 97), at .3 to .5 still 60 %; a line
over cosine and rarity gives those there almost nothing."""

NEW_INCIDENT: Final = 4.0
"""Log-odds that this takes off. A rule: no labelled window spans it."""

OTHER_VICTIM: Final = 3.0
"""Log-odds that another victim takes off. A rule: two incidents may differ by one word, and the
labelled windows hold too few such twins to fit it."""

THREAD_FEATURES: Final = (
    "best",
    "mean",
    "size",
    "size_mean",
    "gap",
    "title_cover",
    "cve_differ",
    "centroid",
    "same_source",
    "amount_same",
    "stranger",
    "missing",
    "same_victim",
    "cohesion",
    "union_cover",
    "rival",
    "nearer",
)
CLIP: Final = 8.0
"""Log-odds beyond which a pair is no surer."""
ONE_ARTICLE: Final = 0.75
"""Cohesion of a thread of one article: that of most threads of two or three."""
LOOSEST: Final = 0.6
"""Cohesion at least. Nine of ten threads of the labelled windows hold closer together; below it, a
thread that has taken in strangers would for that draw in more."""


@dataclass(frozen=True, slots=True)
class Line:
    """A linear decision: value = bias + Σ weight · feature, in log-odds."""

    weights: tuple[float, ...]
    bias: float

    def value(self, row: Sequence[float]) -> float:
        if len(row) != len(self.weights):
            raise ValueError(f"{len(row)} features for {len(self.weights)} weights")
        return self.bias + float(
            sum(map(mul, self.weights, row))
        )  # forty pairs an article come here


@dataclass(frozen=True, slots=True)
class Parameters:
    """The join decision's weights and thresholds."""

    pair: Line
    whole: Line
    """Of an article that comes in and a thread as it stands then."""
    again: Line
    """Of an article and a thread when both are looked at once more, later members among them."""
    join: float
    """Log-odds from which an article joins."""
    stay: float
    """Log-odds from which, looked at once more, it stays or goes over."""
    join_after_silence: float
    """The same for a thread silent for more than 30 days."""


@cache
def shipped() -> Parameters:
    """What `parameters/join.json` holds."""
    return parameters_of(json.loads((PARAMETERS / "join.json").read_text("utf-8")))


def parameters_of(raw: dict[str, Any]) -> Parameters:
    """Read the file's JSON. Raises KeyError where a feature has no weight."""
    return Parameters(
        pair=Line(
            tuple(float(raw["pair"][name]) for name in features.PAIR_FEATURES),
            float(raw["pair"]["bias"]),
        ),
        whole=Line(
            tuple(float(raw["thread"][name]) for name in THREAD_FEATURES),
            float(raw["thread"]["bias"]),
        ),
        again=Line(
            tuple(float(raw["again"][name]) for name in THREAD_FEATURES),
            float(raw["again"]["bias"]),
        ),
        join=float(raw["join"]),
        stay=float(raw["stay"]),
        join_after_silence=float(raw["join_after_silence"]),
    )


@dataclass(frozen=True, slots=True)
class Pair:
    """Two articles weighed."""

    value: float
    """Log-odds of being one event."""
    row: list[float]
    """PAIR_FEATURES."""


@dataclass(frozen=True, slots=True)
class Rivals:
    """The other threads that an article is near."""

    odds: float = -CLIP
    """Log-odds of being one event with the nearest article of any of them."""
    nearer: int = 0
    """How many of them have an article nearer than this thread's nearest."""


ALONE: Final = Rivals()


def thread_features(
    traits: Traits, members: Sequence[Traits], pairs: Sequence[Pair], rivals: Rivals = ALONE
) -> list[float]:
    """The numbers named in THREAD_FEATURES: the members' pair values (log-odds: best, mean),
    what the thread as a whole has of the article's title, CVEs and amounts, the article's
    own name that no member says (another victim?), the thread's that the article lacks, how alike
    the members are among themselves, what of the title any of them says, and whether another thread
    is nearer."""
    odds = sorted((_clipped(p.value) for p in pairs), reverse=True)
    size, mean = len(odds), sum(odds) / len(odds)
    cover = [_cover(traits.title, m, traits) for m in members]
    cves = frozenset().union(*(m.cves for m in members))
    amounts = frozenset().union(*(m.amounts for m in members))
    everything = frozenset().union(*(m.words for m in members))
    said = Counter(n for m in members for n in m.title & m.names)
    core = {n for n, times in said.items() if 2 * times >= size}
    stranger = _rarest(traits.title & traits.names - everything, traits)
    return [
        odds[0],
        mean,
        math.log(size),
        math.log(size) * mean,
        math.log1p(min(abs(traits.day - m.day) for m in members)),
        sum(cover) / size,
        float(bool(traits.cves and cves and not traits.cves & cves)),
        sum(p.row[0] for p in pairs) / size,
        sum(m.source == traits.source for m in members) / size,
        float(bool(traits.amounts & amounts)),
        stranger,
        _rarest(core - traits.words, members[0], members[-1]),
        float(
            traits.incident
            and any(m.incident for m in members)
            and stranger < VICTIM
            and _rarest(core & traits.title, traits) >= VICTIM
        ),
        cohesion(members),
        _share(traits.title, everything.union(*(m.joined for m in members)), traits),
        _clipped(rivals.odds),
        float(rivals.nearer),
    ]


def _clipped(odds: float) -> float:
    return max(-CLIP, min(CLIP, odds))


def cohesion(members: Sequence[Traits]) -> float:
    """Mean cosine of the members with one another, LOOSEST at least: an article as near to a thread
    whose members are nearer to one another is none of them."""
    count = len(members)
    if count < 2:
        return ONE_ARTICLE
    total: Any = sum(m.vector for m in members)
    return max(LOOSEST, (float(total @ total) - count) / (count * (count - 1)))


def ruled(traits: Traits, members: Sequence[Traits], value: float) -> dict[str, float]:
    """What rules add to an article's belonging to a thread, or take off, by rule: log-odds;
    `value` is what the weights say."""
    found = {}
    if other_month(traits, members):
        found["other_month"] = -OTHER_MONTH
    if other_vendor(traits, members):
        found["other_vendor"] = -OTHER_VENDOR
    if another_victim(traits, members):
        found["other_victim"] = -OTHER_VICTIM
    elif strangers(traits, members):
        found["strangers"] = -OTHER_VICTIM
    if tail := long_tail(traits, members):
        found["victim"] = tail
    if not found and own_cve(traits, members) and value < OWN_CVE:
        found["own_cve"] = OWN_CVE - value
    elif not found and own_name(traits, members) and value < OWN_NAME:
        found["own_name"] = OWN_NAME - value
    return found


def own_cve(traits: Traits, members: Sequence[Traits]) -> bool:
    """Whether article and most of the thread are on one flaw, by its number: one CVE or two, and
    no patch day."""
    if traits.patch_month is not None or len(traits.cves) > FLAWS:
        return False
    told = [m for m in members if m.cves & traits.cves and len(m.cves) <= FLAWS]
    return 2 * len(told) >= len(members) and all(m.patch_month is None for m in told)


def own_name(traits: Traits, members: Sequence[Traits]) -> bool:
    """Whether the title names what most of the thread's titles name and nothing else has said, no
    CVE contradicts; after a week (before, the weights decide better) and, after months, where it
    tells of an aftermath."""
    told = sum(bool(traits.title & traits.unheard & m.title & m.names) for m in members)
    cves = frozenset().union(*(m.cves for m in members))
    flaws = bool(traits.cves and cves and not traits.cves & cves)
    other = all(m.source != traits.source for m in members)
    days = min(abs(traits.day - m.day) for m in members)
    late = days > WEEK and (days <= MONTHS or _aftermath(traits, members))
    return other and 2 * told >= len(members) and not flaws and late


def other_month(traits: Traits, members: Sequence[Traits]) -> bool:
    """Whether article and thread are on patch days of different months."""
    months = {m.patch_month for m in members} - {None}
    return traits.patch_month is not None and bool(months) and traits.patch_month not in months


def other_vendor(traits: Traits, members: Sequence[Traits]) -> bool:
    """Whether article and most of the thread's patch days are of other vendors. Titles that name
    none ("Windows 11 KB5074109 released") say nothing."""
    theirs = [m.vendors for m in members if m.vendors]
    same = sum(bool(traits.vendors & vendors) for vendors in theirs)
    return bool(traits.vendors and theirs) and 2 * same < len(theirs)


def long_tail(traits: Traits, members: Sequence[Traits]) -> float:
    """Log-odds for a thread whose victim the article names: a lawsuit or a head count joins its
    incident after two months, when neither wording nor time says so any more. Against it, where
    the article comes after months and tells of no aftermath: a new incident at the same victim.

    Most of it grows over a week: within days the fitted weights decide better. A victim of the
    thread that the title names, where the article's own claims give none, counts within months
    only for an aftermath: suppliers and actors come back in other incidents (leaving the window
    2026-03-24 out, .05 pair F1). What the titles name, victim or not, counts after months alone.
    """
    named = Counter(w for m in members for w in m.victims)
    hit = {w for w, times in named.items() if 4 * times >= len(members)}
    days = min(abs(traits.day - m.day) for m in members)
    gap = min(1.0, days / WEEK)
    silence = SILENCE * max(0.0, math.log1p(days) - math.log1p(MONTHS))
    known = bool(traits.victims & hit) or bool(traits.title_names & hit)
    subject = known or (days > MONTHS and _subject(traits, members))
    if subject and days > MONTHS and not _aftermath(traits, members):
        return -NEW_INCIDENT
    if traits.victim & hit:
        return SAME_VICTIM + LATER_VICTIM * gap + silence
    if traits.victims & hit:
        return SAME_VICTIM + (LATER_VICTIM * gap + silence if days > MONTHS else 0.0)
    told = not traits.victims and _aftermath(traits, members)
    later = subject and (told or days > MONTHS)
    return LATER_VICTIM * gap + silence if later else 0.0


def _aftermath(traits: Traits, members: Sequence[Traits]) -> bool:
    """Whether the later side tells of what comes after an incident."""
    later = [m for m in members if m.day > traits.day]
    return any(m.aftermath for m in later or [traits])


def _subject(traits: Traits, members: Sequence[Traits]) -> bool:
    """Whether the title names what most of the thread's titles name, and that is rare."""
    said = Counter(n for m in members for n in m.title & m.names)
    core = {n for n, times in said.items() if 2 * times >= len(members)}
    incident = any(m.incident for m in members)
    return incident and _rarest(core & traits.title & traits.names, traits) >= VICTIM


def another_victim(traits: Traits, members: Sequence[Traits]) -> bool:
    """Whether article and thread are incidents that each name someone rare whom the other does not
    know, with no rare name, CVE or amount in common."""
    if not traits.incident or not any(m.incident for m in members):
        return False
    everything = frozenset().union(*(m.words | m.joined for m in members))
    mine = _rarest(traits.title & traits.names - everything, traits)
    theirs = [_rarest(m.title & m.names - traits.words - traits.joined, m) for m in members]
    shared = frozenset().union(*(traits.names & m.names for m in members))
    return (
        mine >= VICTIM
        and min(theirs) >= VICTIM
        and _rarest(shared, traits) < features.TELLING / 10
        and not any(traits.cves & m.cves or traits.amounts & m.amounts for m in members)
    )


def strangers(traits: Traits, members: Sequence[Traits]) -> bool:
    """Whether article and every member are incidents of victims of whom the other says nothing,
    whatever supplier, actor or place they share. By titles alone it would part a firm from its
    product ("Instructure", "Canvas"): leaving one window out that cost .01 pair F1."""
    if not traits.incident or not traits.victim:
        return False
    return all(
        m.victim
        and not traits.victims & (m.words | m.joined)
        and not m.victims & (traits.words | traits.joined)
        for m in members
    )


def _rarest(names: Iterable[str], *known: Traits) -> float:
    """Rarity of the rarest name, as far as these articles know it, over ten; 0 for none."""
    return max((t.rarity.get(n, 0.0) for n in names for t in known), default=0.0) / 10


def _cover(words: frozenset[str], other: Traits, traits: Traits) -> float:
    """Share of the words' rarity that another article has; one half where there are none."""
    return _share(words, other.words, traits)


def _share(words: frozenset[str], known: frozenset[str], traits: Traits) -> float:
    weight = sum(traits.rarity[w] for w in words)
    return sum(traits.rarity[w] for w in words & known) / weight if weight else 0.5
