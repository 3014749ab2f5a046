"""Which comparison and which tip a plain account calls for.

In: the desk and what the account tells. Out: keys of `glossary`, each only where the sources give
cause for it: a kind of attack that the ledger bears out or that the account names, data that is
surely lost, a claim that is in dispute.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from breachwire.model import Detail
from nlp import glossary, vouch
from nlp.brief_sections import core, flaws
from nlp.desk import Desk
from nlp.patterns import says

_FILE: Final = "phishing_file"
_MAIL: Final = ("phishing", _FILE)
_GRAVE: Final = (
    "credentials", "payment_card", "ssn_or_id", "financial", "medical", "biometric", "dob",
    "contact", "customer_records", "employee_records", "names", "email_content", "location",
    "crypto_funds",
)  # fmt: skip
"""Kinds of data by how much a reader can do about them."""
_PEOPLE: Final = ("customer_records", "employee_records")
"""What the account tells by whose it is."""


def term(desk: Desk, told: str, *, event: bool) -> str | None:
    """The kind of attack that a comparison explains: the one that the ledger bears out, else one
    whose name stands in what is told; None where a claim is in dispute."""
    if kind(desk, event=event) == "disputed":
        return None
    found = _term(desk, told, event=event)
    return _FILE if found == "phishing" and _in_a_file(desk) else found


def _in_a_file(desk: Desk) -> bool:
    """Whether fake messages bring a file to open and nothing is said of a page to log in on."""
    said = [q.source.quote for q in desk.quotables]
    return any(says("vouch", "opens_file", text) for text in said) and not any(
        says("vouch", "logs_in", text) for text in said
    )


def _term(desk: Desk, told: str, *, event: bool) -> str | None:
    attack = desk.ledger.attack() if event else None
    if attack and not _another(desk, attack):
        return str(attack.value)
    if event and not kind(desk, event=event) and desk.view.thread.kind == "breach":
        return "unknown_intrusion"
    return next((key for key in glossary.terms() if says("vouch", f"term_{key}", told)), None)


def _another(desk: Desk, attack: Detail) -> bool:
    """Whether the means may have befallen another: no sentence on it names who was hit."""
    victims = desk.ledger.victims()
    quote = desk.ledger.claim(attack).sentence.quote
    return str(attack.value) in core.OF_WHOM and not any(name in quote for name in victims)


def kind(desk: Desk, *, event: bool) -> str | None:
    """The kind of story, where its comparison holds whatever happened."""
    own, standing = desk.view.thread.kind, desk.ledger.standing()
    if any(q.position <= 1 and says("vouch", "accident", q.source.quote) for q in desk.quotables):
        return "accident"
    doubted = standing in ("disputed", "denied") or (standing == "claimed" and not event)
    if doubted and own != "vulnerability":
        claims = any(says("vouch", "claims", q.source.quote) for q in desk.quotables)
        return "disputed" if claims else None
    if own == "breach":
        lost = [*desk.ledger.leading("data_type"), *desk.ledger.leading("affected")]
        return own if any(vouch.lost(desk.ledger.claim(d)) for d in lost) else None
    if own == "supply-chain":
        return own if any(says("vouch", "supplied", q.text) for q in desk.quotables) else None
    return own if own in ("vulnerability", "malware", "law", "policy") else None


def gravity(detail: Detail) -> int:
    """Kinds of data by how much a reader can do about them, the gravest first."""
    value = str(detail.value)
    return _GRAVE.index(value) if value in _GRAVE else len(_GRAVE)


def advice(desk: Desk, explained: str | None, named: Sequence[str]) -> str | None:
    """What to know: for the gravest of the data that is surely lost and that the account names
    (`named`), else for the kind of attack that is explained, else for the kind of thread; None
    where nothing fits."""
    own = desk.view.thread.kind
    if own == "vulnerability":
        mended = flaws.mended(desk) and not flaws.settled(desk)
        return glossary.advice("vulnerability-fixed") if mended else None
    for value in _grave(desk):
        if value in named or value in _PEOPLE:
            return glossary.advice(value)
    if own in ("malware", "supply-chain") and explained not in _MAIL:
        return glossary.advice(own)
    return glossary.advice(explained) if explained else None


def _grave(desk: Desk) -> Iterator[str]:
    """Kinds of data that are sure to be lost and of which people can do something."""
    ledger = desk.ledger
    sure = [d for d in ledger.leading("data_type") if ledger.status(d) in ("confirmed", "reported")]
    held = {str(d.value): ledger.claim(d).sentence.quote for d in sure}
    for value in _GRAVE:
        if value not in held:
            continue
        own = says("vouch", "publicly", held[value]) and not says("vouch", "inward", held[value])
        if value != "credentials" or (own and "password" in held[value].lower()):
            yield value
