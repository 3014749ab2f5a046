"""An actor's name → what the MISP galaxy says of it: aliases, country, relations to other actors.

In: a name, or an address's slug. Out: `KnownActor`, or None. The galaxy lists some actors more than
once (LAPSUS as a threat actor, Lapsus$ among those with a leak site): entries of one name are one.
A plain word ("play", "hunters") is an actor's name only as the whole of the name asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Final

from breachwire.model import ActorLink, KnownActor
from nlp import lexicon
from nlp.resolve import actor_key

_TELLING: Final = 5
"""Letters of a name from which on it tells something inside another."""


def known(name: str) -> KnownActor | None:
    """The actor that the galaxy has under this name or, where it is no plain word, alias."""
    return _actors().get(actor_key(name))


def known_by_slug(slug: str) -> KnownActor | None:
    """As `known`, by the words of an address: "octo-tempest"."""
    name = _slugs().get(slug)
    return known(name) if name else None


@cache
def _actors() -> dict[str, KnownActor]:
    merged: dict[str, list[list[str]]] = {}
    for row in lexicon.rows("galaxy"):
        merged.setdefault(actor_key(row[0]), []).append(row)
    actors = {key: _actor(rows) for key, rows in merged.items()}
    for inner, outer in _nested(actors):
        for key, other, relation in (
            (outer, inner, "contains the name of"),
            (inner, outer, "stands in the name of"),
        ):
            link = ActorLink(relation, actors[other].name, "name")
            if link.name not in {known.name for known in actors[key].links}:
                actors[key] = replace(actors[key], links=(*actors[key].links, link))
    return actors


def _nested(actors: Mapping[str, KnownActor]) -> Iterator[tuple[str, str]]:
    """Pairs of actors of which one's whole name is a word of the other's: Lapsus$, Scattered
    LAPSUS$ Hunters. No plain words: "Anonymous" says nothing of "Anonymous Sudan"."""
    by_word = {_bare(key): key for key in actors if " " not in key and len(key) >= _TELLING}
    for outer in actors:
        words = outer.split()
        for word in words if len(words) > 1 else ():
            inner = by_word.get(_bare(word))
            if inner and _bare(word) not in lexicon.common():
                yield inner, outer


def _actor(rows: list[list[str]]) -> KnownActor:
    name = max((row[0] for row in rows), key=lambda n: (not n.islower(), "$" in n, len(n)))
    name = _written().get(_bare(name), name) if name.islower() else name
    aliases = {alias for row in rows for alias in row[2].split("|") if alias}
    aliases |= {row[0] for row in rows}
    own = {_bare(alias) for alias in aliases} | {_bare(name)}
    links = {
        ActorLink(pair.split("=", 1)[0], pair.split("=", 1)[1])
        for row in rows
        for pair in row[3].split("|")
        if pair and _bare(pair.split("=", 1)[1]) not in own
    }
    unlike = {_bare(alias): alias for alias in sorted(aliases) if _bare(alias) != _bare(name)}
    return KnownActor(
        name=name,
        aliases=tuple(sorted(unlike.values(), key=str.lower)),
        country=next((row[1] for row in rows if row[1]), None),
        links=tuple(sorted(links, key=lambda link: (link.relation, link.name.lower()))),
    )


@cache
def _slugs() -> dict[str, str]:
    found: dict[str, str] = {}
    for row in lexicon.rows("galaxy"):
        found[_slug(row[0])] = row[0]
    for alias, (canonical, weak) in lexicon.actors().items():
        if not weak:
            found.setdefault(_slug(alias), canonical)
    return found


@cache
def _written() -> dict[str, str]:
    """Names that the galaxy has in lower case, as people write them."""
    return {_bare(name): name for name in lexicon.table("parties")["actors"]}


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", name.lower())


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
