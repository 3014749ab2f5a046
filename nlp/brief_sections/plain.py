"""Explain like I'm five: short plain sentences from the ledger and one everyday comparison.

In: the desk. Out: `eli5` statements, words of one or two syllables as far as names allow.
"""

from __future__ import annotations

from typing import Final

from breachwire.model import Statement
from nlp import facts, glossary
from nlp.brief_sections import core
from nlp.desk import Desk
from nlp.facts import Said

_DATA: Final = {
    "names": "names",
    "contact": "home or mail addresses",
    "ssn_or_id": "ID numbers",
    "dob": "birth dates",
    "financial": "bank details",
    "payment_card": "bank cards",
    "medical": "health files",
    "credentials": "passwords",
    "source_code": "code",
    "email_content": "mail",
    "internal_documents": "work papers",
    "biometric": "prints or faces",
    "location": "places",
    "customer_records": "files on buyers",
    "employee_records": "files on staff",
    "training_data": "data that trains machines",
    "crypto_funds": "coins",
}
_RESPONSE: Final = {
    "paused_partnership": "a partner has stopped work for now",
    "took_systems_offline": "some systems were shut off to be safe",
    "notified_people": "the people it hit are being told",
    "notified_authorities": "the police or a state office was told",
    "investigating": "experts are now looking into it",
    "restored": "things are coming back to life",
    "refused_ransom": "the thieves will not be paid",
    "paid_ransom": "the thieves were paid",
    "lawsuit_filed": "the case has gone to court",
    "arrest": "someone has been caught",
    "sanction": "a state has put limits on those blamed",
    "takedown": "the police shut part of it down",
}
_MOST: Final = 5


def write(desk: Desk) -> None:
    """The event, what was taken, how many, what is done; then the comparison."""
    ledger = desk.ledger
    found = [core.said(ledger, plain=True), _flaw(desk), _data(desk), _count(desk), _response(desk)]
    told = sum(desk.put_fact(said, "eli5") for said in found[:_MOST])
    if ledger.standing() == "claimed" and not any(
        d.status == "confirmed" for d in ledger.of("victim", "attack_type")
    ):
        desk.put(glossary.notice("eli5", "unconfirmed"))
    attack = ledger.attack()
    value = str(attack.value) if attack else None
    kind = desk.view.thread.kind
    desk.put(Statement("eli5", glossary.comparison(value, kind), "glossary"))
    if not told:
        desk.put(glossary.notice("eli5"))


def _data(desk: Desk) -> Said | None:
    groups = facts.grouped(desk.ledger.of("data_type"))
    if not groups:
        return None
    group = [d for d in groups[0] if d.value in _DATA][:3]
    words = facts.join(list(dict.fromkeys(_DATA[str(d.value)] for d in group)))
    if not words:
        return None
    clause = desk.ledger.pick("plain data", ("the data holds {x}", "{x} are in the data"))
    return desk.ledger.say(
        group, clause.format(x=words), key="plain data frame", first=True, plain=True
    )


def _count(desk: Desk) -> Said | None:
    for detail in [d for d in desk.ledger.of("affected") if facts.span(d)][:1]:
        clause = desk.ledger.pick(
            "plain count", ("this touches {x}", "this is about {x}", "{x} are hit by this")
        )
        return desk.ledger.say(
            [detail],
            clause.format(x=facts.span(detail)),
            key="plain count frame",
            first=True,
            plain=True,
        )
    return None


def _response(desk: Desk) -> Said | None:
    if desk.view.thread.kind == "vulnerability":
        return None
    for detail in desk.ledger.of("response"):
        if clause := _RESPONSE.get(str(detail.value)):
            return desk.ledger.say([detail], clause, key="response frame", first=True, plain=True)
    return None


def _flaw(desk: Desk) -> Said | None:
    """A flaw's place or number, in a thread on a vulnerability."""
    if desk.view.thread.kind != "vulnerability":
        return None
    pick, say = desk.ledger.pick, desk.ledger.say
    if products := desk.ledger.products()[:1]:
        clause = pick("plain flaw", ("the weak spot is in {x}", "{x} has a weak spot"))
        return say(products, clause.format(x=facts.span(products[0])), key="flaw", plain=True)
    if flaws := desk.ledger.of("cve")[:1]:
        clause = pick("plain cve", ("the weak spot is called {x}", "{x} is its name"))
        return say(flaws, clause.format(x=facts.span(flaws[0])), key="flaw", plain=True)
    return None
