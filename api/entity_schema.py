"""The shapes of entities and storylines, for OpenAPI: who it is, in whose words, and its threads.

In: nothing. Out: pydantic models. The documents themselves are made by `entities`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.list_schema import Row
from api.shape import Shape
from api.shape import described as _f
from breachwire.model import Status


class EntityQuote(Shape):
    """Exact words of an article."""

    article: str = _f("Id of the article.", "31415926")
    url: str = _f("At the outlet.", "https://ledger.example/a/1")
    outlet: str = _f("Outlet.", "Harbor Ledger")
    quote: str = _f("The article's characters.", "Quarrybank, a lender in Ohio, said …")
    in_: Literal["title", "text", "published"] = Field(
        alias="in", description="Where they stand.", examples=["text"]
    )
    start: int = _f("First character.", 0)
    end: int = _f("One past the last.", 36)


class EntityFact(Shape):
    """A victim's sector or country, as sources or its own name say."""

    value: str = _f("Sector of the MISP galaxy, or ISO 3166-1 alpha-2.", "US")
    label: str = _f("In words.", "United States")
    basis: Literal["quote", "name"] = _f("Said by a source, or part of the name.", "quote")
    words: str = _f("What says it.", "a lender in Ohio")
    evidence: EntityQuote = _f("The sentence it stands in.")


class GalaxyLink(Shape):
    """A relation to another actor."""

    relation: str = _f("In its words.", "part-of")
    source: Literal["galaxy", "name"] = _f(
        "The galaxy states it; or one name merely stands in the other.", "galaxy"
    )
    name: str = _f("The other actor.", "Kimsuky")
    url: str | None = _f("Its page, where the wire has one.", None)


class GalaxyActor(Shape):
    """What the MISP galaxy says of an actor: its word, not that of the sources."""

    name: str = _f("The galaxy's name for it.", "Scattered Spider")
    aliases: list[str] = _f("The galaxy's other names for it.", ["Octo Tempest"])
    country: str | None = _f("Where the galaxy puts it, ISO 3166-1 alpha-2.", None)
    country_name: str | None = _f("In words.", None)
    links: list[GalaxyLink] = _f("Relations to other actors.")


class Namesake(Shape):
    """Another entity that the name may mean."""

    name: str = _f("Its name.", "Quarrybank")
    slug: str = _f("As in its address.", "quarrybank-au")
    url: str = _f("Its page.", "https://wire.example/victim/quarrybank-au")
    sector: str | None = _f("Its sector, where sources say so.", "Bank")
    country: str | None = _f("Its country, where sources say so.", "Australia")
    threads: int = _f("Its threads.", 1)


class NamedBeside(Shape):
    """An entity in the same threads."""

    kind: Literal["victim", "actor", "third_party", "cve"] = _f("What it is.", "actor")
    name: str = _f("Its name there.", "Salt Heron")
    slug: str = _f("As in its address.", "salt-heron")
    url: str = _f("Its page.", "https://wire.example/actor/salt-heron")
    threads: int = _f("How many of these threads name it.", 2)


class Entity(Shape):
    """A victim, actor, supplier or CVE and the threads that name it; of an outlet its threads."""

    kind: Literal["victim", "actor", "third_party", "cve", "source"] = _f("What it is.", "victim")
    name: str = _f("As most threads name it.", "Quarrybank")
    slug: str = _f("As in its address; other spellings are moved there.", "quarrybank")
    url: str | None = Field(None, description="Its page; an outlet has none.")
    forms: list[str] = Field([], description="Its other spellings in the sources.")
    first_seen: datetime | None = Field(None, description="Publication of the first that names it.")
    last_seen: datetime | None = Field(None, description="Publication of the last that names it.")
    count: int | None = Field(None, description="How many threads name it, all pages together.")
    statuses: dict[Status, int] = Field(
        {}, description="How many of its threads have it with which status."
    )
    sector: EntityFact | None = Field(None, description="Victims and suppliers; null: not said.")
    country: EntityFact | None = Field(None, description="Victims and suppliers; null: not said.")
    galaxy: GalaxyActor | None = Field(None, description="Actors that the MISP galaxy lists.")
    namesakes: list[Namesake] = Field([], description="Others that the name may mean.")
    together: list[NamedBeside] = Field([], description="Who stands in the same threads.")
    threads: list[Row] = _f("Newest first.")
    next: str | None = _f("Cursor of the next page; null: the last one.", None)


class StorylineAnswer(Shape):
    """Threads of one campaign."""

    id: str = _f("Permanent id.", "s1k8p0")
    url: str = _f("Address of the page.", "https://wire.example/storyline/s1k8p0")
    label: str = _f("What joins them.", "Tidewater Sync")
    reason: str = _f("Why they stand together, in words.", "one supplier was the way in")
    threads: list[Row] = _f("By the first report, oldest first.")
