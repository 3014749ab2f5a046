"""What each tool takes: pydantic models, whose JSON Schemas the tools show.

In: nothing. Out: a model a tool. An assistant learns from the descriptions here what to send.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from api.entities import EntityKind
from breachwire.model import Field as DetailField
from breachwire.model import Kind, Section, Status

Sorted = Literal["relevance", "recent", "updated"]
Id = Annotated[
    str,
    Field(
        min_length=1,
        max_length=60,
        description="A thread's id, as search gives it.",
        examples=["1k8p0"],
    ),
]
Cursor = Annotated[
    str | None, Field(max_length=4_000, description="`next` of the answer before; else left out.")
]
_Name = Annotated[str | None, Field(max_length=200)]


class Arguments(BaseModel):
    """Base of all: what is not named is refused; what is left empty is not given."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _given(cls, arguments: dict[str, Any]) -> dict[str, Any]:
        """Assistants fill in every field, with nothing where they mean nothing."""
        return {name: one for name, one in arguments.items() if one not in ("", None)}


class SearchArguments(Arguments):
    """What `search` takes."""

    q: str = Field(
        "",
        max_length=2_000,
        description='Words, "phrases", -minus, begin*, names, a CVE or other identifier. Empty: '
        "whatever passes the filters, newest first.",
        examples=['hospital "leak site"'],
    )
    section: Section | None = Field(None, description="Section of the wire.")
    kind: Kind | None = Field(None, description="Kind of event.")
    status: Status | None = Field(None, description="Of any leading fact.")
    since: _Name = Field(None, description="A report came in since: ISO date or time, or 24h, 7d.")
    until: _Name = Field(None, description="First report before this time.")
    source: _Name = Field(None, description="Outlet of any article.")
    victim: _Name = Field(None, description="Who was hit.")
    actor: _Name = Field(None, description="Who did it.")
    third_party: _Name = Field(None, description="Supplier it came through.")
    sector: _Name = Field(None, description="Sector of any party.")
    attack_type: _Name = Field(None, description="How, as ransomware.")
    data_type: _Name = Field(None, description="What data, as medical.")
    cve: _Name = Field(None, description="CVE id.")
    sort: Sorted = Field("relevance", description="recent: best, newer preferred. updated: newest.")
    limit: int = Field(10, ge=1, le=20, description="Threads at most.")
    cursor: Cursor = None


class ThreadArguments(Arguments):
    """What `thread` takes."""

    thread: Id


class ChangesArguments(Arguments):
    """What `changes` takes."""

    thread: Id
    since: _Name = Field(
        None, description="Seen after this ISO date or time, or 24h, 7d; else from the start."
    )
    limit: int = Field(20, ge=1, le=50, description="Changes at most.")
    cursor: Cursor = None


class RelatedArguments(Arguments):
    """What `related` takes: one of thread, text and url."""

    thread: str | None = Field(None, max_length=60, description="A thread's id.")
    text: str | None = Field(
        None, description="A paragraph or an article, at most 100 kB; compared, not stored."
    )
    url: str | None = Field(
        None,
        max_length=4_000,
        description="An article that the wire has. No address is fetched: of any other, give text.",
    )
    limit: int = Field(5, ge=1, le=10, description="Threads at most.")


class EntityArguments(Arguments):
    """What `entity` takes."""

    kind: EntityKind = Field(description="What it is; source: an outlet.")
    name: str = Field(
        min_length=1,
        max_length=200,
        description="Its name in any spelling, or a CVE id.",
        examples=["Quarrybank"],
    )
    limit: int = Field(10, ge=1, le=30, description="Threads at most.")
    cursor: Cursor = None


class ClaimsArguments(Arguments):
    """What `claims` takes."""

    thread: Id
    field: DetailField | None = Field(None, description="Claims on this fact alone.")
    status: Status | None = Field(None, description="Claims of this status alone.")
    limit: int = Field(20, ge=1, le=50, description="Claims at most.")
    cursor: Cursor = None
