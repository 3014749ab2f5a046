"""Ledger facts in our own plain sentences, each with whose word it is.

In: details of a thread. Out: `stated` texts with evidence: the fact's own words in its own
sentence, the asserter's name where it stands. A claim says "claims", a denial "denies" (DESIGN
§7.4). Frames and clauses vary by thread and field, so that no one pattern fills the page.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from breachwire.model import (
    BriefSection,
    Claim,
    Detail,
    Evidence,
    Statement,
)
from nlp import bearing, resolve, vouch, wording
from nlp.cited import covers as covers
from nlp.cited import find, within
from nlp.cited import title_of as title_of
from nlp.folding import capital
from nlp.leading import Leading
from nlp.patterns import says
from nlp.spans import PRONOUN, ROLE, generic, plural
from nlp.spans import grouped as grouped
from nlp.spans import join as join
from nlp.spans import span as span

_HOLDS: Final = "{A} claims to hold {x} of data."
_HOLD: Final = "{A} claim to hold {x} of data."
"""What the one who offers data, or those, say of its size."""
_MINE: Final = "{A} {says} it is behind the attack."
"""An actor's own word on itself."""
_CUT: Final = re.compile(r", (?:an?|the|its|his|her|which|who|whose|one of)\b|,\Z")
"""Where an asserter's name ends: "Orrelight, a company"."""
_LINK: Final = re.compile(r"\A(?:that|when|as|after|but|and|while|because|if) ")
_VERBS_PLURAL: Final = re.compile(r"\b(?:says|claims|reports|denies)\b(?!\})")
_BASE: Final = {"says": "say", "claims": "claim", "reports": "report", "denies": "deny"}
_ANYBODY: Final = re.compile(r"\A(?:[Tt]he |[Tt]his )?(?:\w+ )?(?:firm|vendor|provider|supplier)\Z")
"""Who may be another's expert: no word of the victim's."""
_STANDS_ALONE: Final = (
    r"(?=[,.;)’']| (?:said|says|has|had|is|was|will|and|in|on|to|were|confirmed|disclosed|announced"
    r"|reported|told)\b)"
)
"""After a name: not the group, the breach or the site of that name."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text of ours and what it rests on."""

    text: str
    evidence: tuple[Evidence, ...]

    def statement(self, section: BriefSection, paragraph: int = 0) -> Statement:
        """As a statement of that section."""
        return Statement(section, self.text, "stated", self.evidence, paragraph)


class Ledger(Leading):
    """A ledger that can tell its details: in sentences of ours."""

    def pick(self, key: str, options: Sequence[str]) -> str:
        """One of the options, the same for the same thread and key."""
        return options[zlib.crc32(f"{self._seed} {key}".encode()) % len(options)]

    def called(self, claim: Claim, name: str) -> str:
        """A name with "the" where its article writes it so ("the Education Authority")."""
        text = self.articles[claim.evidence.article].text
        if ROLE.fullmatch(name.lower()):
            low = name.lower()
            several = low.endswith(("s", "thieves")) or low.startswith(("the ", "a ", "an "))
            return low if several else f"{'an' if low[0] in 'aeiou' else 'a'} {low}"
        if name.startswith("The ") or f"he {name}" not in text:
            return name
        spoken = re.search(rf"\b[Tt]he {re.escape(name)}{_STANDS_ALONE}", text)
        return f"the {name}" if spoken else name

    def who(self, claim: Claim) -> tuple[str | None, tuple[Evidence, ...]]:
        """Whose word a claim is, as a name a reader knows, and where that name stands."""
        if not claim.asserter:
            return None, ()
        article = self.articles[claim.evidence.article]
        name = self._trimmed(claim.asserter)
        if not vouch.speaks(claim, name):
            return None, ()  # whose word it is only its own sentence shows
        if claim.status == "claimed" and (
            claim.asserter_kind == "victim" or name in self.victims()
        ):
            return None, ()  # what the victim says is no claim of the attacker's
        nameless = claim.asserter_kind == "victim" and name == name.lower()
        nameless = nameless or (claim.asserter_kind == "attacker" and generic(name))
        if claim.asserter_kind == "victim" and _ANYBODY.match(name):
            return None, ()  # "the firm" is as often who was called in
        if nameless or PRONOUN.match(name):
            known = self._known_as(claim)
            found = next((other for other in known if find(article, other)), "")
            vague = not generic(name) or name.lower().startswith("the ")
            name = found or ("" if vague or claim.asserter_kind != "attacker" else name)
        longer = [d.lead.claim.evidence.quote for d in self.of("actor")]
        longer = [n for n in longer if n.endswith(f" {name}") and find(article, n)]
        name = longer[0] if longer else resolve.bare(name)
        place = within(claim.sentence, name) or find(article, name)
        return (name, (place,)) if name and place else (None, ())

    def _trimmed(self, name: str) -> str:
        """An asserter without what is no part of its name: "Orrelight, a company"."""
        name = _CUT.split(_LINK.sub("", name), maxsplit=1)[0]
        for victim in self.victims():
            rest = name[len(victim) :]
            if name.startswith(victim) and re.match(r",? [a-z]", rest):
                return victim
        return name

    def _known_as(self, claim: Claim) -> list[str]:
        """Names for "the company" or "the group", by what kind of asserter it is."""
        if claim.asserter_kind == "victim":
            return self.victims()
        if claim.asserter_kind == "attacker" and len(actors := self.of("actor")) == 1:
            return [actors[0].lead.claim.evidence.quote]
        return []

    def of_one_voice(self, details: Sequence[Detail]) -> list[Detail]:
        """Of details of one field those that one party or outlet tells, the most: one's words are
        no other's. All of them where each stands in several reports, which need no name."""
        if all(self.reports(d) > 1 for d in details):
            return list(details)
        voices = [self._voice(d) for d in details]
        most = max(voices, key=lambda voice: (voices.count(voice), -voices.index(voice)))
        return [d for d, voice in zip(details, voices, strict=True) if voice == most]

    def _voice(self, detail: Detail) -> str:
        claim = self.claim(detail)
        return self.who(claim)[0] or self.articles[claim.evidence.article].source

    def say(
        self,
        details: Sequence[Detail],
        clause: str = "",
        *,
        key: str = "",
        first: bool = False,
        plain: bool = False,
        flat: bool = False,
    ) -> Said | None:
        """One sentence for details of one field, status and asserter; None where it can't be said.

        `first`: the asserter opens it, for a clause that says "it" of the asserter. `plain`: in
        the shortest words. `flat`: the sentence before says whose word it is.
        """
        lead = details[0]
        status = self.status(lead)
        claim = self.claim(lead)
        clause = clause or self._clause(details)
        if not clause:
            return None
        if lead.field == "response" and (
            claim.asserter_kind == "attacker" or status not in ("confirmed", "reported")
        ):
            return None  # what an attacker says of another's response isn't told as its own
        who, named = self.who(claim)
        settled = bearing.refused(claim.sentence.quote)
        frames = wording.FRAMES if who else wording.NOBODY
        outlet = self.articles[claim.evidence.article].source
        if not who and status in ("confirmed", "reported"):
            if not outlet or (bearing.spoken(claim.sentence.quote) and not settled):
                return None  # whose word it is the title says, and it is not the outlet's
            who = outlet  # its own word, where nobody else's is given
        if not who and status == "claimed" and not vouch.claimed(claim.sentence.quote):
            return None  # a report on a thief's wares is no claim of anybody's
        options = frames[status]
        often = who == outlet and all(self.reports(d) > 1 for d in details)
        measured = lead.field in ("affected", "volume", "money")
        settled |= plain and not first and status == "confirmed" and not measured
        if status in ("confirmed", "reported") and (often or flat or settled):
            options = wording.FLAT
        if lead.field == "volume" and status == "claimed":
            if not who:
                return None  # the size of a haul that nobody has shown needs who says so
            if not key:
                frame = _HOLD if plural(who) else _HOLDS
                text = frame.format(A=capital(self.called(claim, who)), x=span(lead))
                extra = tuple(e for e in named if not covers(claim.sentence, e))
                return Said(text, (claim.sentence, *extra))
        if plain and options is not wording.FLAT:
            options = wording.PLAIN.get(status, options) if who else options
        if first:
            options = options[:1]
        frame = self.pick(key or f"{lead.field} {lead.value}", options)
        if lead.field == "actor" and who and resolve.same("actor", who, str(lead.value)):
            frame = _MINE.format(A="{A}", says="claims" if status == "claimed" else "says")
        shown = who or ""
        if who and who != outlet:
            shown = self.called(claim, who)
        text = _fill(frame, clause, shown, outlet=who == outlet)
        sentences = tuple(dict.fromkeys(self.claim(d).sentence for d in details))
        extra = tuple(e for e in named if not any(covers(s, e) for s in sentences))
        return Said(text, sentences + extra)

    def products(self) -> list[Detail]:
        """What has the flaw, of a thread on a vulnerability: named in running text, not in a title,
        where every word is capitalised."""
        return [d for d in self.of("third_party") if d.lead.claim.evidence.where == "text"]

    def _thing(self, detail: Detail) -> str:
        words = span(detail)
        named = detail.field in ("victim", "actor", "third_party") and words
        return self.called(self.claim(detail), words) if named else words

    def _clause(self, details: Sequence[Detail]) -> str:
        field = details[0].field
        if field == "response":
            told = details[0].value == "notified_people" and vouch.done(self.claim(details[0]))
            return wording.TOLD if told else wording.RESPONSE.get(str(details[0].value), "")
        things = join(_distinct([self._thing(d) for d in details]))
        if not things:
            return ""
        if field == "attack_type":
            return wording.ATTACK.get(str(details[0].value), "")
        if field == "money":
            if any(_of_no_thief(self.claim(d).sentence.quote) for d in details):
                return ""
            return wording.MONEY.get(details[0].value["kind"], "").format(x=things)
        several = _several(details, things)
        flaw = field == "third_party" and self.kind == "vulnerability"
        options = wording.FLAW if flaw else wording.CLAUSES[field]
        if field == "affected" and "affected" in things:
            options = wording.COUNTED
        if field == "affected" and (verb := vouch.taken(self.claim(details[0]), things)):
            options = (f"{{x}} were {verb}",)
        elif field == "affected":
            own = vouch.counted(self.claim(details[0]), things)
            if own is not None:
                return own
        if field == "data_type" and any(vouch.hedged(self.claim(d)) for d in details):
            options = wording.MAYBE
        pattern = self.pick(f"{field} clause {details[0].value}", options)
        return pattern.format(
            x=things, **{"is": "are" if several else "is", "was": "were" if several else "was"}
        )


def _of_no_thief(sentence: str) -> bool:
    """Whether the sum in a sentence is what a state took, or one of many cases."""
    return says("vouch", "seized", sentence) or says("vouch", "at_large", sentence)


def _distinct(things: Sequence[str]) -> list[str]:
    """Without repeats and without what stands inside a longer one."""
    unique = list(dict.fromkeys(filter(None, things)))
    return [t for t in unique if not any(t != u and t.lower() in u.lower() for u in unique)]


def _several(details: Sequence[Detail], things: str) -> bool:
    if details[0].field in ("affected", "volume"):
        return details[0].field == "affected"
    return len(details) > 1 or plural(things)


def _fill(frame: str, clause: str, who: str, *, outlet: bool) -> str:
    """A frame with its clause and whose word it is; several asserters take plural verbs."""
    inner = (
        who
        if outlet
        else re.sub(r"\A[A-Z](?:[a-z]*)(?= [a-z])(?! of [A-Z])", lambda m: m[0].lower(), who)
    )
    if not outlet and plural(inner):
        frame = _VERBS_PLURAL.sub(lambda m: _BASE[m[0]], frame)
    return frame.format(A=capital(who), a=inner, c=clause, C=capital(clause)).replace("..", ".")
