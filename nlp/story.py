"""What a thread's story is about, and whether a text is on it.

In: the members and the ledger. Out: who was hit, the names of the story, the year it began in; of a
text, whether it names the story (`names_it`, `mentions`) or can be on nothing else (`of_it`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property, lru_cache
from typing import Final

from breachwire.model import Member
from nlp import lexicon, speakers
from nlp.facts import Ledger
from nlp.patterns import says
from nlp.quotable import Quotable

_HIT: Final = ("breach", "supply-chain", "law", "campaign")
"""Kinds of thread in which "the company" may be the victim; elsewhere it is a vendor or nobody."""
_TOKEN: Final = re.compile(r"[A-Za-z0-9][\w.$@/-]*[\w$]")
_RUN: Final = re.compile(r"(?<=[a-z] )[A-Z][\w’-]+(?: [A-Z][\w’-]+)+")


class Story:
    """What one thread's reports tell of."""

    def __init__(self, members: Sequence[Member], ledger: Ledger) -> None:
        self._members = members
        self._ledger = ledger
        self._titles = " ".join(m.article.title for m in members)
        self.victims = ledger.victims() if self._hit() else []
        self._named_in: dict[str, bool] = {}
        self._mentioned: dict[str, int] = {}

    def _hit(self) -> bool:
        """Whether the thread is on who was hit."""
        if self._ledger.kind in _HIT:
            return True
        leading = self._ledger.victims()[:1]
        return self._ledger.kind == "other" and any(name in self._titles for name in leading)

    @property
    def single(self) -> bool:
        """Whether there is but one report: all that it says is on the story."""
        return len(self._members) == 1

    @cached_property
    def year(self) -> int:
        """The year in which the reporting began: earlier ones are background."""
        return min(m.article.at for m in self._members).year

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What the story is about: victims, actors, suppliers, flaws and counts, as written."""
        leading = self._ledger.leading(
            "victim", "actor", "third_party", "cve", "affected", "volume"
        )
        found = {d.lead.claim.evidence.quote for d in leading} | set(self.victims)
        return tuple(name for name in found if len(name) > 2)

    @cached_property
    def _subject(self) -> frozenset[str]:
        """Words of the titles that name something."""
        return frozenset(
            word.lower()
            for word in _TOKEN.findall(self._titles)
            if not word.islower() and not word.isdigit() and not _common(word)
        )

    @cached_property
    def _phrases(self) -> tuple[str, ...]:
        """Names of plain words ("Open Gate"): what a text writes in capitals and a title has."""
        titles = self._titles.lower()
        found = {p for m in self._members for p in _capitalised(m.article.text)}
        return tuple(p for p in found if p.lower() in titles)

    @cached_property
    def _means(self) -> tuple[str, ...]:
        """How it was done and through whom, in the sources' words."""
        leading = self._ledger.leading("attack_type", "actor", "third_party")
        found = {d.lead.claim.evidence.quote.lower() for d in leading}
        return tuple(words for words in found if len(words) > 4)

    def names_it(self, text: str) -> bool:
        """Whether a text names what the thread is about: who was hit, who did it, what has the
        flaw, or what a title names; so does any text where none of these is known."""
        if text not in self._named_in:
            self._named_in[text] = self._names(text)
        return self._named_in[text]

    def _names(self, text: str) -> bool:
        if any(name in text for name in (*self.names, *self._phrases)):
            return True
        words = {word.lower() for word in _TOKEN.findall(text)}
        words |= {part for word in words for part in (word.removesuffix("s"), *word.split("-"))}
        return bool(words & self._subject) or not (self.names or self._subject or self._phrases)

    def mentions(self, passage: Quotable) -> int:
        """How many of the story's names a passage has, three at most."""
        if passage.text not in self._mentioned:
            self._mentioned[passage.text] = min(3, sum(n in passage.text for n in self.names))
        return self._mentioned[passage.text]

    def of_it(self, text: str) -> bool:
        """Whether a text can only be on this incident, once a page has said which: it speaks of
        "the intruders", of the means the ledger knows, somebody has the word in it, or there is but
        one report."""
        if self.single or says("asides", "incident", text) or speakers.speaks(text):
            return True
        if says("asides", "own_subject", text):
            return True
        low = text.lower()
        return any(words in low for words in self._means)


@lru_cache(maxsize=1024)
def _capitalised(text: str) -> frozenset[str]:
    """Runs of capitalised words behind a word in small letters."""
    return frozenset(_RUN.findall(text))


def _common(word: str) -> bool:
    """Whether a title's word is plain English, in capitals or not."""
    low = word.lower()
    return low in lexicon.common() or low.removesuffix("s") in lexicon.common()
