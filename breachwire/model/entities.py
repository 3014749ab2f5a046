"""Who a detail is about, and what an entity's page says: parties, entities, known actors.

In: nothing. Out: frozen dataclasses. A party is a victim, actor, supplier or flaw as one thread
names it; an entity is that party across threads, by its address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from breachwire.model.facts import Party, PartyFact
from breachwire.model.words import Status

PartyKind = Literal["victim", "actor", "third_party", "cve"]


@dataclass(frozen=True, slots=True)
class Namesake:
    """Another entity that answers to a name of this one."""

    slug: str
    name: str
    sector: str | None
    country: str | None
    threads: int


@dataclass(frozen=True, slots=True)
class Together:
    """An entity that stands in the same threads."""

    kind: PartyKind
    slug: str
    name: str
    threads: int
    """How many of this entity's threads name it too."""


@dataclass(frozen=True, slots=True)
class Entity:
    """A party across threads."""

    kind: PartyKind
    slug: str
    """Its address; every other form's address leads here."""
    name: str
    """The form that most threads have."""
    forms: tuple[str, ...]
    """Its other spellings in the sources, commonest first."""
    threads: tuple[str, ...]
    first_said: datetime
    """Publication of the first article that names it, and of the last."""
    last_said: datetime
    statuses: Mapping[Status, int]
    """How many of its threads have it with which status."""
    sector: PartyFact | None = None
    """None where no source says so, or where they differ."""
    country: PartyFact | None = None
    namesakes: tuple[Namesake, ...] = ()
    together: tuple[Together, ...] = ()


@dataclass(frozen=True, slots=True)
class ActorLink:
    """What a public list of actors says of two of them."""

    relation: str
    """In the list's own words: similar, part-of, uses, variant-of, …"""
    name: str
    source: Literal["galaxy", "name"] = "galaxy"
    """The list states it; or one's name merely stands inside the other's."""


@dataclass(frozen=True, slots=True)
class KnownActor:
    """An actor as the MISP galaxy has it."""

    name: str
    aliases: tuple[str, ...] = ()
    country: str | None = None
    """ISO 3166-1 alpha-2: where the galaxy puts it."""
    links: tuple[ActorLink, ...] = field(default=())


__all__ = [
    "ActorLink",
    "Entity",
    "KnownActor",
    "Namesake",
    "Party",
    "PartyFact",
    "PartyKind",
    "Together",
]
