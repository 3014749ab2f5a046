"""A fact's place in its article → its status, who says so, and on what basis.

Rules, in order, for a span in a sentence:
1. denied: a denial or negation governs its clause (`denials`); disputed where an attacker holds
   it.
2. claimed: an attacker's act of speech governs it (`voices`), or a hedge does ("allegedly"), or,
   for an actor, the actor claims it; disputed where the article has the other side reject it.
3. confirmed: victim or authority states it; or the article's opening (`opening`) has one confirm
   the incident and the fact stands in that opening, unclaimed. Not where they leave it open.
4. claimed: what opens an article whose headline is an attacker's claim and which nobody confirms.
5. confirmed as well: a flat sentence past the opening that goes on with a statement of victim or
   authority right before it, where nothing is in doubt.
6. reported: anything else; the asserter is the researcher or outlet whom the opening names.
A claim or denial never comes out as confirmed: rules 1 and 2 go before 3.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from breachwire.model import AsserterKind, Basis, Status
from nlp import asserters, denials, doubts
from nlp.opening import READ, Opening, named
from nlp.patterns import one
from nlp.reading import Passage
from nlp.roles import Party
from nlp.says import Say
from nlp.voices import Voices

_HEDGE_REACH: Final = 110
"""Characters behind "allegedly" that it covers."""
_WHICH: Final = re.compile(r"\bwhich(?: the| a)? ?\Z")
_CAUSE: Final = 60
"""Characters before a fact in which it is called a cause."""
_LIST: Final = re.compile(r"[^.:;]{0,90}(?:, |\band |; )")
_CARRIED: Final = 2
"""Sentences that a party's statement carries on."""


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
        return asserters.decent(self.passage.text[slice(*self.span)])


def settle(voices: Sequence[Voice]) -> Voice:
    """The voice of one fact said several times in an article: the first, but disputed where what is
    claimed or confirmed here is denied there."""
    said = [voice for voice in voices if voice.status in ("claimed", "confirmed")]
    if not said or all(voice.status != "denied" for voice in voices):
        return voices[0]
    if said[0].status == "claimed" or said[0] is voices[0]:
        return replace(said[0], status="disputed")
    return voices[0]


class Stance:
    """How an article stands to its incident: who speaks in which passage, who confirms it."""

    def __init__(self, passages: Sequence[Passage], parties: Sequence[Party]) -> None:
        self._passages = {passage.index: passage for passage in passages}
        self._voices = Voices(passages, _roles(parties))
        self._opening = Opening(passages, self._voices)

    def of(self, passage: Passage, start: int, end: int) -> Voice:
        """Status of the fact in `passage.low[start:end]`."""
        says = self._voices.of(passage)
        governing = _governing(passage, says, start)
        basis = self._basis(passage)
        if _cause(passage, start) and _no_attack(passage):
            owns = next((say for say in says if say.firm), None)
            return _voiced("confirmed", owns, "statement") if owns else self._left(basis)
        if self._denies(passage, start, end, governing):
            return self._denial(passage, says)
        if governing and governing.act == "claim":
            return self._claimed(passage, start, end, governing, basis or "leak_site")
        deed = self._opening.court or (governing is not None and governing.act == "act")
        if self._hedged(passage, start, end) and not deed:
            claim = next((say for say in says if say.act == "claim"), None)
            claim = claim or self._voices.shower(passage) or self._opening.shown
            return self._claimed(passage, start, end, claim, basis)
        return self._stated(passage, start, end, governing)

    def _denies(self, passage: Passage, start: int, end: int, governing: Say | None) -> bool:
        """Whether the fact is denied where it stands; who speaks is not denied by own words."""
        others = [say for say in self._voices.of(passage) if say.act != "claim"]
        speaks = any(_speaks(say, passage, start, end) for say in others)
        if not speaks and denials.denied(passage, start, end, self._voices.of(passage)):
            return True
        if self.taken_back(passage):
            return True
        claimed = governing is not None and governing.act == "claim"
        return denials.flat(passage) and bool(others) and not claimed

    def taken_back(self, passage: Passage) -> bool:
        """Whether the next sentence says that it was not so: "… the flaw. It was not that." """
        after = self._passages.get(passage.index + 1)
        supposes = passage.where == "text" and not self._voices.of(passage)
        return bool(supposes and after and one("speech", "not_so").search(after.low))

    def of_price(self, passage: Passage, start: int, end: int) -> Voice:
        """Status of what a seller or an attacker asks: who denies the breach does not deny that it
        is asked, unless in so many words."""
        voice = self.of(passage, start, end)
        near = [other for other in self._passages.values() if other.index <= READ]
        unasked = any(one("speech", "unasked").search(other.low) for other in near)
        if voice.status != "disputed" or unasked:
            return voice
        if voice.kind == "attacker":
            return replace(voice, status="claimed")
        return self._left(voice.basis)

    def _stated(self, passage: Passage, start: int, end: int, governing: Say | None) -> Voice:
        """Status of what is neither denied nor claimed in its sentence."""
        says, basis = self._voices.of(passage), self._basis(passage)
        if governing is None and one("speech", "unproven").search(passage.low):
            return self._left(basis)
        firm = governing if governing and governing.firm else None
        firm = firm or (None if governing else next((s for s in says if s.firm), None))
        supposed = doubts.supposed(passage, start)
        if firm and (supposed or not self._opening.sure(passage, firm)):
            return self._unsure(passage, firm, basis, supposed)
        if firm and not self._open(passage) and not self._doubted(passage, firm):
            if _listed(passage, firm, start):
                return Voice("confirmed", passage, (start, end), "victim", basis or "statement")
            return _voiced("confirmed", firm, basis or "statement")
        if firm and firm.kind == "authority" and self._opening.rejected:
            return _voiced("disputed", firm, basis or "statement")
        offered = one("voices", "offered").search(passage.low)
        if offered and not says and not self._opening.confirmer:
            return self._claimed(passage, start, end, None, basis)
        if (governing and governing.act == "open") or (supposed and self._opening.confirmer):
            return self._left(basis)
        return self._unsaid(passage, governing, basis)

    def _unsure(self, passage: Passage, firm: Say, basis: Basis | None, supposed: bool) -> Voice:
        """What victim or authority speaks of in an article in doubt without confirming it."""
        known = self._opening
        if supposed and doubts.refuted(passage):
            return _voiced("disputed" if known.claims else "denied", firm, "statement")
        if known.rejected and not known.confirmer:
            own = firm if _no_attack(passage) else known.rejected
            return _voiced("disputed" if known.held else "denied", own, "statement")
        if known.confirmer and passage.opens and not supposed:
            return _voiced("confirmed", known.confirmer, basis or "statement")
        if known.held and not known.confirmer:
            return self._left(basis)
        return _voiced("reported", firm, basis or "statement")

    def boasts(self, passage: Passage, start: int, end: int) -> bool:
        """Whether the name at `passage.low[start:end]` is an attacker's who claims something."""
        return any(
            say.act == "claim" and say.kind == "attacker" and say.passage is passage
            and _touches(say.speaker, start, end)
            for say in self._voices.of(passage)
        )  # fmt: skip

    def of_actor(self, passage: Passage, start: int, end: int) -> Voice:
        """Status of an attribution to the actor named at `passage.low[start:end]`."""
        for say in self._voices.of(passage):
            named = say.passage is passage and _touches(say.speaker, start, end)
            if say.act == "claim" and named and not say.aside and not self._opening.court:
                return _voiced("claimed", say, self._basis(passage) or "leak_site")
        if one("speech", "own_site").match(passage.low[end : end + 60]) and not self._opening.court:
            return Voice("claimed", passage, (start, end), "attacker", "leak_site")
        shower = self._voices.shower(passage)
        if shower and _touches(shower.speaker, start, end) and not self._opening.court:
            return _voiced("claimed", shower, self._basis(passage) or "leak_site")
        voice = self.of(passage, start, end)
        if voice.status == "confirmed" and voice.passage is not passage and voice.kind == "victim":
            # Who did it is seldom the victim's word unless the victim says it in that sentence.
            return Voice("reported", None, None, "outlet", "report")
        return voice

    def _doubted(self, passage: Passage, firm: Say) -> bool:
        """Whether what victim or authority states is no confirmation: it rejects what others hold,
        or, an authority's, the victim rejects it."""
        if self._opening.rejected and not self._opening.confirmer and firm.act == "say":
            return True
        if firm.kind == "authority":
            return self._opening.rejected is not None and self._opening.rejected.kind == "victim"
        partly = one("speech", "partly").search(passage.low)
        against = one("speech", "rejects").search(passage.low)
        return self._opening.held and not self._opening.confirmer and bool(against) and not partly

    def _unsaid(self, passage: Passage, governing: Say | None, basis: Basis | None) -> Voice:
        """What no party's word in the sentence settles: another's, else what the article says."""
        known = self._opening
        other = governing if governing and governing.act != "deny" else None
        if other and known.teller and other.kind == "researcher" and not named(other):
            other = known.teller
        if known.rejected and other and other.firm and not known.confirmer:
            other = None
        if other and not (known.confirmer and passage.where == "title"):
            return _voiced("reported", other, basis or "research")
        settled = passage.where == "title" and one("speech", "settled").search(passage.low)
        if settled and not known.contested:
            return Voice("confirmed", None, None, "victim", basis or "statement")
        says = self._voices.of(passage)
        claimed = any(say.act == "claim" and not say.credit for say in says)
        if known.confirmer and claimed and not any(say.firm for say in says):
            # Beside an attacker's claim nothing is inherited: in doubt the weaker.
            return Voice("reported", None, None, "outlet", basis or "report")
        return self._inherited(passage, basis)

    def _inherited(self, passage: Passage, basis: Basis | None) -> Voice:
        """The status of the article's opening, for a flat detail in it."""
        known = self._opening
        if not passage.opens:
            teller = self._going_on(passage)
            if teller:
                return _voiced("confirmed", teller, basis or "statement")
            return Voice("reported", None, None, "outlet", basis or "report")
        if known.confirmer and not self._open(passage):
            # A headline sums up what is said below, and said in a filing maybe.
            below = self._basis(known.confirmer.passage) if passage.where == "title" else None
            filed: Basis = "filing" if below == "filing" else "statement"
            return _voiced("confirmed", known.confirmer, basis or filed)
        if known.court:
            return Voice("confirmed", None, None, "authority", "court")
        if known.claimer and passage.index <= 2:
            return self._claimed(passage, 0, 0, known.claimer, basis or "leak_site")
        if known.rejected and not known.confirmer:
            return _voiced("disputed" if known.held else "denied", known.rejected, "statement")
        if known.teller:
            return _voiced("reported", known.teller, basis or "research")
        return Voice("reported", None, None, "outlet", basis or "report")

    def _going_on(self, passage: Passage) -> Say | None:
        """The victim or authority whose statement a flat sentence goes on with, one or two before
        it: "The company said … . Names and tax numbers were taken." None in any doubt."""
        known = self._opening
        if known.contested or known.rejected or not known.confirmer or self._open(passage):
            return None
        if self._voices.of(passage) or not one("speech", "carried").search(passage.low):
            return None
        for step in range(1, _CARRIED + 1):
            before = self._passages.get(passage.index - step)
            says = self._voices.of(before) if before and before.where == "text" else ()
            if says:
                return says[-1] if all(say.firm for say in says) else None
        return None

    def _claimed(
        self, passage: Passage, start: int, end: int, say: Say | None, basis: Basis | None
    ) -> Voice:
        status: Status = "disputed" if self._opening.disputes(passage, start, end) else "claimed"
        if say is None:
            return Voice(status, None, None, "attacker", basis)
        voice = _voiced(status, say, basis)
        return voice if say.kind == "third_party" else replace(voice, kind="attacker")

    def _left(self, basis: Basis | None) -> Voice:
        """What victim or authority will not say: a claim where somebody makes it, else a report."""
        if self._opening.claims:
            return _voiced("claimed", self._opening.claims[0], basis or "leak_site")
        return Voice("reported", None, None, "outlet", basis or "report")

    def _denial(self, passage: Passage, says: Sequence[Say]) -> Voice:
        held = any(say.act == "claim" for say in says) or (
            self._opening.held and denials.flat(passage)
        )
        status: Status = "disputed" if held else "denied"
        spoken = [say for say in says if say.act != "claim"]
        speaker = next((say for say in spoken if say.kind in ("victim", "authority")), None)
        speaker = speaker or next(iter(spoken), None)
        if speaker is None and passage.opens:
            speaker = self._opening.confirmer
        if speaker is None:
            return Voice(status, None, None, None, "report")
        return _voiced(status, speaker, "statement")

    def _hedged(self, passage: Passage, start: int, end: int) -> bool:
        """Whether "allegedly" and the like cover the fact: before it in its clause, right after."""
        low = passage.low
        if one("speech", "stolen").match(low[end : end + 60]) or _as_claims(passage, start, end):
            return True
        if any(
            threat.end() <= start <= threat.end() + _HEDGE_REACH
            and not one("speech", "break").search(low, threat.end(), start)
            for threat in one("speech", "threatened").finditer(low)
        ):
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


def _as_claims(passage: Passage, start: int, end: int) -> bool:
    """Whether a headline speaks of a fact as claims: "confirms breach after ransomware claims"."""
    title, low = passage.where == "title", passage.low
    claims = title and one("speech", "as_claims").match(low[end : end + 40])
    return bool(claims and one("speech", "after").search(low, max(0, start - 30), start))


def _cause(passage: Passage, start: int) -> bool:
    """Whether a fact is called the cause of what happened: "caused by FACT and not by hackers"."""
    return bool(one("speech", "cause").search(passage.low, max(0, start - _CAUSE), start))


def _no_attack(passage: Passage) -> bool:
    """Whether a passage says that it was no attack."""
    return denials.flat(passage) or bool(one("speech", "not_by").search(passage.low))


def _governing(passage: Passage, says: Sequence[Say], start: int) -> Say | None:
    """The act in whose words a fact stands: the nearest before it, else one that trails it."""
    before = [say for say in says if not say.trails and say.start <= start]
    after = [say for say in says if say.trails and say.verb > start]
    nearest = before[-1] if before else None
    behind = [say for say in says if say.trails and say.verb < start]
    later = [say for say in behind if nearest and say.verb > nearest.end and _about(passage, say)]
    if later:
        return later[-1]
    trailing = after[0] if after else None
    if trailing and (
        nearest is None
        or one("speech", "break").search(passage.low, nearest.end, max(nearest.end, start))
    ):
        return trailing
    if nearest is None:
        return behind[-1] if behind else None
    return nearest


def _about(passage: Passage, say: Say) -> bool:
    """Whether an act says something of what stands before it: "…, which the agency said"."""
    return bool(_WHICH.search(passage.low, 0, say.start))


def _listed(passage: Passage, say: Say, start: int) -> bool:
    """Whether a fact is one more name behind "announced by N, N and N": it speaks for itself."""
    last = say.speaker[1]
    behind = say.passage is passage and say.verb < say.speaker[0] and last < start
    return behind and bool(_LIST.fullmatch(passage.low, last, start))


def _speaks(say: Say, passage: Passage, start: int, end: int) -> bool:
    return say.passage is passage and _touches(say.speaker, start, end)


def _voiced(status: Status, say: Say, basis: Basis | None) -> Voice:
    return Voice(status, say.passage, say.speaker, say.kind, basis)


def _roles(parties: Sequence[Party]) -> dict[str, str]:
    return {
        mention.name.key: party.role for party in reversed(parties) for mention in party.mentions
    }


def _touches(span: tuple[int, int], start: int, end: int) -> bool:
    return span[0] < end and start < span[1]
