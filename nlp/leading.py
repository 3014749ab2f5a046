"""A thread's details as a writer asks for them: which lead, which stand, of what standing.

In: a thread view. Out: details whose lead can be cited, the names of who was hit, the claim that
tells a fact best and the status it may be told with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final

from breachwire.model import Claim, Detail, Evidence, Field, Status, ThreadView
from nlp import bearing, ground, resolve, sentences, staleness, vouch
from nlp.cited import title_of
from nlp.reference import ORG
from nlp.spans import span

_TOP: Final = 600
"""Characters of a text in which news stands; what only one report says further down is a detail."""
_NEWS: Final = 1_800
"""Characters of a text in which it is said who was hit."""
_FEWEST: Final = 50
"""Counts below this, and counts of nothing named, are no measure of an incident."""
_DEEP: Final = ("data_type", "affected", "volume")
_BLAME: Final = ("actor", "third_party")
"""Who is to blame no report says in passing: without a title or anybody's word it is not told."""
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


class Leading:
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
        best = lead if lead in own or not own else own[0]
        if detail.field != "affected" or best.evidence.where != "title" or best.asserter:
            return best
        # A title counts without a word on who does: a sentence may say.
        spoken = (
            c for c in own if c.evidence.where == "text" and vouch.speaks(c, c.asserter or "")
        )
        return next((c for c in spoken if c.asserter), best)

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


def _counts(value: Any) -> bool:
    return bool(value.get("unit") != "other") and int(value.get("number") or 0) >= _FEWEST
