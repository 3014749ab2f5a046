"""The core of an incident in one sentence of ours: who was hit by what, and whose word that is.

In: a ledger. Out: a text with evidence, or None where the ledger names no victim.
"""

from __future__ import annotations

import re
from typing import Final

from breachwire.model import Detail, Evidence
from nlp import vouch
from nlp.facts import Ledger, Said
from nlp.patterns import says

_HIT: Final = {
    "ransomware": "ransomware hit {v}",
    "extortion": "{v} was a target of extortion",
    "supply_chain": "a supply-chain attack hit {v}",
    "phishing": "phishing hit {v}",
    "social_engineering": "social engineering opened the way into {v}",
    "vulnerability_exploitation": "a software flaw was used against {v}",
    "stolen_credentials": "stolen credentials were used against {v}",
    "misconfiguration": "a misconfiguration exposed {v}",
    "malware": "malware hit {v}",
    "insider": "an insider misused access at {v}",
    "ddos": "a flood of traffic hit {v}",
    "wiper": "data-wiping malware hit {v}",
    "espionage": "spying hit {v}",
    "theft_of_funds": "funds were stolen from {v}",
    "unknown_intrusion": "intruders got into {v}",
}
"""As the ledger's attack types; plain and no stronger than their names."""

_PLAIN: Final = _HIT | {
    "ransomware": "ransomware got into {v}",
    "extortion": "hackers tried to get money from {v}",
    "supply_chain": "an attack through trusted software hit {v}",
    "phishing": "fake messages hit {v}",
    "social_engineering": "tricks and lies opened the door at {v}",
    "vulnerability_exploitation": "a weak spot in software was used to hurt {v}",
    "stolen_credentials": "stolen logins were used on {v}",
    "misconfiguration": "a wrong setting left {v} open",
    "malware": "harmful software hit {v}",
    "insider": "a person on the inside did harm at {v}",
    "ddos": "junk traffic jammed {v}",
    "wiper": "data was wiped at {v}",
    "theft_of_funds": "money was stolen from {v}",
    "unknown_intrusion": "someone broke into {v}",
}


_KIND: Final = {"breach": "a data breach hit {v}", "supply-chain": "a supply-chain attack hit {v}"}
_TITLED: Final = ("confirmed", "reported")
_SAYS_LITTLE: Final = ("unknown_intrusion", "extortion", "malware", "espionage")
"""Attack types that by themselves tell less than any report's first sentence."""
OF_WHOM: Final = (
    "malware", "phishing", "social_engineering", "stolen_credentials", "vulnerability_exploitation",
    "misconfiguration", "insider",
)  # fmt: skip
"""Means that may have been used on a supplier or its staff: whom they hit, one sentence says."""
_KIND_PLAIN: Final = {
    "breach": "a break-in hit {v}",
    "supply-chain": "an attack through trusted software hit {v}",
}
"""Where the sources bear out who was hit, but not how."""
_LOST: Final = {"stolen": "data was stolen from {v}", "open": "data of {v} was laid open"}
"""The same of a loss without a word on intruders."""
_TAMPERED: Final = "{v} was tampered with"
"""Of software that carried the attack: it hit whoever used it."""


def said(ledger: Ledger, *, plain: bool = False) -> Said | None:
    """The core fact; `plain` in the words of the plain-language section."""
    victims = [d for d in ledger.of("victim") if ledger.name(d) in ledger.victims()]
    attack = ledger.attack()
    if not victims or ledger.kind == "vulnerability":
        return None
    name = ledger.name(victims[0])
    told = ledger.hit(name, claimed=attack is not None and ledger.status(attack) == "claimed")
    if told is None:
        return None  # named in the story, but no report says that it was hit
    if attack is None:
        return _bare(ledger, victims[0], told, plain=plain)
    if str(attack.value) in OF_WHOM and name not in ledger.claim(attack).sentence.quote:
        return _bare(ledger, victims[0], told, plain=plain)  # it may have befallen another
    who, _ = ledger.who(ledger.claim(attack))
    own = who is not None and _plain(who).startswith(_plain(name)) and attack.status != "disputed"
    shown = "it" if own else ledger.called(ledger.claim(victims[0]), name)
    pattern = (_PLAIN if plain else _HIT)[str(attack.value)]
    if attack.value == "supply_chain" and _software(ledger, name):
        pattern = _TAMPERED
    words = _about(ledger, attack, pattern, shown, name, plain=plain)
    if words is None or own or any(name in e.quote for e in words.evidence):
        return words
    return Said(words.text, (*words.evidence, told))


def _about(
    ledger: Ledger, detail: Detail, pattern: str, shown: str, name: str, *, plain: bool
) -> Said | None:
    """The pattern said of a victim: of "it" only where the sentence opens with its name."""
    own = shown == "it"
    words = ledger.say(
        [detail], pattern.format(v=shown), key=f"core {plain}", first=own, plain=plain
    )
    if words is None or not own or name in words.text:
        return words
    called = ledger.called(ledger.claim(detail), name)
    return ledger.say([detail], pattern.format(v=called), key=f"core {plain}", plain=plain)


def telling(ledger: Ledger) -> bool:
    """Whether the core fact is worth a summary: how it was done is known, nobody doubts it, and
    titles name who was hit by what."""
    attack, victims = ledger.attack(), ledger.victims()
    if ledger.kind not in _KIND or attack is None or not victims or attack.value in _SAYS_LITTLE:
        return False
    titles = " ".join(article.title for article in ledger.articles.values())
    told = any(c.claim.evidence.where == "title" for c in attack.claims)
    return told and victims[0] in titles and ledger.status(attack) in _TITLED


def _bare(ledger: Ledger, victim: Detail, told: Evidence, *, plain: bool) -> Said | None:
    """`told`: the sentence that says who was hit; a leak without intruders is no break-in."""
    if ledger.kind not in _KIND or victim.status in ("denied", "disputed"):
        return None
    name = ledger.name(victim)
    pattern = _loss(ledger, told.quote) if plain else _KIND[ledger.kind]
    if ledger.kind == "supply-chain" and _software(ledger, name):
        pattern = _TAMPERED
    if pattern is None:
        return None
    who, _ = ledger.who(ledger.claim(victim))
    own = who is not None and _plain(who).startswith(_plain(name))
    shown = "it" if own else ledger.called(ledger.claim(victim), name)
    words = _about(ledger, victim, pattern, shown, name, plain=plain)
    return words and Said(words.text, tuple(dict.fromkeys((*words.evidence, told))))


def _software(ledger: Ledger, name: str) -> bool:
    """Whether the one "hit" is the software itself, of which there are versions."""
    as_such = re.compile(
        rf"\b(?:releases?|versions?|builds?) of (?:the )?{(of := re.escape(name))}\b"
        rf"|\b{of} (?:v?\d|packages?\b|releases?\b|versions?\b|librar|plug-?ins?\b|extensions?\b)"
        rf"|\b(?:[Pp]ackage|[Ll]ibrary|[Pp]lug-?in|[Ee]xtension|[Tt]ool) {of}\b"
    )
    return any(as_such.search(a.title) or as_such.search(a.text) for a in ledger.articles.values())


def _loss(ledger: Ledger, told: str) -> str | None:
    """What befell a victim in plain words, no more than its sentence says: a break-in, a theft, or
    data that lay open; None where it says none of them."""
    if ledger.kind != "breach":
        return _KIND_PLAIN[ledger.kind]
    if vouch.intruded(told):
        return _KIND_PLAIN["breach"]
    return next((clause for key, clause in _LOST.items() if says("vouch", key, told)), None)


def _plain(name: str) -> str:
    return re.sub(r"\W|\A[Tt]he ", "", name).lower()
