"""Polls → lines for the person who watches: few, even where everything fails at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Final

from breachwire.model import Feed
from breachwire.pipeline.poll import Polled

FULL: Final = 3
"""Failures of a round that are told in full; the rest are counted."""


class Told:
    """One round of polls, told as it goes."""

    def __init__(
        self, say: Callable[[str], None], feeds: Sequence[Feed], *, whole: bool = True
    ) -> None:
        """`whole`: a round that somebody waits for, with a line at its start and its end; else one
        of very many small ones, of which only news is told."""
        self._say = say
        self._failing = {feed.id for feed in feeds if feed.state == "failing"}
        self._quiet = not whole or len(self._failing) == len(feeds)
        """Nothing but another try at feeds that failed before: told only if one answers."""
        self._whole = whole
        self._failed = 0
        self._guard = threading.Lock()
        if not self._quiet:
            say(f"polling {_feeds(len(feeds))}")

    def __call__(self, polled: Polled) -> None:
        """A feed was polled; from any thread."""
        feed = polled.feed
        name = feed.spec.outlet or feed.spec.title or feed.spec.url
        with self._guard:
            if feed.state != "failing":
                if polled.new or polled.revised or feed.id in self._failing:
                    out = f", {polled.left_out} left out" if polled.left_out else ""
                    self._say(f"  {name}: {polled.new} new, {polled.revised} revised{out}")
            elif feed.id not in self._failing:
                self._failed += 1
                if self._failed <= FULL:
                    self._say(f"  failed: {name}: {feed.error}")

    def end(self, polls: Sequence[Polled]) -> None:
        """The round is over: one or two lines that sum it up."""
        answered = [p for p in polls if p.feed.state == "ok"]
        if not self._whole or (self._quiet and not answered):
            return
        if (more := self._failed - FULL) > 0:
            self._say(f"  {more} more failed; `breachwire feeds list` shows each with its error")
        same = sum(not polled.changed for polled in answered)
        self._say(
            f"polled: {len(answered)} of {len(polls)} answered, {same} unchanged; "
            f"{sum(polled.new for polled in polls)} new articles"
        )


def _feeds(count: int) -> str:
    return "1 feed" if count == 1 else f"{count} feeds"
