"""A fact's place in its article → its status, who says so, and on what basis.

Rules, in order, for a span in a sentence:
1. denied: a negation or denial governs it ("no customer data was exposed", "denies that …").
2. claimed: it stands behind an attacker's claim ("X claims to have stolen …", "allegedly"), or, for
   an actor, the actor claims it ("claimed by X", "X took credit").
3. confirmed: victim or authority says it in this sentence; or the article's opening has the victim
   or an authority confirm the incident and the fact stands in that opening, unclaimed.
4. claimed: what opens an article whose headline is an attacker's claim and which nobody confirms.
5. reported: anything else; the asserter is the researcher or outlet where the sentence names one.
A claim or denial never comes out as confirmed: rules 1 and 2 go before 3.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from breachwire.model import AsserterKind, Basis, Status
from nlp.patterns import one
from nlp.reading import Passage
from nlp.roles import Party

_SPEECH: Final = ("speaks", "by", "said_after", "official", "research")
_HEADING: Final = 6
"""Characters before a headline's subject: a quote mark, an article."""
_HEDGE_REACH: Final = 60
"""Characters behind "allegedly" that it covers."""


@dataclass(frozen=True, slots=True)
class Say:
    """Who says what from where on in a passage: `start` is where their words begin to count."""

    start: int
    speaker: tuple[int, int]
    kind: AsserterKind
    claim: bool


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


class Stance:
    """How an article stands to its incident: who speaks in which passage, who confirms it."""

    def __init__(self, passages: Sequence[Passage], parties: Sequence[Party]) -> None:
        self._roles = _roles(parties)
        self._heard: dict[int, list[Say]] = {}
        self._passages = passages
        self._court = any(
            one("speech", "court").search(passage.low) for passage in passages if passage.index <= 1
        )
        self._confirmer = self._confirming()
        self._claimer = None if self._confirmer else self._claiming()

    def of(self, passage: Passage, start: int, end: int) -> Voice:
        """Status of the fact in `passage.low[start:end]`."""
        basis = self._basis(passage)
        denial = self._denied(passage, start, end)
        if denial:
            return denial
        says = self._says(passage)
        claim = self._claim(passage, says, start)
        if claim:
            return claim
        spoken = [say for say in says if not say.claim]
        firm = next((say for say in spoken if say.kind in ("victim", "authority")), None)
        if firm:
            return Voice("confirmed", passage, firm.speaker, firm.kind, basis or "statement")
        other = next(iter(spoken), None)
        if other and other.kind in ("researcher", "outlet", "third_party"):
            if self._confirmer and passage.opens and passage.where == "title":
                return self._inherited(basis)
            return Voice("reported", passage, other.speaker, other.kind, basis or "research")
        if self._confirmer and passage.opens:
            return self._inherited(basis)
        if self._court and passage.opens:
            return Voice("confirmed", None, None, "authority", "court")
        if self._claimer and passage.opens and passage.index <= 2:
            before, say = self._claimer
            return Voice("claimed", before, say.speaker, "attacker", basis or "leak_site")
        return Voice("reported", None, None, "outlet", basis or "report")

    def of_actor(self, passage: Passage, start: int, end: int) -> Voice:
        """Status of an attribution to the actor named at `passage.low[start:end]`."""
        for match in one("speech", "claimed_by").finditer(passage.marked):
            span = _span(passage, match, "a")
            if _touches(span, start, end):
                return Voice(
                    "claimed", passage, span, "attacker", self._basis(passage) or "leak_site"
                )
        for say in self._says(passage):
            if say.claim and _touches(say.speaker, start, end):
                basis = self._basis(passage) or "leak_site"
                return Voice("claimed", passage, say.speaker, "attacker", basis)
        voice = self.of(passage, start, end)
        if voice.status == "confirmed" and voice.passage is not passage and voice.kind == "victim":
            # Who did it is seldom the victim's word unless the victim says it in that sentence.
            return Voice("reported", None, None, "outlet", "report")
        return voice

    def _inherited(self, basis: Basis | None) -> Voice:
        assert self._confirmer is not None
        passage, say = self._confirmer
        return Voice("confirmed", passage, say.speaker, say.kind, basis or "statement")

    def _confirming(self) -> tuple[Passage, Say] | None:
        """The first victim, else authority, that speaks in the article's opening."""
        found: list[tuple[int, int, Passage, Say]] = []
        for passage in self._passages:
            if not passage.opens or one("speech", "baseless").search(passage.low):
                continue
            for say in self._says(passage):
                if not say.claim and say.kind in ("victim", "authority"):
                    order = 0 if passage.where == "text" else 1
                    found.append((0 if say.kind == "victim" else 1, order, passage, say))
        if not found:
            return None
        _, _, passage, say = min(found, key=lambda item: (item[0], item[1], item[2].index))
        return passage, say

    def _claiming(self) -> tuple[Passage, Say] | None:
        """The attacker whose claim is the headline: what follows unattributed is part of it."""
        title = self._passages[0]
        opens = (say for say in self._says(title) if say.claim and say.speaker[0] < _HEADING)
        return next(((title, say) for say in opens), None)

    def _says(self, passage: Passage) -> list[Say]:
        """Who speaks in a passage, looked for once."""
        if passage.index not in self._heard:
            self._heard[passage.index] = self._hear(passage)
        return self._heard[passage.index]

    def _hear(self, passage: Passage) -> list[Say]:
        says: list[Say] = []
        claims = one("speech", "claim_word").search(passage.marked)
        for match in one("speech", "self_claim").finditer(passage.marked) if claims else ():
            group = next(name for name in "abcd" if match[name])
            speaker = _span(passage, match, group)
            if match["a"] and self._kind_at(passage, match, "a") in ("victim", "authority"):
                continue
            says.append(Say(passage.places[match.end()], speaker, "attacker", True))
        for match in one("speech", "boast").finditer(passage.marked):
            # Whoever says that they themselves stole is the attacker, whatever the votes said.
            group = "a" if match["a"] else "b"
            spoken = Say(
                passage.places[match.start()], _span(passage, match, group), "attacker", True
            )
            says.append(spoken)
        for key in _SPEECH:
            for match in one("speech", key).finditer(passage.marked):
                say = self._say(passage, match)
                if say and not any(_touches(say.speaker, *other.speaker) for other in says):
                    says.append(say)
        return says

    def _say(self, passage: Passage, match: re.Match[str]) -> Say | None:
        groups = match.groupdict()
        if groups.get("a"):
            kind = self._kind_at(passage, match, "a")
            return Say(0, _span(passage, match, "a"), kind, False) if kind else None
        text = match["b"]
        kind = _kind_of_phrase(text)
        start, end = _span(passage, match, "b")
        return Say(0, (start, end), kind, False)

    def _kind_at(self, passage: Passage, match: re.Match[str], group: str) -> AsserterKind | None:
        name = passage.name_at(match.start(group))
        role = self._roles.get(name.key)
        if role == "victim":
            return "victim"
        if name.kind in ("authority", "researcher", "outlet"):
            return name.kind
        if role == "actor" or name.kind == "actor":
            return "attacker"
        if role == "third_party":
            return "third_party"
        for key, other in self._roles.items():
            if other == "victim" and (key.startswith(name.key) or name.key.startswith(key)):
                return "victim"
        return "third_party" if role else "researcher"

    def _claim(self, passage: Passage, says: Sequence[Say], start: int) -> Voice | None:
        basis = self._basis(passage) or ("leak_site" if says else None)
        claims = [say for say in says if say.claim and say.start <= start + 1]
        firm = [say for say in says if not say.claim and say.kind in ("victim", "authority")]
        if claims:
            say = claims[-1]
            if not any(say.start < other.speaker[0] < start for other in firm):
                return Voice("claimed", passage, say.speaker, "attacker", basis)
        for hedge in one("speech", "hedge").finditer(passage.low):
            if -20 <= start - hedge.start() <= _HEDGE_REACH and not one("speech", "break").search(
                passage.low, hedge.end(), max(hedge.end(), start)
            ):
                say_ = next((say for say in says if say.claim), None)
                span = say_.speaker if say_ else None
                return Voice("claimed", passage if span else None, span, "attacker", basis)
        return None

    def _denied(self, passage: Passage, start: int, end: int) -> Voice | None:
        window = max(0, start - 70)
        low = passage.low
        denial = self._flat_denial(passage)
        for match in one("speech", "deny").finditer(low, window, start):
            exempt = (
                one("speech", "not_denial").match(low, match.start())
                or match.start() == 0
                or low[match.start() - 4 : match.start()] == "but "
            )
            if not exempt and not one("speech", "break").search(low, match.end(), start):
                denial = match
        safe = one("speech", "safe").match(low, end + 1)
        if denial is None and safe is None:
            return None
        spoken = [say for say in self._says(passage) if not say.claim]
        speaker = next((say for say in spoken if say.kind in ("victim", "authority")), None)
        speaker = speaker or next(iter(spoken), None)
        disputed = one("speech", "dispute").search(low) and any(
            say.claim for say in self._says(passage)
        )
        status: Status = "disputed" if disputed else "denied"
        if speaker:
            return Voice(status, passage, speaker.speaker, speaker.kind, "statement")
        if self._confirmer and passage.opens:
            before, say = self._confirmer
            return Voice(status, before, say.speaker, say.kind, "statement")
        return Voice(status, None, None, None, "report")

    def _flat_denial(self, passage: Passage) -> re.Match[str] | None:
        """The victim's word that nothing happened: it governs the whole sentence."""
        firm = any(not say.claim and say.kind == "victim" for say in self._says(passage))
        partly = one("speech", "confirmed").search(passage.low)
        return one("speech", "baseless").search(passage.low) if firm and not partly else None

    def _basis(self, passage: Passage) -> Basis | None:
        if one("speech", "filing").search(passage.low):
            return "filing"
        if one("speech", "leak_site").search(passage.low):
            return "leak_site"
        return "court" if one("speech", "trial").search(passage.low) else None


def _roles(parties: Sequence[Party]) -> dict[str, str]:
    return {
        mention.name.key: party.role for party in reversed(parties) for mention in party.mentions
    }


def _kind_of_phrase(text: str) -> AsserterKind:
    if re.search(r"researcher|expert|analyst|investigator", text):
        return "researcher"
    if re.search(r"sources|reports|documents", text):
        return "outlet"
    if one("speech", "body").search(text):
        return "authority"
    return "victim"


def _span(passage: Passage, match: re.Match[str], group: str) -> tuple[int, int]:
    """A group's span in the passage's text: marked names count in full."""
    start, end = match.span(group)
    last = passage.marked[end - 1]
    if "\ue000" <= last <= "\uf8ff":
        return passage.places[start], passage.name_at(end - 1).end
    return passage.places[start], passage.places[end - 1] + 1


def _touches(span: tuple[int, int], start: int, end: int) -> bool:
    return span[0] < end and start < span[1]
