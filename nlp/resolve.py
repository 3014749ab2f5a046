"""Claims of parties → groups of claims that name one party.

Two names are one where they are equal, case, article and legal form aside; where one is the other's
beginning ("AHMC", "AHMC Healthcare"); where one is the other's initials ("OTC", "Oklahoma Tax
Commission"); for actors, only where equal but for "group", "gang" and the like, or where the MISP
galaxy gives them as aliases of one actor. What is left over, the first or last words of a longer
name ("Magpie", "Gilt Magpie"), joins it where the thread has only one such name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from breachwire.model import Field, LedgerClaim
from nlp import lexicon
from nlp.names import key_of

FIELDS: Final[tuple[Field, ...]] = ("victim", "actor", "third_party")
_TAILS: Final = frozenset(
    ["group", "gang", "team", "ransomware", "hackers", "crew", "collective", "operation"]
)
_TELLING: Final = 5
"""Letters from which on a part of a name stands for the whole."""
_LITTLE: Final = frozenset(["of", "the", "and", "for", "de", "la", "&", "in", "at"])

_Group = tuple[list[str], list[LedgerClaim]]


def groups(field: Field, claims: Sequence[LedgerClaim]) -> list[list[LedgerClaim]]:
    """Claims of one field by party, in order of first appearance."""
    found: list[_Group] = []
    for claim in sorted(claims, key=lambda c: -len(key_of(str(c.claim.value)))):
        name = str(claim.claim.value)
        group = next((g for g in found if any(same(field, name, other) for other in g[0])), None)
        group = group or _only_longer(name, [g for g in found if _within(name, g[0])])
        if group is None:
            found.append(([name], [claim]))
        else:
            group[0].append(name)
            group[1].append(claim)
    return [members for _, members in found]


def _only_longer(name: str, longer: Sequence[_Group]) -> _Group | None:
    """The one party of the thread that a part of a name can stand for; None for none or several."""
    return longer[0] if len(longer) == 1 and len(key_of(name)) >= _TELLING else None


def _within(name: str, others: Sequence[str]) -> bool:
    """Whether a name is the first or last words of another: "Magpie" of "Gilt Magpie"."""
    short = key_of(name).split()
    longer = (key_of(other).split() for other in others)
    return (
        bool(short)
        and any(
            len(short) < len(long) and short in (long[: len(short)], long[-len(short) :])
            for long in longer
        )
        and not set(short) <= _plain() | _TAILS
    )


def same(field: Field, one: str, other: str) -> bool:
    """Whether two names are one party's."""
    a, b = key_of(one), key_of(other)
    if a == b:
        return True
    if field == "actor":
        return actor_key(one) == actor_key(other)
    short, long = sorted((a.split(), b.split()), key=len)
    if not short or len(short[0]) < 2:
        return False
    if long[: len(short)] == short and (len(short) > 1 or short[0] not in _plain()):
        return True
    return len(short) == 1 and _initials(long) == short[0] and len(short[0]) > 1


def actor_key(name: str) -> str:
    """An actor's name as the galaxy has it, without "group", "gang" and the like."""
    parts = key_of(name).split()
    while len(parts) > 1 and parts[-1] in _TAILS:
        parts.pop()
    bare = " ".join(parts)
    known = lexicon.actors().get(bare) or lexicon.actors().get(f"{bare} group")
    canonical = key_of(known[0]).split() if known and not known[1] else parts
    while len(canonical) > 1 and canonical[-1] in _TAILS:
        canonical.pop()
    return " ".join(canonical).rstrip("$")


def _plain() -> frozenset[str]:
    """Words that say too little to stand for a longer name: "national", "bank", "united"."""
    return lexicon.words("nouns", "organisation") | lexicon.words("nouns", "inside") | _adjectives()


def _adjectives() -> frozenset[str]:
    return lexicon.words("places", "adjectives") | lexicon.words("places", "names")


def _initials(words: Sequence[str]) -> str:
    return "".join(word[0] for word in words if word not in _LITTLE)


def display(claims: Sequence[LedgerClaim], lead: LedgerClaim) -> str:
    """The form readers know: the commonest in the claims, of equals the longest, lead's first."""
    count = Counter(str(claim.claim.value) for claim in claims)
    best = max(count.values())
    forms = [form for form, number in count.items() if number == best]
    if str(lead.claim.value) in forms and len(forms) > 1:
        forms = [form for form in forms if len(form) >= len(str(lead.claim.value))]
    return max(forms, key=lambda form: (not form.isupper() or len(form) < 6, len(form)))
