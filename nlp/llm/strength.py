"""Whether a sentence is stronger than the ledger: claimed is not confirmed, denied is not so.

In: a sentence, the words it rests on, the thread's ledger. Out: what is wrong, a line each. The
passages' own words are checked by `clauses`; here counts what the ledger made of them, which may
know from the sentence before that "the group stole 3 TB" is the group's own word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from breachwire.model import Claim, Evidence, Status
from nlp.facts import Ledger, covers
from nlp.folding import Caseless

_WARY: Final = Caseless(
    r"\b(?:claim\w*|alleg\w+|purport\w*|un(?:verified|confirmed)|boast\w*|accus\w*|suspect\w*"
    r"|rumou?r\w*|whether|if|den(?:y|ies|ied)|disput\w*|not true|according)\b"
)
_SAID: Final = re.compile(r"\b(?:sa(?:id|ys?)|offer\w*|threat\w*|post\w*|list\w*)\b", re.IGNORECASE)
_DENIED: Final = re.compile(
    r"\b(?:den(?:y|ies|ied|ial)|disput\w*|reject\w*|refut\w*|not|no|none|never)\b", re.IGNORECASE
)
_CONFIRMS: Final = re.compile(
    r"\b(?:confirm\w*|verif(?:y|ied|ies)|acknowledg\w*|admit\w*|prove[nds]?|conceded?)\b",
    re.IGNORECASE,
)
_HARM: Final = Caseless(
    r"\b(?:st[eo]le|stolen|steal\w*|breach(?:ed|es)|hack(?:ed|s)|leak(?:ed|s)|encrypt(?:ed|s)"
    r"|exfiltrat\w+|compromis\w+|broke|broken|infiltrat\w+|penetrat\w+|expos(?:ed|es)|dump(?:ed|s)"
    r"|hit|took|taken|accessed|attack(?:ed|s)|obtain(?:ed|s)|published|holds?|held|possess\w*"
    r"|infect(?:ed|s)|lost|robbed|raided|disrupt(?:ed|s)|victims?)\b"
)


def problems(text: str, evidence: Sequence[Evidence], ledger: Ledger) -> list[str]:
    """Where it says more than the ledger allows."""
    claims = [(c, status) for c, status in _told(ledger) if _cited(c, evidence)]
    statuses = {status for claim, status in claims if _tells(text, claim)}
    found = []
    if "claimed" in statuses and not _wary(text, evidence):
        found.append("it tells as fact what is only claimed")
    if "denied" in statuses and not _DENIED.search(text) and not _WARY.search(text):
        found.append("it tells as fact what is denied")
    if "disputed" in statuses and not _WARY.search(text):
        found.append("it tells as fact what is disputed")
    if _CONFIRMS.search(text) and not any(status == "confirmed" for _, status in claims):
        found.append("nothing it rests on is confirmed")
    standing = ledger.standing()
    if standing in ("claimed", "disputed", "denied") and _flat(text, evidence, claims):
        found.append(f"the incident itself is {standing}, and it tells it as fact")
    return found


def _told(ledger: Ledger) -> list[tuple[Claim, Status]]:
    """Every claim of the ledger with the status it may be told with."""
    return [
        (said.claim, ledger.status(detail) if said is detail.lead else said.claim.status)
        for detail in ledger.details
        for said in detail.claims
    ]


def _cited(claim: Claim, evidence: Sequence[Evidence]) -> bool:
    return any(covers(e, claim.evidence) or covers(claim.sentence, e) for e in evidence)


def _tells(text: str, claim: Claim) -> bool:
    """Whether the fact's own words, or its number or value, stand in the text; of a kind of attack
    or response, which may be put in other words, whether it speaks of harm at all."""
    low = text.lower()
    if claim.field in ("attack_type", "response", "data_type"):
        return claim.evidence.quote.lower() in low or bool(_HARM.search(text))
    digits = re.findall(r"\d[\d.,]*", claim.evidence.quote)
    words = [claim.evidence.quote.lower(), str(claim.value).lower()]
    named = claim.field in ("victim", "actor", "third_party")
    said = any(word in low for word in words) or any(number in text for number in digits)
    return said and (not named or bool(_HARM.search(text)))


def _wary(text: str, evidence: Sequence[Evidence]) -> bool:
    """Where the source says "claims", "says" is too strong."""
    if _WARY.search(text):
        return True
    return bool(_SAID.search(text)) and not any(_WARY.search(e.quote) for e in evidence)


def _flat(text: str, evidence: Sequence[Evidence], claims: Sequence[tuple[Claim, Status]]) -> bool:
    """Whether it tells harm as fact though nothing that it rests on is more than claimed."""
    if any(status in ("reported", "confirmed") for _, status in claims):
        return False
    return bool(_HARM.search(text)) and not _wary(text, evidence) and not _DENIED.search(text)
