"""Parties of threads → which of them are one entity, and under which address: pure decisions.

In: parties of one kind, as threads have them (`Seen`). Out: groups of them, each with a slug.
Whatever order threads came in, the groups are the same:

1. One full name is one entity, unless sources put it in two countries, or, for a name of one word,
   in two kinds of business: then each is its own, and what no source places stands apart.
2. A short form that a thread uses for a longer name ("AHMC" of "AHMC Healthcare") leads to it,
   where that is the only name it is used for.
3. A name that is the beginning of one longer name only ("AHMC", no thread has both) is that entity
   where both have the same country or sector, and neither differs.

Victims alone go by 2 and 3: an actor's aliases are settled by its key, and a supplier's product is
not the supplier. A group's address is its commonest full name's; where two want one, the smaller
ones add country or sector.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from breachwire.model import Status
from breachwire.store.words import slug

_KIN: Final = (
    frozenset(["Bank", "Finance", "Investment", "Payment", "Insurance", "Accounting"]),
    frozenset(
        ["IT", "IT - Security", "Technology", "Programming", "Managed Services Provider",
         "Digital services", "Telecoms", "IT - ISP", "Semi-conductors", "Social networks",
         "eCommerce", "Retail", "Online marketplace", "Streaming service", "Advertising",
         "Marketing", "Entertainment", "Game"]
    ),
    frozenset(["Education", "Higher education", "Research - Innovation", "Culture"]),
    frozenset(["Health", "Pharmacy", "Life science", "Insurance", "Research - Innovation"]),
    frozenset(["Government, Administration", "Police - Law enforcement", "Justice", "Military"]),
    frozenset(["Energy", "Electric", "Oil", "Gas", "Water"]),
    frozenset(["Manufacturing", "Industrial", "Engineering", "Automotive", "Food", "Retail"]),
    frozenset(["Transport", "Railway", "Logistic", "Shipping", "Civil Aviation", "Travel"]),
    frozenset(["Hotels", "Hospitality", "Casino", "Restaurant", "Entertainment", "Travel"]),
)  # fmt: skip
"""Sectors that sources use of one organisation by turns."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A party as one thread has it."""

    thread: str
    name: str
    main: str
    """Slug of its full name."""
    forms: frozenset[str]
    """Slugs of all its spellings there, the full one too."""
    spelled: tuple[str, ...]
    status: Status
    first_said: datetime
    last_said: datetime
    sector: dict[str, Any] | None = None
    country: dict[str, Any] | None = None


Group = tuple[Seen, ...]


def groups(seen: Iterable[Seen], *, loose: bool) -> dict[str, Group]:
    """By address, the parties that are one; `loose`: by rules 2 and 3 as well."""
    by_main: dict[str, list[Seen]] = defaultdict(list)
    for one in seen:
        by_main[one.main].append(one)
    found = [part for own in by_main.values() for part in _parted(own)]
    if loose:
        found = _joined(found)
    return _addressed([tuple(sorted(group, key=lambda s: s.thread)) for group in found])


def said(group: Sequence[Seen], what: str) -> str | None:
    """The sector or country that most of the group's threads give; None for none or a draw."""
    count = Counter(fact["value"] for one in group if (fact := getattr(one, what)))
    if not count:
        return None
    (value, most), *rest = count.most_common(2)
    return None if rest and rest[0][1] == most else str(value)


def _parted(own: Sequence[Seen]) -> list[list[Seen]]:
    """Rule 1: threads with one full name, apart where sources put it in two places."""
    what = "country" if len(_values(own, "country")) > 1 else "sector"
    values = _values(own, what)
    apart = what == "country" or ("-" not in own[0].main and not _kin(values))
    if len(values) < 2 or not apart:
        return [list(own)]
    parts: dict[str, list[Seen]] = defaultdict(list)
    for one in own:
        fact = getattr(one, what)
        parts[fact["value"] if fact else ""].append(one)
    return list(parts.values())


def _values(own: Iterable[Seen], what: str) -> set[str]:
    return {fact["value"] for one in own if (fact := getattr(one, what))}


def _kin(sectors: set[str]) -> bool:
    return len(sectors) < 2 or any(sectors <= kin for kin in _KIN)


def _joined(found: list[list[Seen]]) -> list[list[Seen]]:
    """Rules 2 and 3: short names go to the one longer name that they can stand for."""
    mains = [group[0].main for group in found]
    used: dict[str, set[int]] = defaultdict(set)
    for index, group in enumerate(found):
        for form in {form for one in group for form in one.forms}:
            used[form].add(index)
    goes: dict[int, int] = {}
    for index in sorted(range(len(found)), key=lambda i: len(mains[i])):
        main = mains[index]
        if mains.count(main) > 1:
            continue  # several of this name: none of them stands for another
        longer = used[main] - {index}
        evident = bool(longer)
        longer = longer or {i for i, m in enumerate(mains) if m.startswith(f"{main}-")}
        if len(longer) == 1 and _agree(found[index], found[min(longer)], evident=evident):
            goes[index] = min(longer)
    merged: dict[int, list[Seen]] = defaultdict(list)
    for index, group in enumerate(found):
        home, passed = index, {index}
        while home in goes and goes[home] not in passed:
            home = goes[home]
            passed.add(home)
        merged[home].extend(group)
    return list(merged.values())


def _agree(one: Sequence[Seen], other: Sequence[Seen], *, evident: bool) -> bool:
    """Whether nothing speaks against their being one and, unless `evident`, something for it."""
    countries = _values(one, "country"), _values(other, "country")
    sectors = _values(one, "sector"), _values(other, "sector")
    if all(countries) and not countries[0] & countries[1]:
        return False
    if all(sectors) and not _kin(sectors[0] | sectors[1]):
        return False
    return evident or bool(countries[0] & countries[1] or sectors[0] & sectors[1])


def _addressed(found: Sequence[Group]) -> dict[str, Group]:
    wanting: dict[str, list[Group]] = defaultdict(list)
    for group in found:
        count = Counter(one.main for one in group)
        wanting[max(count, key=lambda m: (count[m], len(m), m))].append(group)
    taken: dict[str, Group] = {}
    for main, wanters in wanting.items():
        wanters.sort(key=lambda g: (-len({s.thread for s in g}), g[0].first_said, g[0].thread))
        for number, group in enumerate(wanters):
            taken[main if not number else _qualified(main, group, taken, wanting)] = group
    return taken


def _qualified(main: str, group: Group, *taken: Iterable[str]) -> str:
    """`mercy-au`, `mercy-health`; with a number where that is taken."""
    extra = [slug(value) for what in ("country", "sector") if (value := said(group, what))]
    tries = [*(f"{main}-{one}" for one in extra), *(f"{main}-{n}" for n in range(2, 1000))]
    return next(one for one in tries if not any(one in names for names in taken))
