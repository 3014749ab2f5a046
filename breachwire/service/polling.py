"""Feeds → articles, for as long as the process runs: the loop that polls, the one that looks again.

In: a store, the way out, loops to begin. Out: articles in the store; what the polls gave so far,
and a notice for the pages while nothing answers. One process at a time polls a store: the one that
has the role "poller".
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Final

from breachwire.config import Config
from breachwire.errors import StoreBusyError
from breachwire.model import Feed
from breachwire.pipeline.again import Again
from breachwire.pipeline.clock import Steps
from breachwire.pipeline.outage import HearingClient
from breachwire.pipeline.poll import FIRST_ROUND, ROUND, Polled, Poller
from breachwire.pipeline.told import Told
from breachwire.service.loops import Loops
from breachwire.store import Store
from ingest.robots import Robots

TICK: Final = 5.0
"""Seconds between two looks at which feeds are due."""


@dataclass(slots=True)
class Outcome:
    """What the polls of a site gave so far."""

    answered: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    """Feed address → error line, while it fails."""
    rounds: int = 0
    """Whole rounds of polls that are over."""

    def note(self, polled: Polled) -> None:
        """A feed was polled."""
        feed = polled.feed
        if feed.state == "ok":
            self.answered += 1
            self.failed.pop(feed.spec.url, None)
        elif feed.state != "new":
            self.failed[feed.spec.url] = feed.error or "no answer"

    def notices(self) -> Sequence[str]:
        """What readers of an empty wire are told."""
        if not self.failed or self.answered:
            return ()
        error = next(iter(self.failed.values()))
        return (
            f"No feed could be reached yet, of {len(self.failed)} tried. The first said: {error}",
        )


class Polling:
    """One store's: claimed, begun, closed, given back."""

    def __init__(
        self, store: Store, client: HearingClient, config: Config, robots: Robots, loops: Loops
    ) -> None:
        self.outcome = Outcome()
        self._store, self._loops = store, loops
        self._poller = Poller(
            store, client, config, now=loops.now, stop=loops.stop, steps=Steps(loops.now),
            robots=robots,
        )  # fmt: skip
        self._again = Again(store, client, robots, config, now=loops.now, stop=loops.stop)
        self._role = ExitStack()

    def claim(self) -> None:
        """Take the role. Raises StoreBusyError where another process polls this store."""
        try:
            self._role.enter_context(self._store.role("poller"))
        except StoreBusyError:
            raise StoreBusyError(
                f"another process polls this store ({self._store.url}); "
                "`breachwire serve` shows it beside that one"
            ) from None

    def start(self) -> None:
        """Begin both loops."""
        self._loops.spawn("poll", self._poll)
        self._loops.spawn("again", self._look_again)

    def close(self, patience: float) -> None:
        """Wait that many seconds for polls under way."""
        self._poller.close(patience)

    def release(self) -> None:
        """Give the role back."""
        self._role.close()

    def _poll(self) -> None:
        while not self._loops.stop.is_set():
            self._loops.beat("poll")
            self._loops.guarded(self._poll_due)
            self._loops.stop.wait(TICK)

    def _poll_due(self) -> None:
        if not self._store.holds("poller"):
            # A database's connection was lost, and the role with it.
            self._role.close()
            self._role.enter_context(self._store.role("poller"))
        if (due := self._poller.due()) or self._poller.busy:
            self._poll_once(due)

    def _poll_once(self, due: Sequence[Feed]) -> None:
        first = self.outcome.rounds == 0
        told = Told(self._loops.say, due, whole=first)

        def progress(polled: Polled) -> None:
            self.outcome.note(polled)
            told(polled)

        polled = self._poller.run(due, progress, patience=FIRST_ROUND if first else ROUND)
        if not self._loops.stop.is_set():
            self.outcome.rounds += 1
            told.end(polled)

    def _look_again(self) -> None:
        while not self._loops.stop.is_set():
            self._loops.guarded(self._again.run)
            self._loops.stop.wait(TICK)
