"""Explain like I'm five: short plain sentences from the ledger, one everyday comparison, one tip.

In: the desk. Out: `eli5` statements, words of one or two syllables as far as names allow: what
happened to whom, what it is like, what was taken from how many, what is done about it, what people
should know. The comparison is of the attack type that the sources bear out best, else of the kind
of thread.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from breachwire.model import Detail, Statement
from nlp import facts, glossary
from nlp.brief_sections import core
from nlp.desk import Desk
from nlp.facts import Said
from nlp.folding import Caseless

_DATA: Final = {
    "names": "names",
    "contact": "addresses",
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
    "customer_records": "files on clients",
    "employee_records": "files on staff",
    "training_data": "data that trains machines",
    "crypto_funds": "coins",
}
_FILES: Final = ("customer_records", "employee_records")
"""What is told together with whose they are: "files on 11,400 clients"."""
_RESPONSE: Final = {
    "restored": "things are coming back to life",
    "arrest": "someone has been caught",
    "paid_ransom": "the thieves were paid",
    "refused_ransom": "the thieves will not be paid",
    "took_systems_offline": "some systems were shut off to be safe",
    "lawsuit_filed": "the case has gone to court",
    "takedown": "the police shut part of it down",
    "sanction": "a state has put limits on those blamed",
    "investigating": "experts are now looking into it",
    "notified_authorities": "the police or a state office was told",
    "paused_partnership": "a partner has stopped work for now",
}
"""The most telling first."""
_TAKEN: Final = re.compile(
    r"\b(?:stol|steal|theft|thie[fv]|taken|took|copied|copies|download|exfiltrat|grabbed|dump)",
    re.IGNORECASE,
)
_LETTERS: Final = re.compile(r"\b(?:letter|notif|mail|told|inform|writ|wrot|call)", re.IGNORECASE)
_PEOPLE: Final = Caseless(
    r"\b(?:people|persons?|patients?|customers?|clients?|guests?|riders?|students?|families|members"
    r"|individuals|users?|workers?|employees|staff|pupils|residents|policyholders|contractors"
    r"|subscribers|shoppers|citizens|voters|drivers|travell?ers|teachers|parents|those|victims)\b"
)
_MOST_KINDS: Final = 3
"""Kinds of data that one plain sentence names."""
_GRAVE: Final = (
    "credentials", "payment_card", "ssn_or_id", "financial", "medical", "biometric", "dob",
    "contact", "customer_records", "employee_records", "names", "email_content", "location",
    "crypto_funds", "source_code", "internal_documents",
)  # fmt: skip
"""Kinds of data by how much a reader can do about them."""


def write(desk: Desk) -> None:
    """The event, the comparison, the loss, what is done, what to know."""
    ledger = desk.ledger
    event = desk.put_fact(core.said(ledger, plain=True), "eli5")
    told = int(event or desk.put_fact(_flaw(desk), "eli5"))
    if ledger.standing() == "claimed" and not any(
        d.status == "confirmed" for d in ledger.of("victim", "attack_type")
    ):
        desk.put(glossary.notice("eli5", "unconfirmed"))
    attack = ledger.attack()
    value = str(attack.value) if event and attack else None
    kind = desk.view.thread.kind
    desk.put(Statement("eli5", glossary.comparison(value, kind), "glossary"))
    told += _loss(desk)
    if response := _response(desk):
        told += _say(desk, [response[0]], response[1])
    if advice := glossary.advice(_gravest(desk), kind):
        desk.put(Statement("eli5", advice, "glossary"))
    if not told:
        desk.put(glossary.notice("eli5"))


def _loss(desk: Desk) -> int:
    """What was taken, of how many: one sentence where one speaker says both, else two. Out: how
    many sentences stand."""
    data = facts.grouped([d for d in desk.ledger.leading("data_type") if d.value in _DATA])
    group = data[0][:_MOST_KINDS] if data else []
    words = facts.join(list(dict.fromkeys(_DATA[str(d.value)] for d in group)))
    count = next((d for d in desk.ledger.leading("affected") if facts.span(d)), None)
    if count and count.status == "disputed":
        count = None
    took = all(_TAKEN.search(desk.ledger.claim(d).sentence.quote) for d in group)
    if words and count and _one_voice(desk, group[0], count):
        files = all(d.value in _FILES for d in group)
        shown = "files on {n}" if files else "{x} of {n}"
        clause = f"the thieves took {shown}" if took else f"{shown} were laid open"
        if _say(desk, [*group, count], clause.format(x=words, n=facts.span(count))):
            return 1
    clause = "the thieves took {x}" if took else "the data holds {x}"
    told = _say(desk, group, clause.format(x=words)) if words else False
    options = ("{x} are hit by this", "the harm touches {x}")
    clause = desk.ledger.pick("plain count", options)
    return told + (_say(desk, [count], clause.format(x=facts.span(count))) if count else False)


def _say(desk: Desk, details: Sequence[Detail], clause: str) -> bool:
    """Without whose word it is where that party confirms it and the section has named it before."""
    ledger = desk.ledger
    who, _ = ledger.who(ledger.claim(details[0]))
    sure = all(d.status == "confirmed" for d in details)
    named = who is not None and any(who in s.text for s in desk.held("eli5"))
    flat = sure and named
    said = ledger.say(details, clause, key="plain frame", first=True, plain=True, flat=flat)
    return desk.put_fact(said, "eli5")


def _one_voice(desk: Desk, data: Detail, count: Detail) -> bool:
    """Whether both facts are one speaker's, of one standing, and the count is one of people."""
    ledger = desk.ledger
    one, other = (ledger.who(ledger.claim(d))[0] for d in (data, count))
    same = (one or "").split(" ")[0] == (other or "").split(" ")[0] and one is not None
    people = _PEOPLE.search(facts.span(count)) is not None
    return same and people and ledger.status(data) == ledger.status(count)


def _response(desk: Desk) -> tuple[Detail, str] | None:
    """The most telling thing that is done; people told only where the words say they are."""
    if desk.view.thread.kind == "vulnerability":
        return None
    found = {str(d.value): d for d in reversed(desk.ledger.leading("response"))}
    told = found.get("notified_people")
    if told and not _tells_people(desk, told):
        told = None
    for value, clause in _RESPONSE.items():
        if value == "investigating" and told:
            break
        if value in found and found[value].status != "denied":
            return found[value], clause
    return (told, "the people it hit are being told") if told else None


def _tells_people(desk: Desk, detail: Detail) -> bool:
    words = desk.ledger.claim(detail).evidence.quote
    near = desk.ledger.claim(detail).sentence.quote
    clients = re.search(r"\b(?:clients?|customers|partners|employers)\b", words)
    return bool(_LETTERS.search(near) and _PEOPLE.search(near)) and not clients


def _gravest(desk: Desk) -> str | None:
    """Of the data told first, else of all that the ledger has."""
    found = [d for d in desk.ledger.leading("data_type") if d.status != "denied"]
    told = next(iter(facts.grouped([d for d in found if d.value in _DATA])), [])
    held = {str(d.value) for d in told or found}
    return next((value for value in _GRAVE if value in held), None)


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
