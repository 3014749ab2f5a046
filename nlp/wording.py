"""The sentences of our own: frames by whose word a fact is, clauses by what it is.

In: nothing. Out: patterns for `nlp.facts`. {A} and {a} are whose word it is (capitalised or as it
stands inside a sentence), {C} and {c} the clause, {x} the fact's own words. None is stronger than
the status it stands for.
"""

from __future__ import annotations

from typing import Final

from breachwire.model import Field, Status

FRAMES: Final[dict[Status, tuple[str, ...]]] = {
    "confirmed": ("{A} says {c}.", "{C}, {a} says.", "According to {a}, {c}."),
    "reported": ("{A} reports that {c}.", "According to {a}, {c}.", "{C}, {a} reports."),
    "claimed": ("{A} claims {c}.", "{C}, {a} claims.", "{A} claims that {c}."),
    "denied": ("{A} denies that {c}.",),
    "disputed": ("Accounts differ on whether {c}.", "It is disputed whether {c}."),
}
NOBODY: Final[dict[Status, tuple[str, ...]]] = {
    "confirmed": ("{C}, {a} reports.", "According to {a}, {c}."),
    "reported": ("{C}, {a} reports.", "{A} reports that {c}.", "According to {a}, {c}."),
    "claimed": ("It is claimed that {c}.", "There is a claim that {c}."),
    "denied": ("It is denied that {c}.", "Reports that {c} are denied."),
    "disputed": FRAMES["disputed"],
}
"""Where the ledger names no asserter: the outlet's word, or a claim by someone unnamed."""

FLAT: Final = ("{C}.",)
"""For what several outlets report, each in its own words: the page names them beside it."""
PLAIN: Final[dict[Status, tuple[str, ...]]] = {
    "confirmed": ("{A} says {c}.", "{C}, {a} says."),
    "reported": ("{A} says {c}.", "{C}, {a} says."),
    "claimed": ("{A} claims that {c}.",),
    "denied": ("{A} says it is not true that {c}.",),
}
CLAUSES: Final[dict[Field, tuple[str, ...]]] = {
    "victim": ("{x} {was} hit", "{x} {is} among those hit"),
    "actor": ("{x} {is} behind the attack", "the attack is the work of {x}"),
    "third_party": ("the trail leads through {x}", "the incident runs through {x}"),
    "affected": ("{x} {is} affected",),
    "volume": ("{x} of data {is} involved", "the data comes to {x}"),
    "data_type": ("the data includes {x}", "the data at stake includes {x}"),
    "attack_type": ("{x}",),
    "cve": ("the flaw is known as {x}",),
    "date": ("the date is {x}",),
}
ATTACK: Final = {
    "ransomware": "ransomware was used",
    "extortion": "extortion is part of the case",
    "supply_chain": "the way in was a supply-chain attack",
    "phishing": "phishing was used",
    "social_engineering": "social engineering was used",
    "vulnerability_exploitation": "a software flaw was used",
    "stolen_credentials": "stolen credentials were used",
    "misconfiguration": "a misconfiguration left the way open",
    "malware": "malware was used",
    "insider": "an insider misused access",
    "ddos": "a flood of traffic was the means",
    "wiper": "data-wiping malware was used",
    "espionage": "it was an act of spying",
    "theft_of_funds": "funds were stolen",
    "unknown_intrusion": "there was an intrusion of unknown kind",
}
MAYBE: Final = ("the data may include {x}", "{x} may be among the data")
"""Of data where the sources say "potentially", "may include"."""
COUNTED: Final = ("there are {x}",)
"""Where the count's own words say "affected"."""
FLAW: Final = ("the flaw is in {x}", "{x} has the flaw")
"""In a thread on a vulnerability the third party is the product that has it."""
MONEY: Final = {
    "ransom_demand": "the ransom asked for is {x}",
    "ransom_paid": "a ransom of {x} was paid",
    "loss": "the loss comes to {x}",
    "stolen": "the sum stolen is {x}",
    "fine": "the fine is {x}",
    "settlement": "the settlement comes to {x}",
}
"""A sum of another kind says nothing without its sentence."""
RESPONSE: Final = {
    "paused_partnership": "a partner has paused its work",
    "took_systems_offline": "systems were taken offline",
    "notified_people": "people affected are being told",
    "notified_authorities": "the authorities have been told",
    "investigating": "an investigation is under way",
    "restored": "systems are coming back",
    "refused_ransom": "no ransom will be paid",
    "paid_ransom": "a ransom was paid",
    "lawsuit_filed": "a lawsuit has been filed",
    "arrest": "an arrest was made",
    "sanction": "sanctions were imposed",
    "takedown": "a takedown took place",
}
TOLD: Final = "people affected have been told"
ATTACKS: Final = {
    "ransomware": "ransomware",
    "extortion": "extortion",
    "supply_chain": "a supply-chain attack",
    "phishing": "phishing",
    "social_engineering": "social engineering",
    "vulnerability_exploitation": "the use of a software flaw",
    "stolen_credentials": "stolen credentials",
    "misconfiguration": "a misconfiguration",
    "malware": "malware",
    "insider": "misuse by an insider",
    "ddos": "a flood of traffic",
    "wiper": "data-wiping malware",
    "espionage": "espionage",
    "theft_of_funds": "theft of funds",
    "unknown_intrusion": "an intrusion of unknown kind",
}
DATA: Final = {
    "names": "names",
    "contact": "contact details",
    "ssn_or_id": "identity numbers",
    "dob": "dates of birth",
    "financial": "financial data",
    "payment_card": "payment cards",
    "medical": "health data",
    "credentials": "login details",
    "source_code": "source code",
    "email_content": "emails",
    "internal_documents": "documents",
    "biometric": "biometric data",
    "location": "location data",
    "customer_records": "customer records",
    "employee_records": "staff records",
    "training_data": "training data",
    "crypto_funds": "cryptocurrency",
}
