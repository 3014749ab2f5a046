"""A link → the kind of relation and its reason in words, as a reader sees them.

A reason names what both threads have in common as their sources write it, or says that nothing is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from breachwire.model import Relation
from nlp import features, lexicon
from nlp.links import Link, same_victims
from nlp.profile import CALENDAR, Profile

SUBJECT: Final = "similar subject"
NO_NAME: Final = f"{SUBJECT}, no name in common"


def worth_naming(stem: str) -> bool:
    """Whether a word that two texts have in common is a reason: "CEO", "URLs" and days are none."""
    return stem not in CALENDAR and stem not in lexicon.words("nouns", "common")


def relation(mine: Profile, other: Profile, link: Link, storyline: float) -> tuple[Relation, str]:
    """The strongest bond, and it in words. `storyline`: the log-odds from which a shared name is
    one campaign's."""
    if cves := sorted(mine.cves & other.cves):
        return "same_flaw", f"same flaw: {cves[0]}"
    if victims := sorted(same_victims(mine, other)):
        return "same_victim", f"same victim: {as_written(victims[0], mine, other)}"
    if supplier := _supplier(mine, other):
        return "same_supplier", supplier
    if actors := sorted((mine.actors & other.actors) - mine.nameless):
        return "same_actor", f"same actor: {as_written(actors[0], mine, other)}"
    shared = filter(worth_naming, link.shared)
    names = list(dict.fromkeys(in_full(name, mine, other) for name in shared))[:2]
    if names:
        kind: Relation = "same_storyline" if link.value >= storyline else "similar"
        return kind, f"both name {' and '.join(names)}"
    if form := _form(link.bigram, mine, other):
        return "similar", f"both name {form}"
    return "similar", NO_NAME


def second_hand(link: Link, middle: Profile, far: Profile) -> str:
    """Why a thread is related by way of a third, which this link binds it to."""
    shared = next(filter(worth_naming, link.shared), None)
    name = in_full(shared, middle, far) if shared else _form(link.bigram, middle, far)
    if not name:
        return f"{SUBJECT} to a thread related to this one, no name in common"
    return f"names {name}, as a thread related to this one does"


def _supplier(mine: Profile, other: Profile) -> str | None:
    if both := sorted((mine.suppliers & other.suppliers) - mine.nameless):
        return f"same supplier: {as_written(both[0], mine, other)}"
    if hit := sorted((mine.suppliers & other.victims) - mine.nameless):
        return f"attack on {as_written(hit[0], mine, other)}, a third party here"
    if hit := sorted((mine.victims & other.suppliers) - other.nameless):
        return f"{as_written(hit[0], mine, other)}, the victim here, is a third party there"
    return None


def in_full(name: str, *profiles: Profile) -> str:
    """A name as the ledger has it in full ("Gilt Magpie") where every profile says all its words,
    else with the name beside it that all have ("Shai-Hulud"), else as the articles write it."""
    for profile in profiles:
        for value in sorted(profile.actors | profile.suppliers | profile.victims, key=len):
            words = [features.stem(word) for word in value.split()]
            whole = all(word in p.names for word in words for p in profiles)
            if 1 < len(words) <= 4 and name in words and whole:
                return as_written(value, *profiles)
    forms = (_form(bigram, *profiles) for bigram in _around(name, profiles))
    if known := sorted(filter(None, forms), key=lambda form: ("-" not in form, form)):
        return known[0]
    return next((p.written[name] for p in profiles if name in p.written), name)


def _around(name: str, profiles: Sequence[Profile]) -> list[str]:
    """Bigrams of a name with another, which all profiles have."""
    both = frozenset.intersection(*(p.bigrams for p in profiles))
    names = frozenset.intersection(*(p.names for p in profiles))
    return [b for b in both if name in (words := b.split()) and names.issuperset(words)]


def _form(bigram: str, *profiles: Profile) -> str:
    """A bigram as running text writes it; empty where only headlines have it."""
    return next((p.written[bigram] for p in profiles if bigram in p.written), "")


def as_written(value: str, *profiles: Profile) -> str:
    """A ledger value, case-folded, as the first of the threads that has it writes it."""
    return next((p.written[value] for p in profiles if value in p.written), value)
