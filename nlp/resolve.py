"""Claims of parties → groups of claims that name one party.

Two names are one where they are equal, case, article and legal form aside; where one is the other's
beginning ("AHMC", "AHMC Healthcare"); where one is the other's initials ("OTC", "Oklahoma Tax
Commission"); for actors, only where equal but for "group", "gang" and the like, or where the MISP
galaxy gives them as aliases of one actor. A product is not its vendor ("Microsoft", "Microsoft
Exchange"). What is left over, the first or last words of a longer name ("Magpie", "Gilt Magpie"),
joins it where the thread has only one such name; so does a plain description ("the hospital
operator", "a Minnesota county"), where one named victim only is of that kind and place.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from breachwire.model import Field, LedgerClaim
from nlp import lexicon, whereabouts
from nlp.folding import fold
from nlp.names import generic, key_of
from nlp.patterns import one

FIELDS: Final[tuple[Field, ...]] = ("victim", "actor", "third_party")
_TAILS: Final = frozenset(
    ["group", "gang", "team", "ransomware", "hackers", "crew", "collective", "operation"]
)
_PACKAGES: Final = frozenset(["npm", "pypi", "package", "packages", "customers", "users"])
_TELLING: Final = 5
"""Letters from which on a part of a name stands for the whole."""
_LITTLE: Final = frozenset(["of", "the", "and", "for", "de", "la", "&", "in", "at"])

_PLURAL: Final = re.compile(r"(?<![su])s\Z|\bpeople\Z")
_PROPER: Final = frozenset(
    ["university", "college", "police", "parliament", "airport", "airlines", "railways", "board"]
)
"""Of these a country or state has few enough for "Ohio University" to be a name."""
_MANY: Final = re.compile(
    r"\b(?:users|customers|companies|firms|organi[sz]ations|entities|businesses|agencies|networks|"
    r"accounts|packages|repositories|developers|employees|experts|banks|hospitals|schools|"
    r"governments?|officials|websites|devices|routers|hosts|tenants|critical infrastructure)\Z"
)
_SOMEBODY: Final = re.compile(
    r"(?<![\w-])(?:[\w-]{1,40} )?(?:hackers?|attackers?|threat actors?|cyber actors|clusters|"
    r"hacking group|man|woman|teens?|teenagers?|national|nationals|apt|insiders?|employees?)"
)

_CREW: Final = re.compile(
    r"(?:(?:extortion|ransomware|hacking|crime|cybercrime|data[- ]theft|leak) )?"
    r"(?:crews?|gangs?|groups?|sellers?|suppliers?|users?|intruders?|thief|thieves|burglars?)"
)
_BROKEN: Final = re.compile(
    r"\A(?:of|at|by|from|in|on|with) |\A[^()]{0,200}\)|\([^()]{0,200}\Z|\s[-–—]\s|"
    r"(?<!,), [^,]{1,80}, [^,(]{0,80}\("
)
"""A preposition before, half a bracket, a dash with spaces: words taken for a name."""
_TRAILING: Final = frozenset(
    ["offices", "office", "systems", "gateway", "gateways", "customers", "users", "employees"]
)
"""Lower-case words behind a name that aren't part of it: "Brindle County offices"."""
_PLAINER: Final = frozenset(["chipmaker", "exchange", "tool", "toolmaker", "forwarder"])
_DESCRIBED: Final = 4
"""Words before a name, at most, in which its kind is told: "Utah-based student loan servicer"."""
_LEADING: Final = frozenset(["of", "at", "by", "from", "in", "on", "with"])

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
    return _named(field, [members for _, members in found])


def _named(field: Field, groups: list[list[LedgerClaim]]) -> list[list[LedgerClaim]]:
    """The groups once plain descriptions of one victim have joined the name they stand for."""
    plain = [group for group in groups if _description(field, group)]
    named = [group for group in groups if group not in plain]
    for group in plain if field == "victim" else ():
        fitting = [other for other in named if _fits(str(group[0].claim.value), other)]
        if len(fitting) == 1:
            fitting[0].extend(group)
            groups = [other for other in groups if other is not group]
    return groups


def _description(field: Field, group: Sequence[LedgerClaim]) -> bool:
    return all(described(field, str(claim.claim.value)) for claim in group)


def _fits(description: str, group: Sequence[LedgerClaim]) -> bool:
    """Whether "the hospital operator", one body of a kind that is told, can be this victim."""
    kind, place = whereabouts.sector_in(description), whereabouts.country_in(description)
    if kind is None or _PLURAL.search(fold(description)):
        return False
    names = list(dict.fromkeys(str(claim.claim.value) for claim in group))
    sector, country = whereabouts.sector(group, names), whereabouts.country(group, names)
    if sector is None or sector.value != kind[0]:
        return False
    return place is None or country is None or country.value == place[0]


@lru_cache(maxsize=1 << 14)
def described(field: Field, name: str) -> bool:
    """Whether a value is a plain description, not a name: "Iranian hackers", "npm packages"."""
    if field == "cve":
        return False
    low = fold(name).strip()
    bare = re.sub(r"\A(?:the|an?|its|several|multiple|major) ", "", low)
    somebody = bool(one("descriptions", "actor").fullmatch(bare) or _SOMEBODY.fullmatch(bare))
    somebody = somebody or bool(_CREW.fullmatch(bare))
    if field == "actor" or somebody:
        return somebody
    words = key_of(name).split()
    if words and words[-1] in _PROPER and name[:1].isupper() and name.split()[-1][:1].isupper():
        return False
    if any(one("descriptions", key).fullmatch(bare) for key in ("victim", "generic")):
        return True
    kinds = lexicon.words("nouns", "descriptor") | lexicon.words("nouns", "generic")
    return (
        not words
        or (len(words) < 3 and generic(name))
        or (len(words) > 1 and name[:1].islower() and words[0] in lexicon.common())
        or (words[-1] in kinds and name == low and set(words) <= lexicon.common() | _adjectives())
        or bool(_MANY.search(low))
    )


def broken(name: str) -> bool:
    """Whether a value is a piece of a sentence, not a name."""
    return bool(_BROKEN.search(name))


@lru_cache(maxsize=1 << 14)
def bare(name: str) -> str:
    """A name as a heading has it, without what an article's words put round it.

    "of Penn Hotels", "toolmaker Penn", "Insurer Penn", "Rural hospital Penn General", "Penn County
    offices": a describing word goes where an unusual word follows, all words up to a lower-case one
    do, and lower-case words behind a name.
    """
    words = name.split()
    while len(words) > 1 and words[0] in _LEADING:
        words = words[1:]
    while len(words) > 1 and words[-1] in _TRAILING and words[0][:1].isupper():
        words = words[:-1]
    return " ".join(words[_kind_before(words) :])


def _kind_before(words: Sequence[str]) -> int:
    """How many words before a name say what it is: "Rural hospital Penn", "Ohio-based lender Penn".

    All up to a lower-case word for a kind of body that a capital follows; a capitalised one
    ("Insurer Penn") only where an unusual word follows it.
    """
    for n in range(min(len(words) - 1, _DESCRIBED), 0, -1):
        kind, rest = words[n - 1], words[n]
        if not rest[:1].isupper() or fold(kind) not in _describing():
            continue
        if kind.islower() or (n == 1 and key_of(rest) not in lexicon.common() | _adjectives()):
            return n
    return 0


def _describing() -> frozenset[str]:
    """Words that say what kind of body a name is: "insurer", "chipmaker", "tool"."""
    return lexicon.words("nouns", "descriptor") | _PLAINER


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
            len(short) < len(long)
            and short in (long[: len(short)], long[-len(short) :])
            and not (long[: len(short)] == short and product(short, long[len(short) :]))
            for long in longer
        )
        and not set(short) <= _plain() | _TAILS
    )


def part_of(name: str, other: str) -> bool:
    """Whether a name is the first or last words of a longer one: "Ferrule" of "Grey Ferrule"."""
    return _within(name, [other])


def same(field: Field, one: str, other: str) -> bool:
    """Whether two names are one party's."""
    a, b = key_of(bare(one)), key_of(bare(other))
    if a == b:
        return True
    if field == "actor":
        return actor_key(one) == actor_key(other)
    short, long = sorted((a.split(), b.split()), key=len)
    if not short or len(short[0]) < 2:
        return False
    if long[: len(short)] == short and product(short, long[len(short) :]):
        return False
    if long[: len(short)] == short and (len(short) > 1 or short[0] not in _plain()):
        return True
    return len(short) == 1 and _initials(long) == short[0] and len(short[0]) > 1


def product(vendor: Sequence[str], rest: Sequence[str]) -> bool:
    """Whether `rest` behind a vendor's name names a product of its: "Exchange" behind "Microsoft".

    Behind other names only what is surely a product's word does; "AHMC" and "AHMC Healthcare" are
    one, and so are "Cisco" and "Cisco Systems".
    """
    vending = " ".join(vendor) in lexicon.words("products", "vendors")
    if vending and " ".join(rest) in lexicon.words("products", "lines"):
        return True
    if not rest or rest[-1] in lexicon.words("nouns", "organisation") - product_nouns():
        return False
    if vending:
        return rest[-1] not in _PACKAGES
    # Behind a name that is no vendor's, what may be a kind of body is one: "Penn Exchange".
    return rest[-1] in product_nouns() - _describing()


def product_nouns() -> frozenset[str]:
    """Words that make a longer name a product's."""
    return lexicon.words("products", "nouns")


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
    field = lead.claim.field
    named = [claim for claim in claims if not described(field, str(claim.claim.value))]
    claims = named or claims
    if lead not in claims:
        lead = claims[0]
    count = Counter(str(claim.claim.value) for claim in claims)
    best = max(count.values())
    forms = [form for form, number in count.items() if number == best]
    if str(lead.claim.value) in forms and len(forms) > 1:
        forms = [form for form in forms if len(form) >= len(str(lead.claim.value))]
    return bare(max(forms, key=lambda form: (not form.isupper() or len(form) < 6, len(form))))
