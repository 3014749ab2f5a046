"""A feed as MISP reads it: `manifest.json`, `hashes.csv` and an event a file.

In: materials, a writer. Out: bytes, the same as long as the ledger is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson
from pymisp import MISPEvent

from api.exported import Material
from api.misp.event import Writer

_SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2


@dataclass
class Feed:
    """What stands beside the events."""

    manifest: dict[str, Any] = field(default_factory=dict)
    hashes: list[str] = field(default_factory=list)
    """`MD5,UUID` of each value, so that an instance can look a value up before it takes events."""

    def add(self, event: MISPEvent) -> None:
        """An event's lines."""
        self.manifest |= event.manifest
        self.hashes += [f"{one},{event.uuid}" for one in event.attributes_hashes("md5")]

    def files(self) -> dict[str, bytes]:
        """By name."""
        lines = "".join(f"{line}\n" for line in sorted(set(self.hashes)))
        return {
            "manifest.json": orjson.dumps(self.manifest, option=_SORTED) + b"\n",
            "hashes.csv": lines.encode(),
        }


def body(event: MISPEvent) -> bytes:
    """An event's file."""
    return orjson.dumps(event.to_feed(), option=_SORTED, default=str) + b"\n"


def written(writer: Writer, threads: Iterable[Material], save: Callable[[str, bytes], None]) -> int:
    """The whole feed, file by file; how many events."""
    feed, count = Feed(), 0
    for thread in threads:
        event = writer.event(thread)
        feed.add(event)
        save(f"{event.uuid}.json", body(event))
        count += 1
    for name, made in feed.files().items():
        save(name, made)
    return count
