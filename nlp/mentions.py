"""A roundup's passages → the threads that they speak of.

In: the threader with its memory, a roundup, its passages and their vectors. Out: `Mention`s. A
passage is read as an article of its own and weighed against the threads by the same judgement; but
passages are short, and a false mention is worse than a missed one. So beyond a bar of its own it
must share a CVE or a telling name with what the thread is about, name nothing telling that the
thread does not know, and the thread must be news within days of the roundup.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from breachwire.model import Article, Mention
from nlp import lexicon
from nlp.features import TELLING, Traits, stem
from nlp.passages import Passage
from nlp.thread import Candidate, Threader

if TYPE_CHECKING:
    from breachwire.model import Vectors

BAR: Final = 0.0
"""Log-odds from which a passage speaks of a thread."""
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
_SERIAL: Final = re.compile(r"\bKEV\b|\bKnown Exploited\b|\bPatch Tuesday\b|\bsecurity updates\b", re.I)
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
    def sure(self) -> bool:
        """Whether it is a mention."""
        value, cosine = self.candidate.value, self.candidate.cosine
        if value < BAR or self.other_cves:
            return False
        if self.cves:
            return True
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
    """Which threads the roundup speaks of: the best passage each, and of each passage the best
    thread. `vectors`: a row a passage, of `text_of`."""
    best: dict[str, Spoken] = {}
    for spoken in weighed(threader, article, passages, vectors):
        thread = spoken.candidate.thread.id
        if spoken.sure and (
            thread not in best or spoken.candidate.value > best[thread].candidate.value
        ):
            best[thread] = spoken
    found = [_mention(article, spoken) for spoken in best.values()]
    return sorted(found, key=lambda m: (m.where != "title", m.start, m.thread))


def weighed(
    threader: Threader, article: Article, passages: Sequence[Passage], vectors: Vectors
) -> Iterator[Spoken]:
    """Each passage with the likeliest thread of its time, where there is any."""
    for passage, vector in zip(passages, vectors, strict=True):
        traits = threader.read(_alone(article, passage), vector).source.traits
        near = {
            id_: cosine
            for id_, cosine in threader.memory.candidates(traits).items()
            if _in_time(traits, threader.memory.source(id_).traits)
        }
        likely = threader.weigh(traits, near)
        if likely:
            best = max((_spoken(passage, traits, c) for c in likely), key=_order)
            yield best


def _order(spoken: Spoken) -> tuple[bool, float]:
    return spoken.sure, spoken.candidate.value


def _alone(article: Article, passage: Passage) -> Article:
    """The passage as an article of its own."""
    key = f"{article.content_hash}:{passage.where}:{passage.start}:{passage.end}"
    return replace(article, title=said(passage), text=passage.body, credit="", content_hash=key)


def _in_time(traits: Traits, member: Traits) -> bool:
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
    value = max(-30.0, min(30.0, spoken.candidate.value))
    shared = [*sorted(spoken.cves), *(spoken.names or spoken.phrases or spoken.makers)[:3]]
    return Mention(
        article=article.id,
        thread=spoken.candidate.thread.id,
        where=spoken.passage.where,
        start=spoken.passage.start,
        end=spoken.passage.end,
        score=round(1.0 / (1.0 + math.exp(-value)), 4),
        reason=f"shares {', '.join(shared)}; cosine {spoken.candidate.cosine:.2f}",
    )
