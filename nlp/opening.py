"""An article's passages and voices → how it stands to its incident as a whole.

Who confirms it (the first victim, else authority, in the opening), who claims it in the headline,
who tells it where no party does, and who rejects it: what facts inherit that no act governs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from breachwire.model import AsserterKind
from nlp import denials, doubts
from nlp.patterns import one
from nlp.reading import Passage
from nlp.says import Say
from nlp.voices import Voices

_HEADING: Final = 6
"""Characters before a headline's subject: a quote mark, an article."""
READ: Final = 8
"""Passages in which the other side is looked for: a summary's length."""
_PLAIN: Final = frozenset(
    ["researchers", "experts", "analysts", "cybersecurity", "security", "researcher"]
)


class Opening:
    """The parties' stands, each by the act that shows it; None where nobody takes it."""

    def __init__(self, passages: Sequence[Passage], voices: Voices) -> None:
        self._passages = passages
        self._voices = voices
        self.court = any(
            one("speech", "court").search(passage.low) for passage in passages if passage.index <= 1
        )
        self.claims = [
            say for passage in passages for say in self._voices.of(passage) if say.act == "claim"
        ]
        self.held = bool(self.claims) or any(
            one("voices", "offered").search(passage.low) for passage in passages if passage.opens
        )
        self.contested = doubts.contested(passages, voices)
        self._retracted = doubts.retracted(passages)
        self.rejected = self._rejecting()
        self.confirmer = self._first(("victim",)) or self._first(("authority",))
        self.confirmer = self.confirmer or self._further(("victim",))
        if self.rejected and self.confirmer and self.confirmer.act == "say":
            # "Its trains run as usual" confirms nothing where the breach is denied.
            self.confirmer = None
        self.claimer = None if self.confirmer else self._claiming()
        self.teller = self._telling()
        shown = (self._voices.shower(passage, sure=True) for passage in passages[:2])
        self.shown = next((say for say in shown if say), None)

    def _claiming(self) -> Say | None:
        """The attacker whose claim is the headline: what follows unattributed is part of it."""
        opens = (
            say
            for say in self._voices.of(self._passages[0])
            if say.act == "claim" and say.speaker[0] < _HEADING
        )
        return next(opens, None)

    def _first(self, kinds: Sequence[AsserterKind]) -> Say | None:
        """The first of a kind that states something in the article's opening, text before title."""
        found = [
            say
            for passage in sorted(self._passages, key=lambda p: p.where == "title")
            if passage.opens and not self._baseless(passage)
            for say in self._voices.of(passage)
            if say.firm and say.kind in kinds and self.sure(passage, say)
        ]
        return next(iter(found), None)

    def _further(self, kinds: Sequence[AsserterKind]) -> Say | None:
        """Who states right behind the opening, in words of what happened, what nobody contests."""
        if self.contested or self.rejected or self._retracted or self.court:
            return None
        found = [
            say
            for passage in self._passages[:READ]
            if not passage.opens and not self._baseless(passage)
            for say in self._voices.of(passage)
            if say.firm and say.kind in kinds
            and doubts.solid(passage, say, self._voices.of(passage))
        ]  # fmt: skip
        return next(iter(found), None)

    def sure(self, passage: Passage, say: Say) -> bool:
        """Whether what victim or authority says there confirms: in doubt its words must."""
        if not self.contested or say.kind == "authority":
            return True
        if self._retracted:
            return False
        return doubts.solid(passage, say, self._voices.of(passage))

    def _baseless(self, passage: Passage) -> bool:
        """Whether a passage is a denial and no confirmation beside it."""
        low = passage.low
        partly = one("speech", "partly").search(low)
        key = "rejects" if self.held else "baseless"
        return (bool(one("speech", key).search(low)) and not partly) or denials.flat(passage)

    def _telling(self) -> Say | None:
        """Who tells the incident in the opening where no party to it does: a researcher."""
        found = [
            say
            for passage in self._passages
            if passage.opens
            for say in self._voices.of(passage)
            if say.kind == "researcher" and say.act in ("say", "confirm", "act")
        ]
        return next(iter([say for say in found if named(say)] or found), None)

    def _rejecting(self) -> Say | None:
        """Who rejects the claims or the breach as a whole."""
        for passage in self._passages[:READ]:
            says = [say for say in self._voices.of(passage) if say.act != "claim"]
            against = one("speech", "whole").search(passage.low) or denials.flat(passage)
            if against and says:
                return says[0]
        return None

    def disputes(self, passage: Passage, start: int, end: int) -> bool:
        """Whether the other side rejects a claimed fact somewhere in the article."""
        if self.rejected and not self.confirmer:
            return True
        words = re.findall(r"[a-z]{5,}|\d[\d.,]+", passage.low[max(0, start - 25) : end + 10])
        for other in self._passages[:READ]:
            says = self._voices.of(other)
            claim = next((s for s in says if s.act == "claim"), None) if other is passage else None
            if denials.rejected(other, says, words, claim):
                return True
        return False


def named(say: Say) -> bool:
    """Whether a speaker is named, not "cybersecurity researchers"."""
    words = say.passage.text[slice(*say.speaker)].split()
    return any(word[:1].isupper() and word.lower() not in _PLAIN for word in words)
