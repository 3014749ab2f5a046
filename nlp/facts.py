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
from functools import cached_property
from typing import Any, Final

from breachwire.model import (
    BriefSection,
    Claim,
    Detail,
    Evidence,
    Field,
    Statement,
    Status,
    ThreadView,
)
from nlp import bearing, ground, resolve, sentences, staleness, vouch, wording
from nlp.cited import covers as covers
from nlp.cited import find, within
from nlp.cited import title_of as title_of
from nlp.folding import capital
from nlp.reference import ORG
from nlp.spans import PRONOUN, ROLE, generic, plural
from nlp.spans import grouped as grouped
from nlp.spans import join as join
from nlp.spans import span as span

_HOLDS: Final = "{A} claims to hold {x} of data."
_HOLD: Final = "{A} claim to hold {x} of data."
"""What the one who offers data, or those, say of its size."""
_TOP: Final = 600
"""Characters of a text in which news stands; what only one report says further down is a detail."""
_NEWS: Final = 1_800
"""Characters of a text in which it is said who was hit."""
_DEEP: Final = ("data_type", "affected", "volume")
_BLAME: Final = ("actor", "third_party")
"""Who is to blame no report says in passing: without a title or anybody's word it is not told."""
_MINE: Final = "{A} {says} it is behind the attack."
"""An actor's own word on itself."""
_CUT: Final = re.compile(r", (?:an?|the|its|his|her|which|who|whose|one of)\b|,\Z")
"""Where an asserter's name ends: "Orrelight, a company"."""
_LINK: Final = re.compile(r"\A(?:that|when|as|after|but|and|while|because|if) ")
_FEWEST: Final = 50
"""Counts below this, and counts of nothing named, are no measure of an incident."""
_VERBS_PLURAL: Final = re.compile(r"\b(?:says|claims|reports|denies)\b(?!\})")
_BASE: Final = {"says": "say", "claims": "claim", "reports": "report", "denies": "deny"}
_ANYBODY: Final = re.compile(r"\A(?:[Tt]he |[Tt]his )?(?:\w+ )?(?:firm|vendor|provider|supplier)\Z")
"""Who may be another's expert: no word of the victim's."""
_STANDS_ALONE: Final = (
    r"(?=[,.;)’']| (?:said|says|has|had|is|was|will|and|in|on|to|were|confirmed|disclosed|announced"
    r"|reported|told)\b)"
)
"""After a name: not the group, the breach or the site of that name."""
_TWO_SIDED: Final = ("attack_type", "data_type", "affected", "volume", "response", "money")
"""What is shown as disputed only where two parties are seen to dispute it."""
_PHRASE: Final = re.compile(rf"(?:\A|\s){ORG}(?:\s|\Z)")
"""A plain noun in what passes for a name: "Brannock hospital"."""
_HOUSES: Final = frozenset(
    [
        "center",
        "centre",
        "hospital",
        "clinic",
        "clinics",
        "church",
        "school",
        "schools",
        "college",
        "university",
        "bank",
        "foundation",
        "pharmacy",
        "house",
        "group",
        "health",
        "system",
        "systems",
        "medical",
        "restaurant",
        "store",
        "stores",
    ]
)
"""What a name with a possessive goes on with: "Saint Orsyth's Medical Center"."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text of ours and what it rests on."""

    text: str
    evidence: tuple[Evidence, ...]

    def statement(self, section: BriefSection, paragraph: int = 0) -> Statement:
        """As a statement of that section."""
        return Statement(section, self.text, "stated", self.evidence, paragraph)


class Ledger:
    """A thread's details as a writer asks for them."""

    def __init__(self, view: ThreadView) -> None:
        self.details = view.details
        self.articles = {m.article.id: m.article for m in view.members}
        self.kind = view.thread.kind
        self._seed = view.thread.id
        self._copies = frozenset(m.article.id for m in view.members if m.copy_of is not None)
        self._longer: dict[str, str] = {}
        self._of: dict[tuple[Field, ...], tuple[Detail, ...]] = {}
        self._leading: dict[tuple[Field, ...], tuple[Detail, ...]] = {}
        self._claims: dict[int, Claim] = {}
        """Answers that are asked for time and again, details by their identity."""
        self._news = staleness.News(view.members)

    def of(self, *fields: Field) -> list[Detail]:
        """Details of these fields whose lead can be cited, in the ledger's order."""
        if fields not in self._of:
            self._of[fields] = tuple(self._cited(fields))
        return list(self._of[fields])

    def _cited(self, fields: Sequence[Field]) -> list[Detail]:
        return [
            d
            for d in self.details
            if d.field in fields
            and d.lead.claim.evidence.article in self.articles
            and (d.field != "affected" or _counts(d.value))
            and bearing.bears(self.claim(d), self._year)
        ]

    @cached_property
    def _year(self) -> int:
        """The year in which the reporting began: what lies before it is background."""
        return min(article.at for article in self.articles.values()).year

    def victims(self) -> list[str]:
        """Names of the organisations hit, as the articles write them, the leading first."""
        return list(self._victims)

    @cached_property
    def _victims(self) -> tuple[str, ...]:
        names = [resolve.bare(d.lead.claim.evidence.quote) for d in self.of("victim")]
        names += [str(d.value) for d in self.of("victim")]
        known = [self._whole(name) for name in names if name[:1].isupper() or name[:1].isdigit()]
        proper = [name for name in known if not _PHRASE.search(name)] or known
        actors = " | ".join(str(d.value) for d in self.of("actor"))
        proper = [name for name in proper if name not in actors] or proper
        borne = [name for name in proper if self.hit(name, claimed=True)]
        return tuple(dict.fromkeys(borne or proper))

    def _whole(self, name: str) -> str:
        """A name that was cut at its possessive, as the articles write it: "Saint Orsyth's Medical
        Center" for "Saint Orsyth"."""
        if name not in self._longer:
            texts = "\n".join(f"{a.title}\n{a.text}" for a in self.articles.values())
            found = re.findall(rf"\b{re.escape(name)}['’]s(?: (?:[A-Z][a-z]+)){{1,3}}\b", texts)
            held = [n for n in found if texts.count(n) > 1 and n.split()[-1].lower() in _HOUSES]
            self._longer[name] = held[0] if held else name
        return self._longer[name]

    def claim(self, detail: Detail) -> Claim:
        """The claim a fact is told by: its lead, or where that stands in a copy or in a sentence on
        somebody's claim, the same fact elsewhere."""
        if id(detail) not in self._claims:
            self._claims[id(detail)] = self._best_claim(detail)
        return self._claims[id(detail)]

    def _best_claim(self, detail: Detail) -> Claim:
        own = [c.claim for c in detail.claims if c.claim.value == detail.value]
        own = [c for c in own if c.evidence.article in self.articles.keys() - self._copies]
        own = [c for c in own if bearing.bears(c, self._year)] or own
        own = [c for c in own if vouch.stands(c)] or own
        if detail.status in ("confirmed", "reported"):
            own = [c for c in own if not ground.DOUBT.search(c.sentence.quote)] or own
        lead = detail.lead.claim
        return lead if lead in own or not own else own[0]

    def name(self, detail: Detail) -> str:
        """A victim's name, as `victims` has it: "Example" for "Example Exchange"."""
        own = self._whole(span(detail))
        if own in self._victims:
            return own
        return next((name for name in self._victims if own.startswith(f"{name} ")), own)

    def hit(self, name: str, *, claimed: bool = False) -> Evidence | None:
        """The first sentence at the top of the articles, titles first, that says that who of this
        name was breached or attacked; None: none does. `claimed`: or claims it."""
        tops = self._tops
        return next((e for e in tops if vouch.hit(name, e.quote, claimed=claimed)), None)

    @cached_property
    def _tops(self) -> tuple[Evidence, ...]:
        own = [a for a in self.articles.values() if a.id not in self._copies]
        spans = [(a, *span) for a in own for span in sentences.split(a.text[:_NEWS])]
        texts = [Evidence(a.id, "text", at, end, a.text[at:end]) for a, at, end in spans]
        return (*map(title_of, own), *(e for e in texts if not bearing.before(e.quote, self._year)))

    def reports(self, detail: Detail) -> int:
        """How many articles tell a fact in their own words."""
        told = {c.claim.evidence.article for c in detail.claims if c.claim.value == detail.value}
        return len(told - self._copies) or min(1, len(told))

    def weak(self, detail: Detail) -> bool:
        """Whether one article alone tells it, past its top, and by nobody's word. What was lost and
        of how many stands deep in many a good report."""
        claims = [c.claim for c in detail.claims]
        if detail.field in _DEEP:
            return False
        if detail.field == "third_party" and detail.lead.claim.asserter_kind == "attacker":
            return True
        if self.reports(detail) > 1 or detail.lead.claim.asserter:
            return False
        top = 0 if detail.field in _BLAME else _TOP
        return all(c.evidence.where == "text" and c.evidence.start >= top for c in claims)

    def leading(self, *fields: Field) -> list[Detail]:
        """As `of`, without what is weak, what its sentences don't bear out (`nlp.vouch`) and what
        newer reports have overtaken: what a brief may say for the incident as a whole."""
        if fields not in self._leading:
            found = [d for d in self.of(*fields) if not self.weak(d) and self.current(d)]
            self._leading[fields] = tuple(found)
        return list(self._leading[fields])

    def current(self, detail: Detail) -> bool:
        """Whether a sentence of ours may tell it now: its own sentence bears it out, a dispute has
        two sides, and nothing newer has overtaken it."""
        if detail.field == "victim":
            return self._main(detail)
        if detail.status in ("denied", "disputed") and detail.field in _TWO_SIDED:
            return vouch.opposed(detail)
        claim = self.claim(detail)
        if (
            detail.field == "data_type"
            and self.kind == "vulnerability"
            and not (self.victims() and vouch.stolen(claim))
        ):
            return False  # what a flaw lays open, nobody has lost yet
        return vouch.stands(claim) and not self._news.overtook(detail, claim)

    def _main(self, detail: Detail) -> bool:
        """Whether a victim is the story's: the first, or one that a title names."""
        name = self.name(detail)
        titles = " ".join(a.title for a in self.articles.values())
        return name in self.victims()[:1] or (name in self.victims() and name in titles)

    def attack(self) -> Detail | None:
        """The leading attack type: of those not denied and not weak the one best borne out, else
        one denied; None where an incident stands and only its manner is denied."""
        found = self.leading("attack_type")
        standing = [d for d in found if d.status != "denied"]
        telling = [d for d in standing if d.value != "unknown_intrusion"]
        if telling or standing:
            return max(telling or standing, key=self._borne_out)
        return next(iter(found), None) if self.standing() in ("denied", "claimed") else None

    def _borne_out(self, detail: Detail) -> float:
        titled = any(c.claim.evidence.where == "title" for c in detail.claims)
        top = any(c.claim.evidence.start < _TOP for c in detail.claims)
        sure = self.status(detail) in ("confirmed", "reported")
        return min(self.reports(detail), 3) + 1.0 * titled + 1.0 * top + 2.0 * sure

    def status(self, detail: Detail) -> Status:
        """A detail's status as it may be told: what an attacker says is a claim."""
        claim = detail.lead.claim
        actors = {str(d.value).lower() for d in self.of("actor")}
        attacker = claim.asserter_kind == "attacker" or (claim.asserter or "").lower() in actors
        told = detail.status in ("confirmed", "reported")
        doubtful = detail.status == "reported" and self._alleged and detail.field in _TWO_SIDED
        words = self.claim(detail).sentence.quote
        if detail.field == "attack_type" and detail.status == "claimed" and bearing.refused(words):
            return "reported"  # who refuses a demand says that there was one
        doubtful |= told and detail.field in _TWO_SIDED and bearing.doers_word(words)
        return "claimed" if (attacker and told) or doubtful else detail.status

    def standing(self) -> Status | None:
        """The status of the incident itself: of the victim, else of the attack."""
        for detail in [*self.of("victim")[:1], *self.of("attack_type")[:1]]:
            status = self.status(detail)
            return "claimed" if status == "reported" and self._alleged else status
        return None

    @cached_property
    def _alleged(self) -> bool:
        """Whether reports tell of the leading victim only that somebody claims to have hit it."""
        name = next(iter(self.victims()), "") if self.kind != "vulnerability" else ""
        return bool(name and self.hit(name, claimed=True) and not self.hit(name))

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


def _counts(value: Any) -> bool:
    return bool(value.get("unit") != "other") and int(value.get("number") or 0) >= _FEWEST


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
