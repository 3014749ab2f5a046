"""The shapes of watches in the API, for OpenAPI and for what is sent.

In: nothing. Out: pydantic models with every field described.
"""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from api.shape import Shape
from api.watch.names import LONGEST, MOST
from breachwire.model import WatchKind

SUPPLIERS = {
    "label": "My suppliers",
    "entries": [{"name": "Tidewater Sync, Inc.", "kind": "third_party"}, {"name": "Quarrybank"}],
}
SEARCH = {"label": "Hospitals", "query": {"q": "hospital ransomware", "section": "Ransomware"}}


class EntryAsked(Shape):
    """A name to watch."""

    name: str = Field(
        description=f"As people write it; at most {LONGEST} characters, a legal form may stand"
        " behind it. Of a sector: its name in the filters.",
        examples=["Tidewater Sync, Inc."],
    )
    kind: str = Field(
        "any",
        description="victim, third_party, actor, sector, cve or any: as what it is watched for.",
        examples=["third_party"],
    )


class WatchAsked(Shape):
    """Either `query` or `entries`."""

    label: str = Field("", description="Your name for it; else made of what it watches.")
    query: dict[str, str] = Field(
        {},
        description="A saved search: `q` and the filters of /search, each as its text.",
        examples=[SEARCH["query"]],
    )
    entries: list[EntryAsked] = Field(
        [],
        description=f"A watch list, at most {MOST:,} names; what is no name is refused, the rest"
        " is kept.",
        max_length=2 * MOST,
        examples=[SUPPLIERS["entries"]],
    )


class EntryWatched(Shape):
    """A name and the threads it means now."""

    name: str = Field(description="As it was given.", examples=["Tidewater Sync, Inc."])
    kind: WatchKind = Field(description="As what it is watched for.", examples=["third_party"])
    threads: list[str] = Field(
        description="Threads whose facts name it now; empty: none yet.", examples=[["1k8p0"]]
    )


class ThreadWatched(Shape):
    """A thread that it means now."""

    id: str = Field(description="Permanent id.", examples=["1k8p0"])
    url: str = Field(description="Address of the page.")
    headline: str = Field(description="As on its page.")
    updated_at: datetime = Field(description="Last change of ledger or members.")
    why: list[str] = Field(
        description="What of the watch it answers to.", examples=[["Tidewater Sync: supplier"]]
    )


class FeedsWatched(Shape):
    """Its feeds: entries are changes of ledgers, with ids that never change."""

    atom: str = Field(description="Atom 1.0.")
    rss: str = Field(description="RSS 2.0.")
    json_: str = Field(alias="json", description="JSON Feed 1.1.")


class WatchAnswer(Shape):
    """What is watched, and what that means now."""

    label: str = Field(description="Its name.", examples=["My suppliers"])
    url: str = Field(
        description="Its secret page: whoever has this address may read, change and delete it.",
        examples=["https://wire.example/watch/bw_…"],
    )
    feeds: FeedsWatched = Field(description="Addresses, secret as well.")
    query: dict[str, str] | None = Field(description="A saved search's parameters; null: a list.")
    entries: list[EntryWatched] = Field(description="A list's names, in order.")
    matching: int = Field(description="How many threads it means now.", examples=[2])
    threads: list[ThreadWatched] = Field(description="Those of them that changed last, at most 50.")
    created_at: datetime = Field(description="When it was made.")
    changed_at: datetime = Field(description="When what it watches was changed last.")


class RefusedLine(Shape):
    """A line that is no name."""

    line: int = Field(description="Its number, from 1.", examples=[3])
    text: str = Field(description="Its beginning.", examples=["CVE-20"])
    why: str = Field(description="What is wrong.", examples=["no CVE id, such as CVE-2026-12345"])


class WatchSaved(WatchAnswer):
    """The same after it was made or changed."""

    refused: list[RefusedLine] = Field(description="Lines that were left out.")
    repeated: int = Field(description="Lines that say what one before says.", examples=[0])


class WatchMade(WatchSaved):
    """The same, with the token: told this once."""

    token: str = Field(
        description="Send it as Authorization: Bearer. It is stored nowhere and can't be told"
        " again.",
        examples=["bw_…"],
    )
