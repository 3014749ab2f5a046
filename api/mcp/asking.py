"""What a tool is asked with and answers: the services of the moment, and who asks.

In: nothing. Out: `Call`, one a request; `Answer`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from api.services import Services
from breachwire.store import ThreadFilter

LISTED: Final = 20
"""Entries of any list inside a thread's or an entity's answer."""
Answer = dict[str, Any]


def uncounted() -> None:
    """Nobody counts."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a tool."""

    services: Services
    base: str = ""
    """Address that pages are linked by, without a trailing slash; empty: as paths."""
    count_text: Callable[[], None] = uncounted
    """Called before a text is compared. Raises HTTPException 429."""

    def notes(self, *more: str) -> list[str]:
        """What has to be said of any answer, and more."""
        found = []
        if self.services.demo:
            found.append("Demonstration: all stories, outlets and names here are invented.")
        if not self.services.store.threads(ThreadFilter(), limit=1).threads:
            found.append("This store holds no threads yet; `breachwire up` fills it.")
        return [*found, *more]

    def searched(self, modes: list[str]) -> list[str]:
        """The notes of what was looked for in the ways that `modes` names."""
        if not modes or "semantic" in modes:
            return self.notes()
        return self.notes(
            "Found by names and words alone: the model that compares meanings is not loaded (yet)."
        )
