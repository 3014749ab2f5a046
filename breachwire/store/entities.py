"""Entities: the parties in details' rows → a victim, actor, supplier or flaw across threads.

In: details with their parties, then a kind and a slug. Out: rows, then `Entity`. Nothing is kept
beyond the details' own parties: who is one is decided (`same`) when it is asked for, from the rows
whose names begin alike, so that edits, merges and corrections need no mending here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, func, select

from breachwire.model import Detail, Entity, Evidence, Namesake, Party, PartyFact, PartyKind
from breachwire.model import Together as Named
from breachwire.store import same
from breachwire.store.rows import chunks, insert_rows
from breachwire.store.same import Group, Seen
from breachwire.store.tables import detail, party, party_form, thread
from breachwire.store.words import slug_key

KINDS: Final[tuple[PartyKind, ...]] = ("victim", "actor", "third_party", "cve")
TOGETHER: Final = 12
"""Entities of a kind that are named beside one."""
_ROUNDS: Final = 4
"""How often names that a group brings in may bring in others."""
_LIVE: Final = and_(thread.c.merged_into.is_(None), thread.c.articles > 0)


def save(connection: Connection, thread_id: str, details: Sequence[Detail]) -> None:
    """The parties of a thread's details, which have just been written."""
    rows, forms = [], []
    for n, one in enumerate(details):
        if one.party is None:
            continue
        rows.append(_row(thread_id, n, one, one.party))
        place = {"kind": one.field, "thread": thread_id, "detail": n}
        forms += [{**place, "slug": form} for form in sorted(_slugs(one, one.party))]
    insert_rows(connection, party, rows)
    insert_rows(connection, party_form, forms)


def parties(connection: Connection, threads: Sequence[str]) -> dict[tuple[str, int], Party]:
    """By thread and detail."""
    found: dict[tuple[str, int], Party] = {}
    for some in chunks(dict.fromkeys(threads)):
        for row in connection.execute(select(party).where(party.c.thread.in_(some))):
            found[row.thread, row.detail] = Party(
                row.key, row.forms, row.first_said, row.last_said,
                _fact(row.sector), _fact(row.country),
            )  # fmt: skip
    return found


def entity(connection: Connection, kind: PartyKind, slug: str) -> Entity | None:
    """The one that answers to this slug; None for nobody."""
    found = _group(connection, kind, slug)
    if found is None:
        return None
    address, group, known = found
    threads = tuple(sorted({one.thread for one in group}))
    spelled = Counter(form for one in group for form in {one.name, *one.spelled})
    name = _name(address, group)
    return Entity(
        kind=kind,
        slug=address,
        name=name,
        forms=tuple(f for f in sorted(spelled, key=lambda f: (-spelled[f], f)) if f != name),
        threads=threads,
        first_said=min(one.first_said for one in group),
        last_said=max(one.last_said for one in group),
        statuses=dict(Counter(one.status for one in group).most_common()),
        sector=_said(group, "sector"),
        country=_said(group, "country"),
        namesakes=_namesakes(address, group, known),
        together=_together(connection, kind, group, threads),
    )


def _name(address: str, group: Group) -> str:
    """The form that most threads show, of those that the address is made of, where there is one."""
    shown = Counter(one.name for one in group)
    spelled = Counter(form for one in group for form in {one.name, *one.spelled})
    full = [form for form in spelled if slug_key(form) == address] or list(shown)
    return max(full, key=lambda form: (shown[form], spelled[form], len(form), form))


def threads_of(connection: Connection, kind: PartyKind, slug: str) -> tuple[str, ...]:
    """The threads of the entity that answers to this slug."""
    found = _group(connection, kind, slug)
    return tuple(sorted({one.thread for one in found[1]})) if found else ()


def _group(
    connection: Connection, kind: PartyKind, slug: str
) -> tuple[str, Group, Mapping[str, Group]] | None:
    """Address and parties of who answers to a slug, and the groups with names that begin alike."""
    seen: dict[tuple[str, int], Seen] = {}
    asked: set[str] = set()
    wanted = {slug}
    for _ in range(_ROUNDS):
        seen |= _seen(connection, kind, wanted - asked)
        asked |= wanted
        groups = same.groups(seen.values(), loose=kind == "victim")
        address = _answering(slug, groups)
        if address is None:
            return None
        found = address, groups[address], groups
        wanted = {form for one in groups[address] for form in one.forms}
        # What a shorter name may mean besides: all that begins with it.
        shorter = {one.main for one in seen.values()} - wanted
        wanted |= {main for main in shorter if any(f.startswith(f"{main}-") for f in wanted)}
        if wanted <= asked:
            break
    return found


def _answering(slug: str, groups: Mapping[str, Group]) -> str | None:
    """The address that is asked for; else that of the largest group with such a spelling."""
    if slug in groups:
        return slug
    fitting = [a for a, group in groups.items() if any(slug in one.forms for one in group)]
    return max(fitting, key=lambda a: (len(groups[a]), a), default=None)


def _seen(
    connection: Connection, kind: PartyKind, slugs: Iterable[str]
) -> dict[tuple[str, int], Seen]:
    """Parties with one of these spellings; victims also with the beginning of one, or a longer."""
    at, places = (party_form.c.thread, party_form.c.detail), set()
    for slug in slugs:
        parts = slug.split("-")
        equal = ["-".join(parts[:n]) for n in range(1, len(parts))] if kind == "victim" else []
        fits: list[ColumnElement[bool]] = [party_form.c.slug.in_([*equal, slug])]
        if kind == "victim":  # '.' comes right after '-': all that goes on behind the slug
            fits.append(and_(party_form.c.slug > f"{slug}-", party_form.c.slug < f"{slug}."))
        for fit in fits:  # one by one: joined by OR, SQLite would read the whole kind
            rows = connection.execute(select(*at).where(party_form.c.kind == kind, fit))
            places |= {(row[0], row[1]) for row in rows}
    found: dict[tuple[str, int], Seen] = {}
    for some in chunks(sorted({place[0] for place in places})):
        query = (
            select(party, detail.c.status, detail.c.value)
            .join(detail, (detail.c.thread == party.c.thread) & (detail.c.n == party.c.detail))
            .join(thread, thread.c.id == party.c.thread)
            .where(party.c.thread.in_(some), party.c.kind == kind, _LIVE)
        )
        for row in connection.execute(query):
            if (row.thread, row.detail) in places:
                found[row.thread, row.detail] = Seen(
                    row.thread, str(row.value), row.main,
                    frozenset([row.main, *filter(None, map(slug_key, row.forms))]),
                    row.forms, row.status, row.first_said, row.last_said,
                    row.sector, row.country,
                )  # fmt: skip
    return found


def _said(group: Group, what: str) -> PartyFact | None:
    value = same.said(group, what)
    told = sorted(group, key=lambda one: (one.first_said, one.thread))
    facts = [fact for one in told if (fact := getattr(one, what)) and fact["value"] == value]
    # What a source says is more than what the name does.
    return _fact(min(facts, key=lambda fact: fact["basis"] != "quote")) if facts else None


def _namesakes(address: str, group: Group, known: Mapping[str, Group]) -> tuple[Namesake, ...]:
    """Others that a spelling of this one, or a part of it, could mean as well."""
    names = {form for one in group for form in one.forms}
    others = []
    for slug, other in known.items():
        theirs = {form for one in other for form in one.forms}
        shared = names & theirs
        longer = any(t.startswith(f"{n}-") for n in names for t in theirs)
        shorter = any(n.startswith(f"{t}-") for n in names for t in theirs)
        if slug != address and (shared or longer or shorter):
            threads = len({one.thread for one in other})
            sector, country = same.said(other, "sector"), same.said(other, "country")
            others.append(Namesake(slug, _name(slug, other), sector, country, threads))
    return tuple(sorted(others, key=lambda one: (-one.threads, one.slug))[:TOGETHER])


def _together(
    connection: Connection, kind: PartyKind, group: Group, threads: Sequence[str]
) -> tuple[Named, ...]:
    """Entities in the same threads, by kind, those in most of them first."""
    mains = {one.main for one in group}
    count: Counter[tuple[PartyKind, str]] = Counter()
    names: dict[tuple[PartyKind, str], str] = {}
    for some in chunks(threads):
        query = (
            select(
                party.c.kind, party.c.main, detail.c.value, func.count(party.c.thread.distinct())
            )
            .join(detail, (detail.c.thread == party.c.thread) & (detail.c.n == party.c.detail))
            .where(party.c.thread.in_(some))
            .group_by(party.c.kind, party.c.main, detail.c.value)
        )
        for other, main, value, number in connection.execute(query):
            if other != kind or main not in mains:
                count[other, main] += number
                names.setdefault((other, main), str(value))
    best: dict[PartyKind, list[Named]] = defaultdict(list)
    for (other, main), number in sorted(count.items(), key=lambda pair: (-pair[1], pair[0])):
        if len(best[other]) < TOGETHER:
            best[other].append(Named(other, main, names[other, main], number))
    return tuple(named for other in KINDS for named in best[other])


def _row(thread_id: str, n: int, one: Detail, who: Party) -> dict[str, Any]:
    return {
        "thread": thread_id,
        "detail": n,
        "kind": one.field,
        "main": slug_key(who.key),
        "key": who.key,
        "forms": who.forms,
        "first_said": who.first_said,
        "last_said": who.last_said,
        "sector": asdict(who.sector) if who.sector else None,
        "country": asdict(who.country) if who.country else None,
        "sector_key": who.sector.value.lower() if who.sector else None,
    }


def _slugs(one: Detail, who: Party) -> set[str]:
    """All that its address may be asked by: full name, spellings, and the value as it is shown."""
    return {slug for text in (who.key, *who.forms, one.value) if (slug := slug_key(text))}


def _fact(stored: Mapping[str, Any] | None) -> PartyFact | None:
    if not stored:
        return None
    return PartyFact(**{**stored, "evidence": Evidence(**stored["evidence"])})
