"""Telling a dead network from dead feeds: polls → feeds to ask before their own time has come.

In: which feeds failed, and whether any server answered anything meanwhile. Out: while nothing does,
a few feeds to try again soon; once something does, all that failed in the silence. Nobody is asked
too often by that: a server that was reached, even one that said no, ends the silence.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from breachwire.errors import FetchError
from breachwire.model import Feed
from breachwire.net import Client, Response

PROBES: Final = 3
"""Feeds tried at a time."""
MANY: Final = 5
"""Feeds that fail one after the other, and none that answers between them: a silence. Where one in
ten is dead, chance makes one in 100,000 rows of five so."""
FIRST: Final = 15.0
LONGEST: Final = 120.0
"""Seconds between two tries; doubled from the first to the longest."""
UNHEARD: Final = frozenset({"dns", "connect", "timeout", "bad_url", "blocked_address"})
"""Kinds of FetchError at which no server said anything."""


class HearingClient(Client):
    """The one safe way out, noting whether any server answered."""

    def __init__(self, *args: Any, **options: Any) -> None:
        """As `Client`."""
        super().__init__(*args, **options)
        self.heard = threading.Event()
        """Set by any answer; cleared by whoever wants to know of the next."""
        self.answers = 0
        """How many there were, about: whoever asks from several threads sees it change."""

    def get(
        self, url: str, *, headers: Mapping[str, str] | None = None, accept: str = "*/*"
    ) -> Response:
        """As `Client.get`."""
        try:
            response = super().get(url, headers=headers, accept=accept)
        except FetchError as error:
            if error.kind not in UNHEARD:
                self._note()
            raise
        self._note()
        return response

    def _note(self) -> None:
        self.answers += 1
        self.heard.set()


class Outage:
    """Which feeds failed while nothing answered, and when to try again."""

    def __init__(self, feeds: Sequence[Feed]) -> None:
        """Where all feeds of a store fail, the last run most likely had no network: ask at once."""
        failing = {feed.id for feed in feeds if feed.state == "failing"}
        self._lost = failing if failing == _live(feeds) else set()
        self._over = True
        self._silent = bool(self._lost)
        self._heard = False
        self._tried: set[int] = set()
        """Asked again since the silence ended: if they fail now, they are dead."""
        self._pause = FIRST
        self._again: datetime | None = None

    def due(self, feeds: Sequence[Feed], now: datetime) -> list[Feed]:
        """Feeds to ask now because of the outage or its end."""
        lost = [feed for feed in feeds if feed.id in self._lost and feed.state == "failing"]
        if self._over:
            self._tried |= {feed.id for feed in lost} if self._heard else set()
            return lost
        # Few feeds lost are dead feeds, whose own time comes.
        self._silent = len(lost) >= MANY or len(lost) * 2 > len(_live(feeds))
        if not self._silent or (self._again and now < self._again):
            return []
        return random.sample(lost, min(PROBES, len(lost)))

    def shift(self, step: timedelta) -> None:
        """The clock was set."""
        self._again = self._again + step if self._again else None

    def ended(self, asked: Sequence[Feed], heard: bool, now: datetime) -> None:
        """A round of polls is over; `asked` as they are afterwards."""
        self._tried -= {feed.id for feed in asked if feed.state == "ok"}
        if heard:
            kept = self._lost - {feed.id for feed in asked} - self._tried
            self._lost = kept if self._silent else set()
            self._pause, self._again = FIRST, None
            self._over, self._silent, self._heard = True, False, True
        elif asked:
            failed = {feed.id for feed in asked if feed.state == "failing"}
            self._lost = (self._lost | failed) - self._tried
            self._over = False
            self._again = now + timedelta(seconds=self._pause)
            self._pause = min(2 * self._pause, LONGEST)


def _live(feeds: Sequence[Feed]) -> set[int]:
    return {feed.id for feed in feeds if feed.state != "gone"}
