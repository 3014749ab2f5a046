"""The claims of one thread → its key details: one per fact, with status, history and note.

Which claims are of one fact: parties by resolved name (`resolve`), counts and volumes by what is
counted and by side (`tally`), data, attacks, responses, CVEs and dates by value.

Rules of status, over a fact's claims:
1. A denial stands with what it denies: where nothing was confirmed after it, the fact is disputed;
   a denial of what nobody in the thread asserts is denied.
2. A confirmation by victim or authority after the denial supersedes it; the note keeps the denial.
   The victim's later word that it was hit supersedes whoever denied any intrusion before.
3. Without a denial: confirmed before disputed before reported before claimed.
Rules of the lead: of the claims that carry that status, the most competent asserter's
(victim or authority, then researcher, then outlet, then attacker), of those the latest. An
attacker's figure never leads, joins or is added to the victim's: it is a detail of its own. Where
the leading figure is the rounding of another (83,000 of 83,112), that stands in its place.
Whose word leads is told by the party's name (`tellers`). Where one report says that the data is of
an older leak, a count or volume that is claimed or disputed is a possible repost.
A date or a response is not denied or disputed by a sentence that denies something else.
Leading details first: by field (ORDER), then by the number of articles that carry them, those in
titles before others; a party that one article of many names in passing comes last. Of dates, those
with a word of what happened (occurred, discovered, disclosed) come before the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from breachwire.model import Article, AsserterKind, Detail, Field, LedgerClaim, Status
from nlp import entities, resolve, tally
from nlp.folding import fold
from nlp.patterns import one
from nlp.showing import ANY_INTRUSION
from nlp.showing import shown as shown
from nlp.tellers import Tellers

RULES: Final = "2026-11-29 whose word"
"""Changed with the rules: a store whose details older ones made has them made anew."""
ORDER: Final[tuple[Field, ...]] = (
    "victim", "affected", "data_type", "attack_type", "actor", "third_party", "volume", "money",
    "cve", "date", "response",
)  # fmt: skip
LABELS: Final[dict[Field, str]] = {
    "victim": "Victim", "actor": "Threat actor", "third_party": "Third party",
    "affected": "Affected", "volume": "Data volume", "data_type": "Data exposed",
    "attack_type": "Attack type", "cve": "Vulnerability", "money": "Sum of money", "date": "Date",
    "response": "Response",
}  # fmt: skip
_UNITS: Final = {
    "people": "People affected", "accounts": "Accounts affected", "records": "Records affected",
    "devices": "Devices affected", "organizations": "Organizations affected",
    "customers": "Customers affected", "users": "Users affected",
}  # fmt: skip
_MONEY: Final = {
    "ransom_demand": "Ransom demanded", "ransom_paid": "Ransom paid", "loss": "Loss",
    "stolen": "Stolen", "fine": "Fine", "settlement": "Settlement",
}  # fmt: skip
COMPETENCE: Final[dict[AsserterKind | None, int]] = {
    "victim": 3, "authority": 3, "researcher": 2, "third_party": 1, "outlet": 1, None: 1,
    "attacker": 0,
}  # fmt: skip
_STRENGTH: Final[tuple[Status, ...]] = ("confirmed", "disputed", "reported", "claimed", "denied")
_MEASURES: Final[tuple[Field, ...]] = ("affected", "volume", "money")
_LEAKED: Final = ("affected", "volume", "data_type", "victim")
_MOST: Final = 3
"""COMPETENCE of the victim and the authorities."""
_FEW: Final = 4
"""Articles from which on a party that one of them names outside its title ranks low."""


@dataclass(frozen=True, slots=True)
class _Thread:
    """What a thread's facts are read against."""

    texts: Mapping[int, Article] | None
    owned: datetime | None
    """When the victim last confirmed that it was hit (`_owned`)."""
    tellers: Tellers
    reposted: bool
    """Whether any report has the data as that of an older leak."""


def in_order(claims: Iterable[LedgerClaim]) -> list[LedgerClaim]:
    """A thread's claims as the ledger has them, an article's own in its order: so that the details
    depend on what was said alone, not on when we heard of it."""
    return sorted(claims, key=lambda said: (said.said_at, said.claim.evidence.article))


def consolidate(
    claims: Sequence[LedgerClaim], texts: Mapping[int, Article] | None = None
) -> tuple[Detail, ...]:
    """The key details of one thread's claims, leading first. Empty for no claims.

    `texts`, their articles, tell more of a party than the claims' own sentences do.
    """
    return shown(every(claims, texts))


def every(
    claims: Sequence[LedgerClaim], texts: Mapping[int, Article] | None = None
) -> tuple[Detail, ...]:
    """All facts of one thread's claims, leading first: those that are not shown as well."""
    articles = len({claim.claim.evidence.article for claim in claims})
    groups = {field: _groups(field, _of(claims, (field,))) for field in ORDER}
    thread = _Thread(
        texts, _owned(claims), Tellers(groups), any(map(_repost, _of(claims, _LEAKED)))
    )
    found = [_detail(field, group, thread) for field in ORDER for group in groups[field]]
    found.sort(key=lambda detail: _rank(detail, articles))
    return tuple(found)


def _of(claims: Iterable[LedgerClaim], fields: Sequence[Field]) -> list[LedgerClaim]:
    return [claim for claim in claims if claim.claim.field in fields]


def _groups(field: Field, claims: Sequence[LedgerClaim]) -> list[list[LedgerClaim]]:
    if field in ("victim", "actor", "third_party"):
        return resolve.groups(field, claims)
    if field in ("affected", "volume", "money"):
        return tally.groups(field, claims)
    by: dict[str, list[LedgerClaim]] = {}
    for claim in claims:
        by.setdefault(_value_key(field, claim), []).append(claim)
    return list(by.values())


def _value_key(field: Field, claim: LedgerClaim) -> str:
    value = str(claim.claim.value)
    if value == "other" and field in ("data_type", "response"):
        return f"other {fold(claim.claim.evidence.quote).removeprefix('the ')}"
    return value


def _owned(claims: Sequence[LedgerClaim]) -> datetime | None:
    """When the victim last confirmed that it was hit; None where it never did or denies it since:
    no denial of the incident as a whole before then holds any more."""
    hit = [claim for claim in claims if claim.claim.field == "victim"]
    own = [c.said_at for c in hit if c.claim.status == "confirmed" and _competence(c) == _MOST]
    against = [c.said_at for c in hit if c.claim.status in ("denied", "disputed")]
    if not own or (against and max(against) >= max(own)):
        return None
    return max(own)


def _detail(field: Field, group: Sequence[LedgerClaim], thread: _Thread) -> Detail:
    newest = sorted(group, key=_age, reverse=True)
    said = [_as_a_step(claim) for claim in newest]
    status = _echoed(field, said) or _status(_said(field, said, thread.owned))
    lead = _lead(said, status)
    value = resolve.display(newest, lead) if field in resolve.FIELDS else lead.claim.value
    same = [claim for claim in said if _same(claim, lead)]
    firm = [claim for claim in same if status == claim.claim.status == "confirmed"]
    # What is confirmed is so since somebody confirmed it, whoever claimed or denied it before.
    since = min(claim.said_at for claim in firm or same)
    # The ledger keeps a claim as its sentence has it, steps too.
    kept = next(claim for claim, step in zip(newest, said, strict=True) if step is lead)
    return Detail(
        field, _label(field, lead, said), value, lead.claim.bound, status,
        _whose(lead, said, thread.tellers),
        since, tuple(newest), kept, _note(said, lead, status, thread),
        entities.party(field, newest, str(value), status, thread.texts),
    )  # fmt: skip


def _as_a_step(said: LedgerClaim) -> LedgerClaim:
    """A denial as a response was made, whatever it denies: by the victim's word, or reported."""
    claim = said.claim
    if claim.field != "response" or claim.value != "denied":
        return said
    if claim.status not in ("denied", "disputed"):
        return said
    own = claim.asserter and claim.asserter_kind == "victim"
    return replace(said, claim=replace(claim, status="confirmed" if own else "reported"))


def _said(
    field: Field, newest: Sequence[LedgerClaim], owned: datetime | None
) -> Sequence[LedgerClaim]:
    """The claims that settle a status: of dates and responses those that say it was so, where any
    does; the rest deny or doubt something else of their sentence. Of an intrusion as such those
    that were not overtaken by the victim's own word."""
    if field == "attack_type" and newest[0].claim.value == ANY_INTRUSION and owned:
        return [c for c in newest if not _overtaken(c, owned)] or newest
    if field not in ("date", "response"):
        return newest
    firm = [c for c in newest if c.claim.status not in ("denied", "disputed")]
    doubted = [c for c in newest if c.claim.status == "disputed"]
    plain = [replace(c, claim=replace(c.claim, status="reported")) for c in doubted]
    return firm or plain or newest


def _overtaken(claim: LedgerClaim, owned: datetime) -> bool:
    return claim.claim.status in ("denied", "disputed") and claim.said_at < owned


def _age(claim: LedgerClaim) -> tuple[datetime, datetime, int]:
    return claim.said_at, claim.first_seen_at, claim.claim.evidence.article


def _same(claim: LedgerClaim, lead: LedgerClaim) -> bool:
    if isinstance(lead.claim.value, dict):
        return tally.number(claim) == tally.number(lead)
    return True


def _status(newest: Sequence[LedgerClaim]) -> Status:
    """Rules 1 to 3 of the module's docstring."""
    denials = [claim for claim in newest if claim.claim.status == "denied"]
    said = [claim for claim in newest if claim.claim.status != "denied"]
    if denials and not said:
        return "denied"
    confirmed = [claim for claim in said if claim.claim.status == "confirmed"]
    if denials and not (confirmed and confirmed[0].said_at >= denials[0].said_at):
        return "disputed"
    return next(
        status for status in _STRENGTH if any(claim.claim.status == status for claim in said)
    )


def _echoed(field: Field, newest: Sequence[LedgerClaim]) -> Status | None:
    """claimed for an attacker's figure that outlets repeat: repeating it makes it no firmer."""
    sides = {tally.side(claim) for claim in newest}
    if field not in ("affected", "volume") or sides != {"attacker", "other"}:
        return None
    rejected = any(c.claim.status in ("denied", "disputed") for c in newest)
    return None if rejected else "claimed"


def _lead(newest: Sequence[LedgerClaim], status: Status) -> LedgerClaim:
    carrying = [claim for claim in newest if claim.claim.status == status]
    if not carrying:
        # Disputed by a denial: what is denied leads, the note says who denies it.
        carrying = [claim for claim in newest if claim.claim.status != "denied"]
    if status == "claimed":
        carrying = [claim for claim in carrying if tally.side(claim) == "attacker"] or carrying
    lead = max(carrying, key=lambda claim: (_competence(claim), _age(claim)))
    return _finest(newest, lead)


def _finest(newest: Sequence[LedgerClaim], lead: LedgerClaim) -> LedgerClaim:
    """The best claim that gives the lead's figure to more digits, else the lead."""
    if lead.claim.field not in _MEASURES or tally.side(lead) == "attacker":
        return lead
    figure, fine = tally.number(lead), tally.digits(tally.number(lead))
    finer = [
        claim
        for claim in newest
        if claim.claim.status != "denied"
        and tally.side(claim) == "other"
        and tally.digits(tally.number(claim)) > fine
        and tally.near(tally.number(claim), figure)
    ]
    return max(finer, key=lambda claim: (_competence(claim), _age(claim)), default=lead)


def _competence(claim: LedgerClaim) -> int:
    return COMPETENCE[claim.claim.asserter_kind]


def _label(field: Field, lead: LedgerClaim, newest: Sequence[LedgerClaim]) -> str:
    label = LABELS[field]
    value = lead.claim.value
    if isinstance(value, dict):
        label = _UNITS.get(value.get("unit", ""), label)
        kinds = {claim.claim.value.get("kind", "") for claim in newest}
        own = [value.get("kind", ""), *sorted(kinds, reverse=True)]  # stolen before loss
        label = next((_MONEY[kind] for kind in own if kind in _MONEY), label)
        if label == LABELS["money"] and _priced(lead):
            label = "Price asked"
    if field in ("affected", "volume") and tally.side(lead) == "attacker":
        return f"{label}, by the attacker's claim"
    return label


def _priced(claim: LedgerClaim) -> bool:
    """Whether a sum is what the data is offered for."""
    sentence, words = claim.claim.sentence, claim.claim.evidence
    before = fold(sentence.quote[: words.start - sentence.start])
    return bool(one("gates", "priced").search(before))


def _note(
    newest: Sequence[LedgerClaim], lead: LedgerClaim, status: Status, thread: _Thread
) -> str | None:
    notes: list[str] = []
    if lead.claim.bound == "placeholder":
        notes.append("placeholder: an opening figure that filings give until the count is known")
    denial = next((claim for claim in newest if claim.claim.status == "denied"), None)
    aside = lead.claim.field in ("date", "response") and denial and not denial.claim.asserter
    if denial and status != "denied" and not aside:
        who = f" by {teller}" if (teller := thread.tellers.name(denial)) else ""
        notes.append(f"denied{who} on {_day(denial.said_at)}")
    for kind, figures in zip(("earlier", "other"), _figures(newest, lead), strict=True):
        if figures:
            notes.append(f"{kind} figure{'s' if len(figures) > 1 else ''} {'; '.join(figures)}")
    # Where one report has it as old data, so are the figures that others give of it unproven.
    figure = lead.claim.field in ("affected", "volume") and status in ("claimed", "disputed")
    unproven = thread.reposted and figure
    if lead.claim.field in _LEAKED and (unproven or any(map(_repost, newest))):
        notes.append("possible repost of older data")
    return "; ".join(notes) or None


def _repost(claim: LedgerClaim) -> bool:
    """Whether the claim's sentence says that the data is of an older leak."""
    return bool(one("gates", "repost").search(fold(claim.claim.sentence.quote)))


def _day(at: datetime) -> str:
    """ "9 September 2026"."""
    return f"{at.day} {at:%B %Y}"


def _whose(lead: LedgerClaim, newest: Sequence[LedgerClaim], tellers: Tellers) -> str | None:
    """The lead's asserter; nobody, where that is who denies it now."""
    denies = any(
        c.claim.status == "denied" and c.claim.asserter == lead.claim.asserter for c in newest
    )
    superseded = lead.claim.status == "confirmed" and lead.said_at >= newest[0].said_at
    disowned = denies and lead.claim.status != "denied" and not superseded
    # What is disputed on the victim's own word, the victim does not say.
    rejected = lead.claim.status == "disputed" and tellers.is_the_victim(lead)
    return None if disowned or rejected else tellers.name(lead)


def _figures(
    newest: Sequence[LedgerClaim], lead: LedgerClaim
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Figures that are neither the lead's nor roundings of it, as people write them, latest first:
    those said before it or beside it, those said since."""
    early: dict[str, None] = {}
    late: dict[str, None] = {}
    for claim in newest if lead.claim.field in _MEASURES else ():
        if not tally.near(tally.number(claim), tally.number(lead)):
            into = late if claim.said_at > lead.said_at else early
            opening = " (placeholder)" if claim.claim.bound == "placeholder" else ""
            into[tally.figure(claim.claim.value) + opening] = None
    return tuple(early)[:4], tuple(figure for figure in late if figure not in early)[:4]


def _eventful(detail: Detail) -> int:
    """1 for a date whose sentence says that something happened, was found or was disclosed then."""
    if detail.field != "date":
        return 0
    told = (fold(claim.claim.sentence.quote) for claim in detail.claims)
    return int(any(one("gates", "turning").search(low) for low in told))


def _rank(detail: Detail, articles: int) -> tuple[int, int, int, int, int, str]:
    """Sort key: fields in order, an attacker's figures behind the others, well-supported details
    first, passing mentions last of all."""
    carried = {claim.claim.evidence.article for claim in detail.claims}
    titled = {
        claim.claim.evidence.article
        for claim in detail.claims
        if claim.claim.evidence.where == "title"
    }
    passing = (
        detail.field in resolve.FIELDS and articles >= _FEW and len(carried) == 1 and not titled
    )
    strength = _STRENGTH.index(detail.status)
    support = len(carried) + 2 * len(titled) + _eventful(detail)
    theirs = detail.field in ("affected", "volume") and tally.side(detail.lead) == "attacker"
    order = ORDER.index(detail.field)
    return int(passing), order, int(theirs), -support, strength, str(detail.value)
