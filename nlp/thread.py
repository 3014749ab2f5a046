"""Articles, one by one → the thread each joins or opens, and why.

In: an article and its vector. Out: a `Placement`. `Threader.decide` weighs evidence against every
likely thread (`nlp.features`): first article by article, then thread by thread, so that one close
member does not carry a merge that the rest contradict. `accept` makes a placement part of the
state. The weights are in `parameters/join.json`, fitted by `nlp.train`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any, Final

from breachwire.model import Article, Kind, Placed, Placement, Role, thread_id
from nlp import claims, copies, features
from nlp import kind as kinds
from nlp.archive import Archive
from nlp.copies import Source
from nlp.evidence import (
    Parameters,
    shipped,
)
from nlp.features import Traits
from nlp.odds import chance
from nlp.roundup import is_roundup
from nlp.rules import Rules
from nlp.standing import Memory, Standing
from nlp.weigh import Candidate, Look, Scales

if TYPE_CHECKING:
    from breachwire.model import Vector

OPENING: Final = 600
"""Characters of a text in which its own incident's victim is named; later ones are background."""
LONG_SILENCE: Final = 30.0
REPORT_DAYS: Final = 3.0
"""A member within three days of the thread's first is a report, a later one a follow-up."""


@dataclass(frozen=True, slots=True)
class Read:
    """An article as the threader reads it."""

    source: Source
    kind: Any


class ReadAgain:
    """One that was placed before. Its kind is weighed when it is asked for: of an archived article
    that a decision is made by, hardly ever."""

    def __init__(self, source: Source, kind: Callable[[], Any]) -> None:
        self.source: Final = source
        self._kind = kind

    @cached_property
    def kind(self) -> Any:
        return self._kind()


class Threader:
    """Places articles in threads; holds what it needs of the placed ones in memory, with an archive
    of those of two months.

    What one article costs, whatever is stored, `bench.threader` measures. Not thread-safe: one
    threader per store.
    """

    def __init__(
        self,
        parameters: Parameters | None = None,
        *,
        vocabulary: features.Vocabulary | None = None,
        kind_model: kinds.Model | None = None,
        archive: Archive | None = None,
    ) -> None:
        """Without arguments, the shipped parameters; `nlp.train` and `evals` hand in others. With
        an archive, memory holds the last two months and asks it for the rest."""
        self.parameters = parameters or shipped()
        self._vocabulary = vocabulary or features.vocabulary()
        self._kinds = kind_model or kinds.model()
        self.memory = Memory(self._vocabulary, archive, self._read_again)
        self.rules = Rules()
        """What editors said of pairs; whoever runs the threader keeps it current."""
        self._scales = Scales(self.memory, self.parameters.pair)
        self._last_read: tuple[tuple[int, str], Read] | None = None

    # --- state

    def restore(self, placed: Iterable[Placed], since: datetime | None = None) -> None:
        """Take up where an earlier run ended, from all placed articles in order of time. With an
        archive, from those since `counted_since`: of articles before `since` only the words are
        counted."""
        for item in placed:
            if item.thread is None or item.roundup:
                continue
            article = item.article
            if since is not None and article.at < since:
                words = features.words_of(article.title) | features.words_of(
                    features.clean(article.text)
                )
                self.memory.recall(article.id, _day(article), words, item.thread)
            else:
                self._put(self._read_again(item), item.thread, opens=True)
        self.memory.complete()

    def accept(self, article: Article, vector: Vector, placement: Placement) -> None:
        """Make a placement part of the state; an article that stands somewhere already moves."""
        if placement.thread is not None:
            opens = placement.thread == thread_id(article.id) and article.revision == 1
            self._put(self.read(article, vector), placement.thread, opens=opens)

    def move(self, article: int, thread: str | None) -> bool:
        """Follow an edit: the article stands in `thread` now, None: in none. False where it is not
        in memory (a roundup): `accept` takes it in."""
        return self.memory.move(article, thread)

    def _put(self, read: Read | ReadAgain, thread: str, *, opens: bool) -> None:
        self.memory.put(read.source, read.kind, thread, opens=opens)

    # --- decision

    def expect(self, articles: Iterable[tuple[Article, Vector]]) -> None:
        """Which articles are decided on next; to say so changes nothing but the cost."""
        articles = list(articles)
        claims.expect([_opening(article) for article, _ in articles])
        self.memory.expect(
            ((vector, _day(article)) for article, vector in articles),
            ((article.title, article.text) for article, _ in articles),
        )

    def decide(self, article: Article, vector: Vector) -> Placement:
        """Where the article belongs. Changes no state; the same state gives the same answer."""
        if is_roundup(article.title, article.text):
            return Placement(
                article.id, None, "mention", 1.0, "roundup", "many events", "other", roundup=True
            )
        read = self.read(article, vector)
        ruled, barred = self._ruled(article.id)
        if ruled is not None:
            partner, thread = ruled
            reason = f"an editor put it with article {partner}"
            return replace(self._join(read, thread, 1.0, reason, None), method="rule")
        near = {
            id_: cosine
            for id_, cosine in self.memory.candidates(read.source.traits).items()
            if self.memory.thread_of(id_) not in barred
        }
        copied = self._copied(read.source, near)
        if copied is not None:
            original, sign = copied
            return self._join(read, self.memory.thread_with(original), 0.99, sign, original)
        best = max(self.weigh(read.source.traits, near), key=lambda c: c.value, default=None)
        if best is None or not self.joins(read.source.traits, best):
            kind = kinds.kind_of([read.kind])
            closest = f"; closest {best.value:+.1f}" if best else ""
            return Placement(
                article.id,
                thread_id(article.id),
                "first_report",
                1.0,
                "opens",
                f"nothing like it before{closest}",
                kind,
            )
        return self._join(
            read,
            best.thread,
            chance(best.value),
            reason_of(self, read.source.traits, best),
            None,
        )

    def _ruled(self, article: int) -> tuple[tuple[int, Standing] | None, set[str | None]]:
        """The partner whom the article must stand with, and that one's thread; the threads that
        hold one whom it must not stand with."""
        barred = {self.memory.thread_of(id_) for id_ in self.rules.must_not(article)}
        for partner in self.rules.must(article):
            if (thread := self.memory.thread_of(partner)) is not None and thread not in barred:
                return (partner, self.memory.thread(thread)), barred
        return None, barred

    def joins(self, traits: Traits, candidate: Candidate) -> bool:
        """Whether an article would join the candidate's thread."""
        return candidate.value >= self._bar(traits, candidate.thread)

    def _bar(self, traits: Traits, thread: Standing) -> float:
        silence = max(traits.day - thread.last, thread.first - traits.day)
        after = silence > LONG_SILENCE
        return self.parameters.join_after_silence if after else self.parameters.join

    def _join(
        self, read: Read, thread: Standing, score: float, reason: str, original: int | None
    ) -> Placement:
        traits = read.source.traits
        if original is None:
            original = next(
                (m.traits.id for m in thread.members if copies.credits(read.source, m)), None
            )
            reason = f"{reason}; credits it" if original is not None else reason
        role: Role = "report" if traits.day - thread.first <= REPORT_DAYS else "follow_up"
        others = [s for id_, s in self.memory.scores(thread) if id_ != traits.id]
        kind: Kind = kinds.kind_of([*others, read.kind])
        copy = original is not None
        return Placement(
            article=traits.id,
            thread=thread.id,
            role="copy" if copy else role,
            score=round(score, 4),
            method="copy" if copy else "joins",
            reason=reason,
            kind=kind,
            copy_of=original,
        )

    def read(self, article: Article, vector: Vector) -> Read:
        """Traits, signs of a copy and kind scores; `decide` and `accept` share one reading."""
        key = (article.id, article.content_hash)
        if self._last_read is not None and self._last_read[0] == key:
            return self._last_read[1]
        source = self._source(article, vector, _victims(article))
        read = Read(source, self._kinds.scores(article.title, article.text, vector))
        self._last_read = (key, read)
        return read

    def _read_again(self, placed: Placed) -> ReadAgain:
        """What the archive gives: whom it names as hit, its claims say already."""
        article, vector, victims = placed.article, placed.vector, placed.victims
        hit = (
            _victims(article)
            if victims is None
            else [name for start, name in victims if start is None or start < OPENING]
        )
        kind = partial(self._kinds.scores, article.title, article.text, vector)
        return ReadAgain(self._source(article, vector, hit), kind)

    def _source(self, article: Article, vector: Vector, victims: Sequence[str]) -> Source:
        traits = features.traits_of(
            article.id,
            article.title,
            article.text,
            source=article.source,
            family=article.family,
            day=_day(article),
            year_month=(article.at.year, article.at.month),
            vector=vector,
            vocabulary=self._vocabulary,
            victims=victims,
        )
        return copies.source_of(traits, article.text, article.authors, article.credit)

    def _copied(self, source: Source, near: dict[int, float]) -> tuple[int, str] | None:
        """The earliest article this one copies, and by which sign."""
        for id_ in sorted(near, key=lambda i: self.memory.source(i).traits.day):
            sign = copies.sign_of_copy(source, self.memory.source(id_))
            if sign is not None:
                return id_, f"{sign} as {self.memory.source(id_).traits.source}"
        return None

    def weigh(self, traits: Traits, near: Mapping[int, float]) -> list[Candidate]:
        """The likeliest threads of an article that comes in, each weighed as a whole."""
        return self._scales.weigh(traits, near, self.parameters.whole)

    def look(self, article: int) -> Look:
        """Whom an article that stands in a thread is near."""
        traits = self.memory.source(article).traits
        return Look(traits, self.memory.candidates(traits), self.memory.guests)

    def near(self, look: Look, odds: float) -> list[int]:
        """Articles that make one event with the one looked at, at `odds` (log-odds) or better, pair
        by pair."""
        self.memory.guests = look.guests
        near = look.near.items()
        return [i for i, c in near if self._scales.pair(look.traits, i, c).value >= odds]

    def weigh_again(self, look: Look) -> list[Candidate]:
        """The likeliest threads of the article looked at, its own without it among them where
        others stand there."""
        self.memory.guests = look.guests
        return self._scales.weigh(look.traits, look.near, self.parameters.again)

    def alike(self, one: Standing, other: Standing) -> tuple[float, float]:
        """Log-odds that two threads in memory are one event: as wholes; article by article."""
        return self._scales.alike(one, other, self.parameters.again)


def _day(article: Article) -> float:
    return article.at.timestamp() / 86400


def _opening(article: Article) -> Article:
    """An article's title and the beginning of its text."""
    return replace(article, text=article.text[:OPENING])


@lru_cache(maxsize=1 << 13)
def _victims(article: Article) -> tuple[str, ...]:
    """Whom the title and the opening give as hit, in the order in which they name them. Training
    asks thrice for each article of a window."""
    said = claims.extract(_opening(article))
    actors = {str(c.value).casefold() for c in said if c.field == "actor"}
    hit = {
        (c.evidence.where != "title", c.evidence.start, str(c.value))
        for c in said
        if c.field == "victim" and str(c.value).casefold() not in actors
    }
    return tuple(name for _, _, name in sorted(hit))


def reason_of(threader: Threader, mine: Traits | int, best: Candidate) -> str:
    """Why an article (its traits, or its id where it is in memory) is likely of a thread, for
    people: shared CVEs and rare names, then the cosine."""
    if isinstance(mine, int):
        mine = threader.memory.source(mine).traits
    other = best.nearest
    shared = sorted(mine.cves & other.cves)
    names = mine.names & other.names & (mine.title | other.title)
    shared += sorted(names, key=lambda n: (-mine.rarity.get(n, 0.0), n))[:3]
    said = f"shares {', '.join(shared)}; " if shared else ""
    return f"{said}cosine {best.cosine:.2f}"
