"""A roundup's passages → the threads that they speak of.

In: the threader with its memory, a roundup, its passages and their vectors. Out: `Mention`s. A
passage is read as an article of its own and weighed against the threads by the same judgement; but
passages are short, and a false mention is worse than a missed one. So beyond a bar of its own it
must share a CVE or a telling name with what the thread is about, name nothing telling that the
thread does not know, and the thread must be news within days of the roundup.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from breachwire.model import Article, Mention
from nlp import lexicon
from nlp.features import TELLING, Traits, stem
from nlp.odds import chance
from nlp.passages import Passage
from nlp.thread import Threader
from nlp.weigh import Candidate

if TYPE_CHECKING:
    from breachwire.model import Vector, Vectors

BAR: Final = 0.0
"""Log-odds from which a passage speaks of a thread."""
BAR_CVE: Final = -4.0
"""The same where they share a CVE that the thread is about: a catalogue's line on it says little
else, and what else could it be."""
BOLD: Final = 3.0
"""Log-odds from which a telling name outweighs an unknown one: headlines write verbs as names."""
ALIKE: Final = 0.45
"""Cosine below which a shared name alone is another matter (a company's purchase, its breach)."""
VERY_ALIKE: Final = 0.7
"""Cosine from which two plain words in a row ("gym chain") serve for a name. These four were set
by reading every pair above log-odds of -1 in two labelled windows (`evals/mentions`)."""
BEFORE: Final = 10.0
AFTER: Final = 3.0
"""Days before and after the roundup within which a thread must have been reported on: recaps look
back on a week or so, and some reports come after the recap."""
MAKER: Final = 4.5
"""Rarity of a name that counts where all else speaks for it: one article in 90 or fewer. Below it
are Microsoft, Google, Cisco, whom every week has several threads on."""
_SERIAL: Final = re.compile(
    r"\bKEV\b|\bKnown Exploited\b|\bPatch Tuesday\b|\bsecurity updates\b", re.I
)
"""Events whose wording comes back every week: only a name or a CVE tells one from another."""
CORE: Final = 3
"""What one in three of a thread's articles has, the thread is about."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A passage and a thread that it may speak of, weighed."""

    passage: Passage
    candidate: Candidate
    cves: frozenset[str]
    """Shared ones."""
    other_cves: bool
    """The passage has CVEs and the thread is about none of them."""
    names: tuple[str, ...]
    """Shared telling names, rarest first."""
    makers: tuple[str, ...]
    """Shared names that are less telling: vendors much in the news."""
    phrases: tuple[str, ...]
    """Shared pairs of words of the titles, run together, rarest first."""
    strangers: frozenset[str]
    """Telling names of the passage that the thread does not know."""

    @property
    def score(self) -> float:
        """Probability that the passage speaks of it."""
        return round(chance(self.candidate.value), 4)

    @property
    def shared(self) -> list[str]:
        """CVEs and stems of names that both say, the telling first."""
        return [*sorted(self.cves), *(self.names or self.phrases or self.makers)[:3]]

    @property
    def reason(self) -> str:
        """In words."""
        return f"shares {', '.join(self.shared)}; cosine {self.candidate.cosine:.2f}"

    @property
    def sure(self) -> bool:
        """Whether it is a mention."""
        value, cosine = self.candidate.value, self.candidate.cosine
        if self.cves:
            return value >= BAR_CVE
        if value < BAR or self.other_cves:
            return False
        if self.names:
            return cosine >= ALIKE and (not self.strangers or value >= BOLD)
        if self.strangers or cosine < VERY_ALIKE:
            return False
        return bool(self.phrases) or (bool(self.makers) and value >= BOLD)


def text_of(passage: Passage) -> str:
    """What is embedded of a passage."""
    return f"{said(passage)}. {passage.body}" if passage.body else said(passage)


def said(passage: Passage) -> str:
    """A passage's own title, under what stands over it."""
    return f"{passage.head} {passage.title}".strip()


def mentions(
    threader: Threader, article: Article, passages: Sequence[Passage], vectors: Vectors
) -> list[Mention]:
    """Which threads the roundup speaks of. `vectors`: a row a passage, of `text_of`."""
    read = [
        (passage, read_passage(threader, article, passage, vector))
        for passage, vector in zip(passages, vectors, strict=True)
    ]
    return best(article, [judge(threader, passage, traits) for passage, traits in read])


def read_passage(threader: Threader, article: Article, passage: Passage, vector: Vector) -> Traits:
    """The passage as the threader reads an article."""
    return threader.read(_alone(article, passage), vector).source.traits


def judge(threader: Threader, passage: Passage, traits: Traits) -> Spoken | None:
    """The thread of its time that the passage speaks of likeliest; None: there is none at all."""
    near = {
        id_: cosine
        for id_, cosine in threader.memory.candidates(traits).items()
        if in_time(traits, threader.memory.source(id_).traits)
    }
    return likeliest(passage, traits, threader.weigh(traits, near))


def likeliest(passage: Passage, traits: Traits, candidates: Iterable[Candidate]) -> Spoken | None:
    """The one of threads, weighed, that the passage speaks of likeliest; None for none."""
    return max((_spoken(passage, traits, c) for c in candidates), key=_order, default=None)


def best(article: Article, judged: Iterable[Spoken | None]) -> list[Mention]:
    """One passage, the surest, for each thread that is spoken of, in the roundup's order."""
    found: dict[str, Spoken] = {}
    for spoken in judged:
        if spoken is None or not spoken.sure:
            continue
        known = found.setdefault(spoken.candidate.thread.id, spoken)
        if spoken.candidate.value > known.candidate.value:
            found[spoken.candidate.thread.id] = spoken
    made = [_mention(article, spoken) for spoken in found.values()]
    return sorted(made, key=lambda m: (m.where != "title", m.start, m.end))


def signs(traits: Traits) -> frozenset[str]:
    """What of a passage a thread must share to be spoken of: without any, judging is idle."""
    words = {w for w in traits.words if traits.rarity[w] >= MAKER}
    return traits.cves | words | {j for j in traits.joined if traits.rarity[j] >= TELLING}


def _order(spoken: Spoken) -> tuple[bool, float]:
    return spoken.sure, spoken.candidate.value


def _alone(article: Article, passage: Passage) -> Article:
    """The passage as an article of its own."""
    key = f"{article.content_hash}:{passage.where}:{passage.start}:{passage.end}"
    return replace(article, title=said(passage), text=passage.body, credit="", content_hash=key)


def in_time(traits: Traits, member: Traits) -> bool:
    """Whether a roundup of that time may speak of the member's event."""
    near = -AFTER <= traits.day - member.day <= BEFORE
    return near or bool(traits.cves & member.cves)


def _spoken(passage: Passage, traits: Traits, candidate: Candidate) -> Spoken:
    members = [m.traits for m in candidate.thread.sample()]
    named = {w for w in traits.words if _named(w, traits)}
    own = frozenset(w for w in named if traits.rarity[w] >= TELLING)
    phrases = frozenset(j for j in traits.joined if traits.rarity[j] >= TELLING)
    about = _core(_names(m) for m in members) - _places()
    cves = traits.cves & _core(m.cves for m in members)
    names = (own | phrases) & about
    makers = {w for w in named & about if MAKER <= traits.rarity[w] < TELLING}
    same_phrases = phrases & _core(m.joined for m in members)
    everything = frozenset().union(*(m.words | m.joined for m in members))
    return Spoken(
        passage,
        candidate,
        cves,
        bool(traits.cves and not cves),
        _by_rarity(names, traits),
        _by_rarity(makers, traits),
        () if _SERIAL.search(said(passage)) else _by_rarity(same_phrases, traits),
        frozenset(name for name in own - everything if not name[0].isdigit()),
    )


def _named(word: str, traits: Traits) -> bool:
    """Whether it is a name; "fast16" is one, however small its makers write it."""
    return word in traits.names or (word[0].isalpha() and any(c.isdigit() for c in word))


def _names(traits: Traits) -> frozenset[str]:
    named = frozenset(word for word in traits.words if _named(word, traits))
    return named | traits.victim


def _core(words: Iterable[frozenset[str]]) -> frozenset[str]:
    """What a third of the members have: what the thread is about."""
    each = list(words)
    counted = Counter(word for some in each for word in some)
    return frozenset(word for word, times in counted.items() if CORE * times >= len(each))


@cache
def _places() -> frozenset[str]:
    """Places, as words of text: an attack elsewhere in Texas is another one."""
    both = lexicon.words("places", "names") | lexicon.words("places", "adjectives")
    return frozenset(stem(word) for place in both for word in place.split())


def _by_rarity(words: Iterable[str], traits: Traits) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda w: (-traits.rarity[w], w)))


def _mention(article: Article, spoken: Spoken) -> Mention:
    return Mention(
        article=article.id,
        thread=spoken.candidate.thread.id,
        where=spoken.passage.where,
        start=spoken.passage.start,
        end=spoken.passage.end,
        score=spoken.score,
        reason=spoken.reason,
    )
