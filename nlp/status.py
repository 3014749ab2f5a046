"""A fact's place in its article → its status, who says so, and on what basis.

Rules, in order, for a span in a sentence:
1. denied: a denial or negation governs its clause (`denials`); disputed where an attacker holds it.
2. claimed: an attacker's act of speech governs it (`voices`), or a hedge does ("allegedly"), or, for
   an actor, the actor claims it; disputed where the article has the other side reject it.
3. confirmed: victim or authority states it; or the article's opening has victim or authority confirm
   the incident and the fact stands in that opening, unclaimed. Not where they leave it open.
4. claimed: what opens an article whose headline is an attacker's claim and which nobody confirms.
5. reported: anything else; the asserter is the researcher or outlet whom the opening names.
A claim or denial never comes out as confirmed: rules 1 and 2 go before 3.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from breachwire.model import AsserterKind, Basis, Status
from nlp import denials
from nlp.patterns import one
from nlp.reading import Passage
from nlp.roles import Party
from nlp.voices import Say, Voices

_HEADING: Final = 6
"""Characters before a headline's subject: a quote mark, an article."""
_HEDGE_REACH: Final = 110
"""Characters behind "allegedly" that it covers."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A status with its source; `passage` and `span` cut the asserter's name, if any."""

    status: Status
    passage: Passage | None
    span: tuple[int, int] | None
    kind: AsserterKind | None
    basis: Basis | None

    @property
    def asserter(self) -> str | None:
        """The asserter's name as it stands."""
        if self.passage is None or self.span is None:
            return None
        return self.passage.text[slice(*self.span)]


def settle(voices: Sequence[Voice]) -> Voice:
    """The voice of one fact said several times in an article: the first, but disputed where what is
    claimed or confirmed here is denied there."""
    held = next((voice for voice in voices if voice.status in ("claimed", "confirmed")), None)
    if held and any(voice.status == "denied" for voice in voices):
        return (
            replace(held, status="disputed")
            if held.status == "claimed" or held is voices[0]
            else voices[0]
        )
    return voices[0]


class Stance:
    """How an article stands to its incident: who speaks in which passage, who confirms it."""

    def __init__(self, passages: Sequence[Passage], parties: Sequence[Party]) -> None:
        self._passages = passages
        self._voices = Voices(passages, _roles(parties))
        self._court = any(
            one("speech", "court").search(passage.low) for passage in passages if passage.index <= 1
        )
        self._claims = [
            say for passage in passages for say in self._voices.of(passage) if say.act == "claim"
        ]
        self._held = bool(self._claims) or any(
            one("voices", "offered").search(passage.low) for passage in passages if passage.opens
        )
        self._rejected = self._rejecting()
        self._confirmer = self._first(("victim",)) or self._first(("authority",))
        if self._rejected and self._confirmer and self._confirmer.act == "say":
            # "Its trains run as usual" confirms nothing where the breach is denied.
            self._confirmer = None
        self._claimer = None if self._confirmer else self._claiming()
        self._teller = self._telling()
        shown = (self._voices.shower(passage, sure=True) for passage in passages[:2])
        self._shown = next((say for say in shown if say), None)

    def of(self, passage: Passage, start: int, end: int) -> Voice:
        """Status of the fact in `passage.low[start:end]`."""
        says = self._voices.of(passage)
        governing = _governing(passage, says, start)
        basis = self._basis(passage)
        speaks = any(s.act != "claim" and _speaks(s, passage, start, end) for s in says)
        if not speaks and denials.denied(passage, start, end, says):
            return self._denial(passage, says)
        flat = denials.flat(passage) and any(say.act != "claim" for say in says)
        if flat and (governing is None or governing.act != "claim"):
            return self._denial(passage, says)
        if governing and governing.act == "claim":
            return self._claimed(passage, start, end, governing, basis or "leak_site")
        deed = self._court or (governing is not None and governing.act == "act")
        if self._hedged(passage, start, end) and not deed:
            claim = next((say for say in says if say.act == "claim"), None)
            claim = claim or self._voices.shower(passage) or self._shown
            return self._claimed(passage, start, end, claim, basis)
        if governing is None and one("speech", "unproven").search(passage.low):
            return self._left(basis)
        firm = governing if governing and governing.firm else None
        firm = firm or (None if governing else next((s for s in says if s.firm), None))
        if firm and not self._open(passage) and not self._doubted(passage, firm):
            if _listed(passage, firm, start):
                return Voice("confirmed", passage, (start, end), "victim", basis or "statement")
            return _voiced("confirmed", firm, basis or "statement")
        if firm and firm.kind == "authority" and self._rejected:
            return _voiced("disputed", firm, basis or "statement")
        if (
            governing is None
            and not says
            and not self._confirmer
            and one("voices", "offered").search(passage.low)
        ):
            return self._claimed(passage, start, end, None, basis)
        if governing and governing.act == "open":
            return self._left(basis)
        return self._unsaid(passage, governing, basis)

    def of_actor(self, passage: Passage, start: int, end: int) -> Voice:
        """Status of an attribution to the actor named at `passage.low[start:end]`."""
        for say in self._voices.of(passage):
            named = say.passage is passage and _touches(say.speaker, start, end)
            if say.act == "claim" and named and not say.aside and not self._court:
                return _voiced("claimed", say, self._basis(passage) or "leak_site")
        shower = self._voices.shower(passage)
        if shower and _touches(shower.speaker, start, end) and not self._court:
            return _voiced("claimed", shower, self._basis(passage) or "leak_site")
        voice = self.of(passage, start, end)
        if voice.status == "confirmed" and voice.passage is not passage and voice.kind == "victim":
            # Who did it is seldom the victim's word unless the victim says it in that sentence.
            return Voice("reported", None, None, "outlet", "report")
        return voice

    def _sure(self, claim: Say, passage: Passage, start: int) -> bool:
        """Whether an attacker only claims a deed as its own that the article tells without it."""
        spelled = one("speech", "spelled").search(passage.low, claim.end, max(claim.end, start))
        if spelled:
            return False
        return claim.credit and (self._claimer is None or not self._claimer.credit)

    def _doubted(self, passage: Passage, firm: Say) -> bool:
        """Whether what victim or authority states is no confirmation: it rejects what others hold,
        or, an authority's, the victim rejects it."""
        if self._rejected and not self._confirmer and firm.act == "say":
            return True
        if firm.kind == "authority":
            return self._rejected is not None and self._rejected.kind == "victim"
        partly = one("speech", "partly").search(passage.low)
        against = one("speech", "rejects").search(passage.low)
        return self._held and not self._confirmer and bool(against) and not partly

    def _unsaid(self, passage: Passage, governing: Say | None, basis: Basis | None) -> Voice:
        """What no act in the sentence settles: by who confirms, claims or tells the incident."""
        other = governing if governing and governing.act != "deny" else None
        if other and self._teller and other.kind == "researcher" and not _named(other):
            other = self._teller
        if self._rejected and other and other.firm and not self._confirmer:
            other = None
        if other and not (self._confirmer and passage.where == "title"):
            return _voiced("reported", other, basis or "research")
        if passage.where == "title" and one("speech", "settled").search(passage.low):
            return Voice("confirmed", None, None, "victim", basis or "statement")
        claims = [s for s in self._voices.of(passage) if s.act == "claim" and not s.credit]
        if claims and not any(s.firm for s in self._voices.of(passage)) and self._confirmer:
            # Beside an attacker's claim nothing is inherited: in doubt the weaker.
            return Voice("reported", None, None, "outlet", basis or "report")
        if self._confirmer and passage.opens and not self._open(passage):
            return _voiced("confirmed", self._confirmer, basis or "statement")
        if self._court and passage.opens:
            return Voice("confirmed", None, None, "authority", "court")
        if self._claimer and passage.opens and passage.index <= 2:
            return self._claimed(passage, 0, 0, self._claimer, basis or "leak_site")
        if self._rejected and passage.opens and not self._confirmer:
            status: Status = "disputed" if self._held else "denied"
            return _voiced(status, self._rejected, "statement")
        if self._teller and passage.opens:
            return _voiced("reported", self._teller, basis or "research")
        return Voice("reported", None, None, "outlet", basis or "report")

    def _claimed(
        self, passage: Passage, start: int, end: int, say: Say | None, basis: Basis | None
    ) -> Voice:
        status: Status = "disputed" if self._disputes(passage, start, end) else "claimed"
        if say is None:
            return Voice(status, None, None, "attacker", basis)
        voice = _voiced(status, say, basis)
        return voice if say.kind == "third_party" else replace(voice, kind="attacker")

    def _left(self, basis: Basis | None) -> Voice:
        """What victim or authority will not say: a claim where somebody makes it, else a report."""
        if self._claims:
            return _voiced("claimed", self._claims[0], basis or "leak_site")
        return Voice("reported", None, None, "outlet", basis or "report")

    def _denial(self, passage: Passage, says: Sequence[Say]) -> Voice:
        held = any(say.act == "claim" for say in says) or (self._held and denials.flat(passage))
        status: Status = "disputed" if held else "denied"
        spoken = [say for say in says if say.act != "claim"]
        speaker = next((say for say in spoken if say.kind in ("victim", "authority")), None)
        speaker = speaker or next(iter(spoken), None)
        if speaker is None and passage.opens:
            speaker = self._confirmer
        if speaker is None:
            return Voice(status, None, None, None, "report")
        return _voiced(status, speaker, "statement")

    def _first(self, kinds: Sequence[AsserterKind]) -> Say | None:
        """The first of a kind that states something in the article's opening, text before title."""
        found = [
            say
            for passage in sorted(self._passages, key=lambda p: p.where == "title")
            if passage.opens and not self._baseless(passage)
            for say in self._voices.of(passage)
            if say.firm and say.kind in kinds
        ]
        return next(iter(found), None)

    def _baseless(self, passage: Passage) -> bool:
        """Whether a passage is a denial and no confirmation beside it."""
        low = passage.low
        partly = one("speech", "partly").search(low)
        key = "rejects" if self._held else "baseless"
        return (bool(one("speech", key).search(low)) and not partly) or denials.flat(passage)

    def _claiming(self) -> Say | None:
        """The attacker whose claim is the headline: what follows unattributed is part of it."""
        opens = (
            say
            for say in self._voices.of(self._passages[0])
            if say.act == "claim" and say.speaker[0] < _HEADING
        )
        return next(opens, None)

    def _telling(self) -> Say | None:
        """Who tells the incident in the opening where no party to it does: a researcher."""
        found = [
            say
            for passage in self._passages
            if passage.opens
            for say in self._voices.of(passage)
            if say.kind == "researcher" and say.act in ("say", "confirm", "act")
        ]
        return next(iter([say for say in found if _named(say)] or found), None)

    def _rejecting(self) -> Say | None:
        """Who rejects the claims or the breach as a whole."""
        for passage in self._passages[:8]:
            says = [say for say in self._voices.of(passage) if say.act != "claim"]
            against = one("speech", "whole").search(passage.low) or denials.flat(passage)
            if against and says:
                return says[0]
        return None

    def _disputes(self, passage: Passage, start: int, end: int) -> bool:
        """Whether the other side rejects a claimed fact somewhere in the article."""
        if self._rejected and not self._confirmer:
            return True
        words = re.findall(r"[a-z]{5,}|\d[\d.,]+", passage.low[max(0, start - 25) : end + 10])
        for other in self._passages[:8]:
            says = self._voices.of(other)
            claim = next((s for s in says if s.act == "claim"), None) if other is passage else None
            if denials.rejected(other, says, words, claim):
                return True
        return False

    def _hedged(self, passage: Passage, start: int, end: int) -> bool:
        """Whether "allegedly" and the like cover the fact: before it in its clause or right after."""
        low = passage.low
        if one("speech", "stolen").match(low[end : end + 60]):
            return True
        return any(
            -20 <= start - hedge.start() <= _HEDGE_REACH
            and not one("speech", "break").search(low, hedge.end(), max(hedge.end(), start))
            for hedge in one("speech", "hedge").finditer(low)
            if not any(say.verb == hedge.start() for say in self._voices.of(passage))
        )

    def _open(self, passage: Passage) -> bool:
        """Whether a passage only asks or supposes."""
        return bool(one("speech", "asked").search(passage.low) and "?" in passage.low)

    def _basis(self, passage: Passage) -> Basis | None:
        if one("speech", "filing").search(passage.low):
            return "filing"
        if one("speech", "leak_site").search(passage.low):
            return "leak_site"
        return "court" if one("speech", "trial").search(passage.low) else None


def _governing(passage: Passage, says: Sequence[Say], start: int) -> Say | None:
    """The act in whose words a fact stands: the nearest before it, else one that trails it."""
    before = [say for say in says if not say.trails and say.start <= start]
    after = [say for say in says if say.trails and say.verb > start]
    nearest = before[-1] if before else None
    trailing = after[0] if after else None
    if trailing and (
        nearest is None
        or one("speech", "break").search(passage.low, nearest.end, max(nearest.end, start))
    ):
        return trailing
    if nearest is None:
        behind = [say for say in says if say.trails and say.verb < start]
        return behind[-1] if behind else None
    return nearest


def _listed(passage: Passage, say: Say, start: int) -> bool:
    """Whether a fact is one more name behind "announced by N, N and N": it speaks for itself."""
    last = say.speaker[1]
    behind = say.passage is passage and say.verb < say.speaker[0] and last < start
    return behind and bool(re.fullmatch(r"[^.:;]{0,90}(?:, |\band |; )", passage.low[last:start]))


def _speaks(say: Say, passage: Passage, start: int, end: int) -> bool:
    return say.passage is passage and _touches(say.speaker, start, end)


def _own(passage: Passage, say: Say, start: int, end: int) -> bool:
    """Whether a fact stands in the speaker's own name ("the N extortion gang") or before a relative
    clause that speaks: no part of what is said."""
    named = say.passage is passage and _touches(say.speaker, start, end)
    return say.act == "claim" and (named or (say.aside and start < say.verb and not say.trails))


def _voiced(status: Status, say: Say, basis: Basis | None) -> Voice:
    return Voice(status, say.passage, say.speaker, say.kind, basis)


def _named(say: Say) -> bool:
    """Whether a speaker is named, not "cybersecurity researchers"."""
    words = say.passage.text[slice(*say.speaker)].split()
    generic = say.passage.low[slice(*say.speaker)].split()
    plain = {"researchers", "experts", "analysts", "cybersecurity", "security", "researcher"}
    return any(
        word[:1].isupper() and low not in plain for word, low in zip(words, generic, strict=False)
    )


def _roles(parties: Sequence[Party]) -> dict[str, str]:
    return {
        mention.name.key: party.role for party in reversed(parties) for mention in party.mentions
    }


def _touches(span: tuple[int, int], start: int, end: int) -> bool:
    return span[0] < end and start < span[1]
