"""An asked text and the threads near it → which of them it belongs to or hangs together with.

In: the text as read (`nlp.question`), its vector, its passages with theirs, threads with members
and details, a model's weights. Out: `Judged`, the most useful first. The evidence is the
threader's: `same_incident` is the one thread that the text would join if it came in as an article,
and those that a passage of it speaks of as a roundup's would. What else hangs together, and how,
the links of related coverage say. A text without a date is met by every thread as if it were of
its days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from breachwire.model import (
    SECTION_OF_KIND,
    Article,
    Claim,
    Detail,
    LedgerClaim,
    Member,
    Placed,
    Relation,
    Thread,
)
from nlp import copies, details, features, mentions
from nlp import kind as kinds
from nlp.calibration import Calibration
from nlp.copies import Source
from nlp.features import Traits
from nlp.odds import chance
from nlp.passages import Passage
from nlp.question import Asked
from nlp.reasons import worth_naming
from nlp.relations import Relations
from nlp.roundup import is_roundup
from nlp.thread import Threader
from nlp.weigh import Candidate

if TYPE_CHECKING:
    from breachwire.model import Vector

COPIED: Final = 0.99
"""Score of a copy, as the threader gives it."""
FLOOR: Final = -6.5
"""Log-odds from which a thread is named as perhaps related, where a thread's page names none below
-4.4: who asks about a text looks further down, and all of it is folded away."""
PERHAPS: Final = -3.0
"""Log-odds from which a text may be of an incident that it would not join: it comes first."""
LIKELY: Final = 4
"""Threads that a passage is weighed against: those with a flaw in common, then the nearest."""
MUCH_ALIKE: Final = 0.7
ALIKE: Final = 0.5
"""Cosines from which two texts are said to be alike. By hand."""
NEAREST: Final = 3
"""Articles of a thread that are named."""
_SELF: Final = "?"
_MOMENT: Final = 1e-4
"""Days."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Near:
    """A thread that may have to do with the text."""

    thread: Thread
    placed: tuple[Placed, ...]
    """Its members, or the first and the newest of many; never the asked article itself."""
    details: tuple[Detail, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one."""

    thread: str
    relation: Relation
    reason: str
    score: float
    nearest: tuple[int, ...]
    """Articles, nearest first."""
    passage: Passage | None = None
    """What of the text speaks of it; None: the whole."""


class Bench:
    """The threads near a text, as threader and relations hold them."""

    def __init__(self, near: Sequence[Near], fitted: Calibration, usual: float = 0.0) -> None:
        """`usual`: how many threads a week of the wire has."""
        self._usual = usual
        self._near = {one.thread.id: one for one in near if one.placed}
        self._fitted = fitted
        self.threader = Threader(fitted.join, kind_model=fitted.kind)
        placed = [one for own in self._near.values() for one in own.placed]
        self.threader.restore(sorted(placed, key=lambda p: (p.article.at, p.article.id)))

    def judge(
        self,
        asked: Asked,
        vector: Vector,
        passages: Sequence[tuple[Passage, Vector]],
        said: Sequence[Claim],
        limit: int,
    ) -> list[Judged]:
        """What the text belongs to, then what its passages speak of, then what is related."""
        source = self.threader.read(asked.article, vector).source
        whole = {id_: self._weighed(source.traits, id_, asked.dated) for id_ in self._near}
        ranked = sorted(whole.values(), key=lambda c: -c.value)
        own = self._copied(source, asked.dated) or self._joined(asked, source, ranked)
        spoken = self._spoken(asked, passages)
        related = self._related(asked, vector, said, ranked, limit + len(spoken) + 1)
        likeliest = None if own or spoken else self._likeliest(asked, source, ranked, related)
        found: dict[str, Judged] = {}
        for one in [
            *([own] if own else []),
            *spoken,
            *([likeliest] if likeliest else []),
            *related,
        ]:
            found.setdefault(one.thread, one)
        return [self._with_nearest(one, vector) for one in found.values()][:limit]

    def _copied(self, source: Source, dated: bool) -> Judged | None:
        """The thread of an article that the text copies."""
        for id_ in self._near:
            met = replace(source, traits=self._met(source.traits, id_, dated))
            for member in sorted(self._members(id_), key=lambda m: m.traits.day):
                if sign := copies.sign_of_copy(met, member):
                    why = f"{sign} in {self._source(id_, member.traits.id)}"
                    return Judged(id_, "same_incident", why, COPIED, (member.traits.id,))
        return None

    def _joined(self, asked: Asked, source: Source, ranked: Sequence[Candidate]) -> Judged | None:
        """The thread that the text would join; a roundup joins none."""
        if not ranked or is_roundup(asked.article.title, asked.article.text):
            return None
        best = ranked[0]
        traits = self._met(source.traits, best.thread.id, asked.dated)
        if not self.threader.joins(traits, best):
            return None
        shared = [*sorted(traits.cves & best.nearest.cves), *_names(traits, best.nearest)]
        why = _shares(asked, shared[:4], best.cosine)
        score = round(chance(best.value), 4)
        return Judged(best.thread.id, "same_incident", why, score, (best.nearest.id,))

    def _likeliest(
        self,
        asked: Asked,
        source: Source,
        ranked: Sequence[Candidate],
        related: Sequence[Judged],
    ) -> Judged | None:
        """Where the text joins no thread: the one that it is likeliest of, as related as it is."""
        if not ranked or ranked[0].value < PERHAPS:
            return None
        best = ranked[0]
        known = next((one for one in related if one.thread == best.thread.id), None)
        traits = self._met(source.traits, best.thread.id, asked.dated)
        why = _shares(asked, _names(traits, best.nearest)[:4], best.cosine)
        score = round(chance(best.value), 4)
        if known is None:
            return Judged(best.thread.id, "similar", why, score, (best.nearest.id,))
        return replace(known, score=max(known.score, score), nearest=(best.nearest.id,))

    def _spoken(self, asked: Asked, passages: Sequence[tuple[Passage, Vector]]) -> list[Judged]:
        """Threads that a passage speaks of, the surest first; each by its surest passage."""
        found: dict[str, mentions.Spoken] = {}
        for passage, vector in passages:
            traits = mentions.read_passage(self.threader, asked.article, passage, vector)
            spoken = self._spoken_of(passage, traits, asked.dated)
            if spoken is None or not spoken.sure:
                continue
            known = found.setdefault(spoken.candidate.thread.id, spoken)
            if spoken.candidate.value > known.candidate.value:
                found[spoken.candidate.thread.id] = spoken
        surest = sorted(found.values(), key=lambda s: -s.candidate.value)
        return [
            Judged(
                s.candidate.thread.id,
                "same_incident",
                _shares(asked, s.shared, s.candidate.cosine, who="a passage and the thread"),
                s.score,
                (s.candidate.nearest.id,),
                s.passage,
            )
            for s in surest
        ]

    def _spoken_of(self, passage: Passage, traits: Traits, dated: bool) -> mentions.Spoken | None:
        """The thread that a passage speaks of likeliest, of the nearest that share a sign."""
        signs = mentions.signs(traits)
        sharing: list[tuple[float, str]] = []
        for id_ in self._near:
            members = [m.traits for m in self._members(id_)]
            if not any(not signs.isdisjoint(m.words | m.joined | m.cves) for m in members):
                continue
            met = self._met(traits, id_, dated)
            if any(mentions.in_time(met, m) for m in members):
                flaw = any(traits.cves & m.cves for m in members)
                sharing.append((flaw + max(float(m.vector @ traits.vector) for m in members), id_))
        likely = sorted(sharing, reverse=True)[:LIKELY]
        weighed = (self._weighed(traits, id_, dated) for _, id_ in likely)
        return mentions.likeliest(passage, traits, weighed)

    def _related(
        self,
        asked: Asked,
        vector: Vector,
        said: Sequence[Claim],
        ranked: Sequence[Candidate],
        limit: int,
    ) -> list[Judged]:
        """Threads that hang together with the text as one thread does with another."""
        weights = self._fitted.links
        relations = Relations(replace(weights, floor=min(weights.floor, FLOOR)), usual=self._usual)
        for near in self._near.values():
            members = [Member(p.article, p.role, 1.0, "", "") for p in near.placed]
            vectors = {p.article.id: p.vector for p in near.placed}
            relations.put(near.thread, members, vectors, near.details)
        article = asked.article
        if not asked.dated and ranked:  # of the days of the thread that is likest it
            article = replace(article, published=_time(ranked[0].nearest.day))
        alone = Member(article, "first_report", 1.0, "", "")
        relations.put(
            self._thread(article, vector), [alone], {article.id: vector}, _ledger(article.at, said)
        )
        return [
            Judged(found.thread, found.relation, found.reason, found.score, ())
            for found in relations.related(_SELF, limit)
        ]

    def _thread(self, article: Article, vector: Vector) -> Thread:
        kind = kinds.kind_of([self._fitted.kind.scores(article.title, article.text, vector)])
        section = SECTION_OF_KIND[kind]
        return Thread(_SELF, article.title, kind, section, article.at, article.at, article.at, 1, 1)

    def names(self, asked: Asked, vector: Vector, article: int) -> list[str]:
        """Rare names and CVEs that the text shares with an article, the rarest first; none with one
        that is not near it."""
        if not self.threader.memory.holds(article):
            return []
        mine = self.threader.read(asked.article, vector).source.traits
        other = self.threader.memory.source(article).traits
        both = mine.names & other.names
        told = [n for n in both if mine.rarity[n] >= features.NAMING and worth_naming(n)]
        ranked = sorted(told, key=lambda n: (-mine.rarity[n], n))
        return [*sorted(mine.cves & other.cves), *ranked]

    # --- one thread

    def _source(self, id_: str, article: int) -> str:
        """The outlet of a member, as it is called."""
        named = (p.article.source for p in self._near[id_].placed if p.article.id == article)
        return next(named, "") or "another outlet"

    def _members(self, id_: str) -> Sequence[Source]:
        return self.threader.memory.thread(id_).members

    def _weighed(self, traits: Traits, id_: str, dated: bool) -> Candidate:
        near = {m.traits.id: float(m.traits.vector @ traits.vector) for m in self._members(id_)}
        return self.threader.weigh(self._met(traits, id_, dated), near)[0]

    def _met(self, traits: Traits, id_: str, dated: bool) -> Traits:
        """The text as this thread meets it: without a date, just after the likest of its days."""
        if dated:
            return traits
        nearest = max(self._members(id_), key=lambda m: float(m.traits.vector @ traits.vector))
        return replace(traits, day=nearest.traits.day + _MOMENT)

    def _with_nearest(self, judged: Judged, vector: Vector) -> Judged:
        """The same with the articles that are nearest to the text, or to its passage."""
        ranked = sorted(self._near[judged.thread].placed, key=lambda p: -float(p.vector @ vector))
        ids = dict.fromkeys([*judged.nearest, *(p.article.id for p in ranked)])
        return replace(judged, nearest=tuple(ids)[:NEAREST])


def _names(a: Traits, b: Traits) -> list[str]:
    """Names of both that stand in a title of either, the rarest first."""
    both = a.names & b.names & (a.title | b.title)
    return sorted(both, key=lambda n: (-a.rarity.get(n, 0.0), n))


def _shares(
    asked: Asked, shared: Sequence[str], cosine: float, *, who: str = "text and thread"
) -> str:
    """What a text and an article have in common, as the text writes it, and how alike they are:
    without a model that is not known."""
    *names, last = asked.named([name for name in shared if worth_naming(name)]) or [""]
    both = f"{', '.join(names)} and {last}" if names else last
    said = f"{who} name {both}" if both else "no rare name in common"
    return f"{said}; {_likeness(cosine)} in meaning ({cosine:.2f})" if cosine else said


def _likeness(cosine: float) -> str:
    """A cosine in words."""
    if cosine >= MUCH_ALIKE:
        return "much alike"
    return "alike" if cosine >= ALIKE else "little alike"


def _ledger(at: datetime, said: Sequence[Claim]) -> tuple[Detail, ...]:
    return details.consolidate([LedgerClaim(claim, _SELF, at, at) for claim in said])


def _time(day: float) -> datetime:
    return _EPOCH + timedelta(days=day)
